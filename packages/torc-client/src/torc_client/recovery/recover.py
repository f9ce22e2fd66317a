"""Recover a workflow: diagnose its unsuccessful jobs, raise their requirements and retry them."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import msgspec

from torc_client.answers import run_id_of
from torc_client.api.enums import JobScope, JobStatus
from torc_client.api.records import EventModel, RestartJobsRequest, WorkflowStatusResponse
from torc_client.batch.plan_facts import DryRunFacts, ReplannedFacts
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, TorcError
from torc_client.job_statuses import has_runners, workflow_state
from torc_client.recovery.apply import corrections_of
from torc_client.recovery.choice import EVERYTHING, Choice, with_values
from torc_client.recovery.corrections import Adjustment, for_failures
from torc_client.recovery.diagnosis import Cause, Finding, codes_of, diagnose
from torc_client.recovery.diagnosis_facts import Diagnosis, diagnosis_of
from torc_client.recovery.hook import run_hook
from torc_client.recovery.multipliers import RECOVERY, Multipliers
from torc_client.recovery.notes import with_notes
from torc_client.recovery.orphans import Orphans, summarize, sync_status
from torc_client.recovery.outcomes import UNSUCCESSFUL_WITH_RESULT, outcomes_of
from torc_client.recovery.renewal import AllocationSource
from torc_client.recovery.selection import Selection, select
from torc_client.recovery.unsent_results import send_unsent_results
from torc_client.text import count
from torc_client.workflow_operations.initialize import require_inputs_of
from torc_client.workflow_operations.temp_files import find_writers

KNOWN_CAUSES: Final = frozenset({Cause.OUT_OF_MEMORY, Cause.TIMEOUT, Cause.STOPPED, Cause.NODE_FAILURE})
"""Jobs that failed for one of these causes are retried by default."""

ChooseCauses = Callable[[list[Finding]], Collection[Cause]]
"""Returns the causes for which jobs are retried, given all findings."""


class NotRecoverableError(TorcError):
    """The workflow has not ended, or a runner still works on it."""


class RecoveredElsewhereError(TorcError):
    """Another command has started a new run of the workflow."""


class RecoverySummary(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a recovery does, in numbers. Members about Slurm are left out for other workflows."""

    oom_fixed: int
    timeout_fixed: int
    stopped_retried: int
    node_failures_retried: int
    unknown_retried: int
    other_failures: int
    """Unsuccessful jobs that are not retried."""

    jobs_to_retry: list[int]
    adjustments: list[Adjustment]
    slurm_dry_run: DryRunFacts | None = None
    """The allocations that would be planned."""

    slurm: ReplannedFacts | None = None
    """The allocations that were planned and requested."""


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
    renewal: AllocationSource | None = None
    """How allocations for the jobs are planned and requested, for workflows that run in some."""

    choice: Choice = EVERYTHING
    """The classes of jobs to retry, and values of requirements. With classes, `choose_causes` is not called."""


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
    stranded_jobs: int = 0
    """Ready jobs of a workflow that has not ended, and whose allocations have all ended."""

    most_memory_bytes: float | None = None
    """The memory of the largest node that jobs can get."""

    choice: Choice = EVERYTHING
    writers: Mapping[int, str] = field(default_factory=dict)
    """Completed jobs that write temporary files which jobs need and which were deleted, each with the reason."""

    preview: DryRunFacts | None = None
    renewed: ReplannedFacts | None = None

    @property
    def restarts(self) -> bool:
        """Whether the recovery retries a job or continues a canceled workflow."""
        return bool(self.selection.retried) or self.was_canceled

    @property
    def job_ids(self) -> list[int]:
        """The jobs to reset, with those that write temporary files for them."""
        return sorted({outcome.job_id for outcome in self.selection.retried} | self.writers.keys())

    @property
    def changes_something(self) -> bool:
        """Whether the recovery restarts jobs, or requests allocations for jobs that have none."""
        return self.restarts or self.stranded_jobs > 0

    @property
    def diagnosis(self) -> Diagnosis:
        """The findings, for output as JSON."""
        return diagnosis_of(self.workflow_id, self.findings)

    @property
    def summary(self) -> RecoverySummary:
        """The numbers, for output as JSON."""
        retried = {outcome.job_id for outcome in self.selection.retried}
        numbers = Counter(each.cause for each in self.findings if each.outcome.job_id in retried)
        return RecoverySummary(
            oom_fixed=numbers[Cause.OUT_OF_MEMORY],
            timeout_fixed=numbers[Cause.TIMEOUT],
            stopped_retried=numbers[Cause.STOPPED],
            node_failures_retried=numbers[Cause.NODE_FAILURE],
            unknown_retried=numbers[Cause.UNKNOWN],
            other_failures=len(self.selection.left) + len(self.selection.held),
            jobs_to_retry=[outcome.job_id for outcome in self.selection.retried],
            adjustments=self.adjustments,
            slurm_dry_run=self.preview,
            slurm=self.renewed,
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
) -> RecoveryPlan:
    """Recover a workflow that has ended, and return what was done or, in a dry run, what would be done.

    Results that runners could not send are sent, and dead runners are reported to the server. Then `wait_for_runners`
    is awaited if given. A workflow that has not ended is refused, unless all of its allocations have. `choose_causes`
    gets the findings. `report_plan` gets the plan before it is carried out, if it changes something. With a `renewal`,
    allocations are planned before anything is changed, so that nothing is changed if no job would fit. They are
    requested at the end. Raises NotRecoverableError, InputFilesMissingError, RecoveredElsewhereError, HookError;
    NotRequestedError if the jobs are ready and an allocation was not accepted; TorcError.
    """
    if options.output_dir is not None and not options.dry_run:
        run_id = run_id_of(await client.workflows.get_workflow_status(workflow_id))
        await send_unsent_results(client, workflow_id, run_id, options.output_dir, report)
    orphans = await sync_status(client, workflow_id, dry_run=options.dry_run)
    for sentence in _sentences_about(orphans, dry_run=options.dry_run):
        report(sentence)
    if wait_for_runners is not None:
        await wait_for_runners()
    status = await client.workflows.get_workflow_status(workflow_id)
    stranded_jobs = 0 if options.renewal is None else _stranded_jobs(status)
    if not stranded_jobs and not (options.dry_run and orphans.found):
        require_over(status)
    most_memory = None if options.renewal is None else await options.renewal.most_memory_bytes()
    plan = await make_plan(client, workflow_id, options.multipliers, choose_causes, most_memory, choice=options.choice)
    plan = replace(plan, stranded_jobs=stranded_jobs, findings=await with_notes(client, plan.findings))
    plan = replace(plan, writers=await find_writers(client, workflow_id, plan.job_ids))
    renewal = options.renewal if plan.changes_something else None
    if renewal is not None:
        corrections = corrections_of(plan.adjustments)
        preview = await renewal.preview(client, workflow_id, plan.job_ids, corrections)
        plan = replace(plan, preview=preview if options.dry_run else None)
        if not options.dry_run:
            await renewal.require_ready(client)
    if plan.changes_something and not options.dry_run:
        if not options.ignores_missing_inputs:
            await require_inputs_of(client, workflow_id, plan.job_ids)
        if report_plan is not None:
            report_plan(plan)
        if plan.restarts:
            await carry_out(client, plan, options.hook)
            await _record_event(client, plan)
    if renewal is not None and not options.dry_run:
        plan = replace(plan, renewed=await renewal.renew(client, workflow_id))
    return plan


