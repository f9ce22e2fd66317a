"""One pass of recovery: look why jobs did not succeed, give them what they lacked, let them run again."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from torc_client.api.enums import JobStatus
from torc_client.api.records import ResultModel, WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.job_statuses import workflow_state
from torc_client.paging import iterate
from torc_client.recovery.apply import adjust
from torc_client.recovery.corrections import Adjustment, Multipliers, for_failures
from torc_client.recovery.diagnosis import Cause, Finding, codes_of, diagnose
from torc_client.recovery.outcomes import UNSUCCESSFUL_WITH_RESULT, JobEnd, ends_of
from torc_client.recovery.selection import Selection, doomed, select

# Requests that are under way at the same time.
_AT_ONCE = 20

KNOWN_CAUSES = frozenset({Cause.OUT_OF_MEMORY, Cause.TIMEOUT, Cause.STOPPED})


class NotRecoverable(TorcError):  # noqa: N818 - named after what happened
    """The workflow still goes on, or somebody still works for it."""


class Diagnosis(msgspec.Struct, kw_only=True):
    """Why jobs of a workflow did not succeed."""

    workflow_id: int
    failed_jobs: list["FailedJob"]


class FailedJob(msgspec.Struct, kw_only=True):
    """A job that did not succeed, and why."""

    job_id: int
    job_name: str
    status: JobStatus
    cause: Cause
    reason: str
    return_code: int | None
    exec_seconds: float | None
    peak_memory_bytes: int | None


class Outcome(msgspec.Struct, kw_only=True):
    """What a pass did, or would do."""

    oom_fixed: int
    timeout_fixed: int
    stopped_retried: int
    unknown_retried: int
    other_failures: int
    """Jobs that did not succeed and stay as they are."""

    jobs_to_retry: list[int]
    adjustments: list[Adjustment]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, before it is done."""

    workflow_id: int
    findings: list[Finding]
    selection: Selection
    adjustments: list[Adjustment]
    causes: frozenset[Cause]
    was_canceled: bool = False

    @property
    def changes_something(self) -> bool:
        """Whether a new run would differ from how things stand."""
        return bool(self.selection.again) or self.was_canceled

    @property
    def diagnosis(self) -> Diagnosis:
        """What was found, for programs."""
        return Diagnosis(workflow_id=self.workflow_id, failed_jobs=[_told(finding) for finding in self.findings])

    @property
    def outcome(self) -> Outcome:
        """What comes of it, for programs."""
        counts = {cause: sum(each.cause is cause for each in self.findings) for cause in self.causes}
        return Outcome(
            oom_fixed=counts.get(Cause.OUT_OF_MEMORY, 0),
            timeout_fixed=counts.get(Cause.TIMEOUT, 0),
            stopped_retried=counts.get(Cause.STOPPED, 0),
            unknown_retried=counts.get(Cause.UNKNOWN, 0),
            other_failures=len(self.selection.left) + len(self.selection.held),
            jobs_to_retry=[end.job_id for end in self.selection.again],
            adjustments=self.adjustments,
        )

    @property
    def retries_unknown(self) -> bool:
        """Whether jobs run again of which nobody knows why they failed."""
        return self.outcome.unknown_retried > 0


async def findings_of(client: TorcClient, workflow_id: int) -> list[Finding]:
    """Look why jobs did not succeed. Raises TorcError."""
    workflow = await client.workflows.get_workflow(workflow_id)
    return diagnose(await ends_of(client, workflow_id, UNSUCCESSFUL_WITH_RESULT), codes_of(workflow))


async def plan(
    client: TorcClient,
    workflow_id: int,
    findings: list[Finding],
    multipliers: Multipliers,
    causes: Collection[Cause] = KNOWN_CAUSES,
) -> Plan:
    """Decide which jobs run again, and what they require then. Raises TorcError."""
    was_canceled = (await client.workflows.get_workflow_status(workflow_id)).is_canceled
    canceled = await ends_of(client, workflow_id, (JobStatus.CANCELED,), with_dependencies=True)
    chosen = frozenset(causes)
    adjustments = for_failures([each for each in findings if each.cause in chosen], multipliers)
    selection = select(findings, canceled, chosen)
    return Plan(workflow_id, findings, selection, adjustments, chosen, was_canceled)


