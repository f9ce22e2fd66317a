"""Recover a workflow: diagnose its unsuccessful jobs, raise their requirements and retry them."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from torc_client.answers import run_id_of
from torc_client.api.enums import JobScope, JobStatus
from torc_client.api.records import RestartJobsRequest, WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, TorcError
from torc_client.job_statuses import workflow_state
from torc_client.recovery.apply import corrections_of
from torc_client.recovery.corrections import Adjustment, for_failures
from torc_client.recovery.diagnosis import Cause, Finding, codes_of, diagnose
from torc_client.recovery.hook import run_hook
from torc_client.recovery.multipliers import RECOVERY, Multipliers
from torc_client.recovery.orphans import sync_status
from torc_client.recovery.outcomes import UNSUCCESSFUL_WITH_RESULT, outcomes_of
from torc_client.recovery.scheduler import NoScheduler, Scheduler
from torc_client.recovery.selection import Selection, select
from torc_client.recovery.unsent_results import send_unsent_results
from torc_client.recovery.utilization import MIN_PERCENT_OVER, over_used, resource_uses, usage_line
from torc_client.text import count
from torc_client.workflow_operations.initialize import require_inputs_of

KNOWN_CAUSES: Final = frozenset({Cause.OUT_OF_MEMORY, Cause.TIMEOUT, Cause.STOPPED})
"""Jobs that failed for one of these causes are retried by default."""

ChooseCauses = Callable[[list[Finding]], Collection[Cause]]
"""Returns the causes for which jobs are retried, given all findings."""


class NotRecoverableError(TorcError):
    """The workflow has not ended, or a runner still works on it."""


class RecoveredElsewhereError(TorcError):
    """Another command has started a new run of the workflow."""


class Diagnosis(msgspec.Struct, kw_only=True):
    """Why jobs of a workflow were unsuccessful."""

    workflow_id: int
    failed_jobs: list["FailedJob"]
    total_results: int
    """The results of unsuccessful jobs."""

    over_utilization_count: int
    violations: list[dict[str, str | int]]
    """What these jobs used more than they required, as in the output of `torc workflows check-resources`."""

    resource_violations_count: int
    resource_violations: list["ResourceViolation"]
    """The jobs that lacked memory or time."""


class FailedJob(msgspec.Struct, kw_only=True):
    """An unsuccessful job and the cause."""

    job_id: int
    job_name: str
    status: JobStatus
    cause: Cause
    reason: str
    return_code: int | None
    exec_seconds: float | None
    peak_memory_bytes: int | None


class ResourceViolation(msgspec.Struct, kw_only=True):
    """A job that lacked memory or time, and what it required."""

    job_id: int
    job_name: str
    return_code: int | None
    exec_time_minutes: float | None
    configured_memory: str | None
    configured_runtime: str | None
    configured_cpus: int | None
    peak_memory_bytes: int | None
    likely_oom: bool
    oom_reason: str | None
    likely_timeout: bool
    timeout_reason: str | None


class RecoverySummary(msgspec.Struct, kw_only=True):
    """What a recovery does, in numbers."""

    oom_fixed: int
    timeout_fixed: int
    stopped_retried: int
    unknown_retried: int
    other_failures: int
    """Unsuccessful jobs that are not retried."""

    jobs_to_retry: list[int]
    adjustments: list[Adjustment]


@dataclass(frozen=True, slots=True)
class RecoveryOptions:
    """How to recover."""

    multipliers: Multipliers = RECOVERY
    hook: str | None = None
    """A command to run before jobs are retried that failed for an unknown cause."""

    output_dir: Path | None = None
    """Where runners keep results that they could not send; these are sent first."""

    dry_run: bool = False
    ignores_missing_inputs: bool = False


@dataclass(frozen=True, slots=True)
class RecoveryPlan:
    """What a recovery is going to do."""

    workflow_id: int
    findings: list[Finding]
    selection: Selection
    adjustments: list[Adjustment]
    causes: frozenset[Cause]
    multipliers: Multipliers
    run_id: int
    """The run whose failures the plan is about."""

    was_canceled: bool = False

    @property
    def changes_something(self) -> bool:
        """Whether the recovery retries a job or continues a canceled workflow."""
        return bool(self.selection.retried) or self.was_canceled

    @property
    def diagnosis(self) -> Diagnosis:
        """The findings, for output as JSON."""
        uses = over_used(resource_uses(each.outcome for each in self.findings), MIN_PERCENT_OVER)
        lacking = [_violation(each) for each in self.findings if each.cause in {Cause.OUT_OF_MEMORY, Cause.TIMEOUT}]
        return Diagnosis(
            workflow_id=self.workflow_id,
            failed_jobs=[_failed_job(finding) for finding in self.findings],
            total_results=sum(each.outcome.result is not None for each in self.findings),
            over_utilization_count=len(uses),
            violations=[usage_line(each) for each in uses],
            resource_violations_count=len(lacking),
            resource_violations=lacking,
        )

    @property
    def summary(self) -> RecoverySummary:
        """The numbers, for output as JSON."""
        numbers = {cause: sum(each.cause is cause for each in self.findings) for cause in self.causes}
        return RecoverySummary(
            oom_fixed=numbers.get(Cause.OUT_OF_MEMORY, 0),
            timeout_fixed=numbers.get(Cause.TIMEOUT, 0),
            stopped_retried=numbers.get(Cause.STOPPED, 0),
            unknown_retried=numbers.get(Cause.UNKNOWN, 0),
            other_failures=len(self.selection.left) + len(self.selection.held),
            jobs_to_retry=[outcome.job_id for outcome in self.selection.retried],
            adjustments=self.adjustments,
        )

    @property
    def retries_unknown(self) -> bool:
        """Whether jobs are retried that failed for an unknown cause."""
        return self.summary.unknown_retried > 0


async def recover(
    client: TorcClient,
    workflow_id: int,
    options: RecoveryOptions,
    choose_causes: ChooseCauses,
    *,
    report: Callable[[str], None],
    report_plan: Callable[[RecoveryPlan], None] | None = None,
    wait_for_runners: Callable[[], Awaitable[None]] | None = None,
    scheduler: Scheduler | None = None,
) -> RecoveryPlan:
    """Recover a workflow that has ended, and return what was done or, in a dry run, what would be done.

    Results that runners could not send are sent, and dead runners are reported to the server. Then `wait_for_runners`
    is awaited if given, and a workflow that has not ended is refused. `choose_causes` gets the findings. `report_plan`
    gets the plan before it is carried out, if it changes something. Raises NotRecoverableError, InputFilesMissingError,
    RecoveredElsewhereError, HookError, TorcError.
    """
    if options.output_dir is not None and not options.dry_run:
        run_id = run_id_of(await client.workflows.get_workflow_status(workflow_id))
        await send_unsent_results(client, workflow_id, run_id, options.output_dir, report)
    orphans = await sync_status(client, workflow_id, scheduler or NoScheduler(), dry_run=options.dry_run)
    if wait_for_runners is not None:
        await wait_for_runners()
    if not (options.dry_run and orphans):
        require_over(await client.workflows.get_workflow_status(workflow_id))
    plan = await make_plan(client, workflow_id, options.multipliers, choose_causes)
    if plan.changes_something and not options.dry_run:
        if not options.ignores_missing_inputs:
            await require_inputs_of(client, workflow_id, [outcome.job_id for outcome in plan.selection.retried])
        if report_plan is not None:
            report_plan(plan)
        await carry_out(client, plan, options.hook)
    return plan


async def make_plan(
    client: TorcClient, workflow_id: int, multipliers: Multipliers, choose_causes: ChooseCauses
) -> RecoveryPlan:
    """Diagnose the unsuccessful jobs, and decide which are retried with which requirements. Raises TorcError."""
    workflow = await client.workflows.get_workflow(workflow_id)
    status = await client.workflows.get_workflow_status(workflow_id)
    findings = diagnose(await outcomes_of(client, workflow_id, UNSUCCESSFUL_WITH_RESULT), codes_of(workflow))
    causes = frozenset(choose_causes(findings))
    canceled = await outcomes_of(client, workflow_id, (JobStatus.CANCELED,), with_dependencies=True)
    adjustments = for_failures([each for each in findings if each.cause in causes], multipliers)
    selection = select(findings, canceled, causes)
    return RecoveryPlan(
        workflow_id,
        findings,
        selection,
        adjustments,
        causes,
        multipliers,
        run_id=run_id_of(status),
        was_canceled=status.is_canceled,
    )


def require_over(status: WorkflowStatusResponse) -> None:
    """Raise NotRecoverableError if a workflow can continue by itself, or if runners or allocations work on it."""
    workflow_id = status.workflow_id
    if not workflow_state(status).is_over:
        has_nodes = status.active_compute_nodes or status.active_scheduled_nodes or status.pending_scheduled_nodes
        remedy = (
            f"Wait for it with `torc watch {workflow_id}`"
            if has_nodes
            else f"No runner works on it: run them with `torc run {workflow_id}`"
        )
        raise NotRecoverableError(
            f"Workflow {workflow_id} has not ended: it has jobs that can still run.",
            f"{remedy}, or stop it with `torc workflows cancel {workflow_id}`.",
        )
    if status.active_compute_nodes:
        runners = count("active runner", status.active_compute_nodes)
        raise NotRecoverableError(
            f"Workflow {workflow_id} has {runners}.",
            f"Wait until they have ended, or stop them. If they have died: torc workflows sync-status {workflow_id}",
        )
    if status.active_scheduled_nodes or status.pending_scheduled_nodes:
        raise NotRecoverableError(
            f"Workflow {workflow_id} has pending or running allocations.",
            f"Wait for their end, or cancel them. If they have ended: torc workflows sync-status {workflow_id}",
        )


async def carry_out(client: TorcClient, plan: RecoveryPlan, hook: str | None = None) -> None:
    """Run the hook, then change requirements and start a new run with the chosen jobs, all of it or nothing.

    The hook runs only if jobs are retried that failed for an unknown cause. If it fails, nothing changes. Raises
    HookError; RecoveredElsewhereError if another command has started a new run since the plan was made; TorcError.
    """
    adjustments = plan.adjustments
    if hook is not None and plan.retries_unknown:
        await run_hook(hook, plan.workflow_id)
        # The hook may have changed requirements.
        adjustments = (await make_plan(client, plan.workflow_id, plan.multipliers, lambda _: plan.causes)).adjustments
    request = RestartJobsRequest(
        scope=JobScope.UNSUCCESSFUL if plan.selection.is_everything else JobScope.LISTED,
        job_ids=[] if plan.selection.is_everything else [outcome.job_id for outcome in plan.selection.retried],
        known_run_id=plan.run_id,
        corrections=corrections_of(adjustments),
    )
    try:
        await client.workflows.restart_jobs(plan.workflow_id, request)
    except ConflictError as error:
        if run_id_of(await client.workflows.get_workflow(plan.workflow_id)) == plan.run_id:
            raise
        raise RecoveredElsewhereError(
            f"Another command has started a new run of workflow {plan.workflow_id}; nothing was changed.",
            f"See its progress with `torc watch {plan.workflow_id}`.",
        ) from error


def _failed_job(finding: Finding) -> FailedJob:
    outcome = finding.outcome
    members: dict[str, Any] = {
        "return_code": outcome.return_code,
        "exec_seconds": None if outcome.seconds is None else round(outcome.seconds, 3),
        "peak_memory_bytes": outcome.peak_memory_bytes,
    }
    return FailedJob(
        job_id=outcome.job_id,
        job_name=outcome.job_name,
        status=outcome.status,
        cause=finding.cause,
        reason=finding.reason,
        **members,
    )


def _violation(finding: Finding) -> ResourceViolation:
    outcome = finding.outcome
    needs = outcome.required.record
    lacked_memory = finding.cause is Cause.OUT_OF_MEMORY
    return ResourceViolation(
        job_id=outcome.job_id,
        job_name=outcome.job_name,
        return_code=outcome.return_code,
        exec_time_minutes=None if outcome.result is None else outcome.result.exec_time_minutes,
        configured_memory=needs.memory,
        configured_runtime=needs.runtime,
        configured_cpus=needs.num_cpus,
        peak_memory_bytes=outcome.peak_memory_bytes,
        likely_oom=lacked_memory,
        oom_reason=finding.reason if lacked_memory else None,
        likely_timeout=not lacked_memory,
        timeout_reason=None if lacked_memory else finding.reason,
    )