def _sentences_about(orphans: Orphans, *, dry_run: bool) -> list[str]:
    """Return what could not be looked up and, in a dry run, what the server does not know yet."""
    found = [summarize(orphans.found, dry_run=True)] if dry_run and orphans.found else []
    return [*orphans.look.not_asked, *found]


def _stranded_jobs(status: WorkflowStatusResponse) -> int:
    """Return the number of ready jobs of a workflow that has neither runners nor allocations, and has not ended."""
    return 0 if workflow_state(status).is_over or has_runners(status) else status.jobs_by_status.ready


async def _record_event(client: TorcClient, plan: RecoveryPlan) -> None:
    """Store what was recovered as an event of the workflow. A failure of that changes nothing."""
    summary = plan.summary
    data = {
        "category": "recovery",
        "run_id": plan.run_id + 1,
        "oom_fixed": summary.oom_fixed,
        "timeout_fixed": summary.timeout_fixed,
        "unknown_retried": summary.unknown_retried,
        "jobs_to_retry": summary.jobs_to_retry,
    }
    with suppress(TorcError):
        await client.events.create_event(EventModel(workflow_id=plan.workflow_id, data=data, timestamp=0))


async def make_plan(
    client: TorcClient,
    workflow_id: int,
    multipliers: Multipliers,
    choose_causes: ChooseCauses,
    most_memory_bytes: float | None = None,
    *,
    choice: Choice = EVERYTHING,
) -> RecoveryPlan:
    """Diagnose the unsuccessful jobs, and decide which are retried with which requirements. Raises TorcError."""
    workflow = await client.workflows.get_workflow(workflow_id)
    status = await client.workflows.get_workflow_status(workflow_id)
    findings = diagnose(
        await outcomes_of(client, workflow_id, UNSUCCESSFUL_WITH_RESULT, with_dependencies=True), codes_of(workflow)
    )
    causes = frozenset(choose_causes(findings) if choice.classes is None else Cause)
    canceled = await outcomes_of(client, workflow_id, (JobStatus.CANCELED,), with_dependencies=True)
    selection = select(findings, canceled, causes, choice)
    retried = {outcome.job_id for outcome in selection.retried}
    fixed = [each for each in findings if each.outcome.job_id in retried]
    adjustments = with_values(for_failures(fixed, multipliers, most_memory_bytes), selection.retried, choice)
    return RecoveryPlan(
        workflow_id,
        findings,
        selection,
        adjustments,
        causes,
        multipliers,
        run_id=run_id_of(status),
        was_canceled=status.is_canceled,
        most_memory_bytes=most_memory_bytes,
        choice=choice,
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
        await run_hook(hook, plan.workflow_id, run_id=plan.run_id, url=client.url)
        # The hook may have changed requirements.
        again = await make_plan(
            client,
            plan.workflow_id,
            plan.multipliers,
            lambda _: plan.causes,
            plan.most_memory_bytes,
            choice=plan.choice,
        )
        adjustments = again.adjustments
    is_everything = plan.selection.is_everything and not plan.writers
    request = RestartJobsRequest(
        scope=JobScope.UNSUCCESSFUL if is_everything else JobScope.LISTED,
        job_ids=[] if is_everything else plan.job_ids,
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