def require_over(status: WorkflowStatusResponse) -> None:
    """Refuse a workflow that goes on by itself, or for which somebody works. Raises NotRecoverable."""
    workflow_id = status.workflow_id
    if not workflow_state(status).is_over:
        raise NotRecoverable(
            f"Workflow {workflow_id} is not over: there are jobs that can still run.",
            f"Wait for it with `torc watch {workflow_id}`, or stop it with `torc workflows cancel {workflow_id}`.",
        )
    if status.active_compute_nodes:
        raise NotRecoverable(
            f"{status.active_compute_nodes} runners still work for workflow {workflow_id}.",
            f"Wait until they have left, or stop them. For those that died: torc workflows sync-status {workflow_id}",
        )
    if status.active_scheduled_nodes or status.pending_scheduled_nodes:
        raise NotRecoverable(
            f"Workflow {workflow_id} has allocations that wait or run.",
            f"Wait for their end, or cancel them. For those that are gone: torc workflows sync-status {workflow_id}",
        )


async def carry_out(client: TorcClient, planned: Plan, hook: Callable[[], Awaitable[None]] | None = None) -> None:
    """Change requirements, run the hook, begin a new run with the chosen jobs. Raises TorcError.

    Nothing is reset where the hook fails. Results of the runs before are kept.
    """
    workflow_id, selection = planned.workflow_id, planned.selection
    without_hope = await _without_hope(client, planned)
    await adjust(client, workflow_id, planned.adjustments)
    if hook is not None:
        await hook()
    status = await client.workflows.reset_workflow_status(workflow_id)
    run_id = int(status.run_id or 0)
    if selection.is_everything:
        await client.workflows.reset_job_status(workflow_id, failed_only=True)
    else:
        await _set(client, selection.again, JobStatus.UNINITIALIZED, run_id)
    await client.workflows.initialize_jobs(workflow_id, only_uninitialized=True, clear_ephemeral_user_data=False)
    # Being made ready again spares no job that waits for a decision: those are put back.
    await _set(client, selection.held, JobStatus.PENDING_FAILED, run_id)
    for job_id in without_hope:
        await _cancel(client, planned, job_id, run_id)


async def _without_hope(client: TorcClient, planned: Plan) -> list[int]:
    if not planned.selection.left:
        return []
    jobs = iterate(client.jobs.list_jobs, workflow_id=planned.workflow_id, include_relationships=True)
    return doomed([job async for job in jobs], planned.selection)


async def _cancel(client: TorcClient, planned: Plan, job_id: int, run_id: int) -> None:
    """Cancel a job, and with it what waits for it, for a failure of the run before."""
    failed = next(each.end.result for each in planned.selection.left if each.end.result is not None)
    result = ResultModel(
        workflow_id=planned.workflow_id,
        job_id=job_id,
        run_id=run_id,
        attempt_id=(await client.jobs.get_job(job_id)).attempt_id,
        compute_node_id=failed.compute_node_id,
        return_code=1,
        exec_time_minutes=0.0,
        completion_time=datetime.now(UTC).isoformat(),
        status=JobStatus.CANCELED,
    )
    await client.jobs.complete_job(job_id, JobStatus.CANCELED, run_id, result)


async def _set(client: TorcClient, ends: Sequence[JobEnd], status: JobStatus, run_id: int) -> None:
    for begin in range(0, len(ends), _AT_ONCE):
        some = ends[begin : begin + _AT_ONCE]
        await asyncio.gather(*(client.jobs.manage_status_change(end.job_id, status, run_id) for end in some))


def _told(finding: Finding) -> FailedJob:
    end = finding.end
    members: dict[str, Any] = {
        "return_code": end.return_code,
        "exec_seconds": None if end.seconds is None else round(end.seconds, 3),
        "peak_memory_bytes": end.peak_memory_bytes,
    }
    return FailedJob(
        job_id=end.job_id,
        job_name=end.job_name,
        status=end.status,
        cause=finding.cause,
        reason=finding.reason,
        **members,
    )
