"""Judge completions: which of them end a job, and what is wrong with the others. No SQL; rows are passed in.

A batch of completions is judged by the rows of the jobs before any of them is stored, so it ends early in three cases:
before a second completion of the same job, before and after a late one, and before a blocked job that a failure of the
batch may cancel. A late completion is for a canceled job; storing it can change other jobs of the batch.

Two results are taken although they come late, because no other attempt has begun: the success of a job that was
canceled with its workflow meanwhile, and the success of an attempt that was returned to the queue when the lease of its
node expired, while no node has claimed the next attempt.
"""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from torc_server.engine.errors import EngineError, RuleBroken, Stale
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.jobs import not_of_workflow
from torc_server.engine.states import COMPLETE, TERMINAL, UNSUCCESSFUL, Cause, JobStatus, require
from torc_server.engine.workflows import other_run

FIRST_ATTEMPT = AttemptId(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptReport:
    """A runner's report about one attempt. `completion_time` is stored as it was received."""

    job_id: JobId
    run_id: RunId
    node_id: NodeId
    status: JobStatus
    return_code: int
    exec_time_minutes: float
    completion_time: str
    workflow_id: WorkflowId | None = None
    attempt_id: AttemptId = FIRST_ATTEMPT
    peak_memory_bytes: int | None = None
    avg_memory_bytes: int | None = None
    peak_cpu_percent: float | None = None
    avg_cpu_percent: float | None = None
    reason: str | None = None
    """Why the attempt did not succeed."""


@dataclass(frozen=True, slots=True)
class JobCompletion:
    """The end of a job. The report must have the same job, run and status."""

    job_id: JobId
    status: JobStatus
    run_id: RunId
    report: AttemptReport
    is_chained: bool = False
    """Whether the job ran after another job on the same node without a claim."""
    max_attempts: int | None = None
    """Retry a job that did not succeed at once, if fewer of its attempts failed than this."""
    failure_class: str | None = None
    """The class of the failure, in the runner's words."""
    return_if_others: bool = False
    """Retry a job that did not succeed at once, if another node of the workflow is active or an allocation queued."""

    @property
    def is_success(self) -> bool:
        """Whether the attempt ended well."""
        return self.status is JobStatus.COMPLETED and self.report.return_code == 0

    def has_attempts_left(self, num_failed_before: int) -> bool:
        """Whether another attempt may follow. Attempts that did not fail of their own do not count."""
        return self.max_attempts is not None and num_failed_before + 1 < self.max_attempts

    @property
    def may_be_retried(self) -> bool:
        """Whether another attempt may follow at once."""
        return self.max_attempts is not None or self.return_if_others


@dataclass(frozen=True, slots=True)
class Ending:
    """An accepted completion, and the row of the job as it was before."""

    job: sqlite3.Row
    completion: JobCompletion
    blocks_dependents: bool
    result_id: int

    @property
    def is_late(self) -> bool:
        """Whether the job was complete already: canceled with its workflow."""
        return self.job["status"] in COMPLETE


@dataclass(frozen=True, slots=True)
class Batch:
    """The workflow of a batch of completions, with the ids of its compute nodes that the reports name."""

    workflow_id: WorkflowId
    current_run: RunId
    node_ids: Collection[int]


def judge(
    batch: Batch, completions: Sequence[JobCompletion], jobs: Mapping[int, sqlite3.Row], *, first_result_id: int
) -> tuple[list[EngineError | None], list[Ending]]:
    """Judge completions from the first on, at least one, until the batch ends early.

    Returns for each judged completion its error, or None; and the accepted ones that are to be stored. `jobs` has the
    row of each job with the result of the reported attempt. New results get ids from `first_result_id` on.
    """
    errors: list[EngineError | None] = []
    endings: list[Ending] = []
    seen: set[JobId] = set()
    has_failure = False
    for completion in completions:
        job = jobs.get(completion.job_id)
        is_late = job is not None and job["status"] == JobStatus.CANCELED
        is_blocked = job is not None and job["status"] == JobStatus.BLOCKED
        if completion.job_id in seen or (is_late and endings) or (is_blocked and has_failure):
            break
        seen.add(completion.job_id)
        try:
            accepted = _accepted_job(batch, job, completion)
        except EngineError as error:
            errors.append(error)
            continue
        errors.append(None)
        if accepted is not None:
            blocks_dependents = completion.status in UNSUCCESSFUL and completion.report.return_code != 0
            has_failure |= blocks_dependents
            endings.append(Ending(accepted, completion, blocks_dependents, first_result_id + len(endings)))
            if is_late:
                break
    return errors, endings


def _accepted_job(batch: Batch, job: sqlite3.Row | None, completion: JobCompletion) -> sqlite3.Row | None:
    """Return the job that the completion ends; None if the same report was stored before. Raises what is wrong."""
    status, report = completion.status, completion.report
    if status not in TERMINAL:
        raise RuleBroken(f"A job cannot be completed as {status.word}", field="status", value=status.word)
    if job is None or job["workflow_id"] != batch.workflow_id:
        raise not_of_workflow(batch.workflow_id, completion.job_id)
    if report.job_id != completion.job_id:
        raise RuleBroken(
            f"The report is about job {report.job_id}, not {completion.job_id}", field="job_id", value=report.job_id
        )
    if completion.run_id != batch.current_run:
        raise other_run(batch.workflow_id, batch.current_run, completion.run_id)
    if report.run_id != completion.run_id:
        raise RuleBroken(
            f"The report is of run {report.run_id}, not {completion.run_id}", field="run_id", value=report.run_id
        )
    if report.workflow_id not in {None, batch.workflow_id}:
        raise RuleBroken(
            f"The report is of workflow {report.workflow_id}, not {batch.workflow_id}",
            field="workflow_id",
            value=report.workflow_id,
        )
    if report.status is not status:
        raise RuleBroken(
            f"The report has the status {report.status.word}, not {status.word}; use the same in both",
            field="status",
            value=report.status.word,
        )
    if _is_stored(job, status, report) or (completion.may_be_retried and _was_retried(job, report)):
        return None
    _require_open(job, completion)
    if report.node_id not in batch.node_ids:
        raise RuleBroken(
            f"Workflow {batch.workflow_id} has no compute node {report.node_id}",
            field="compute_node_id",
            value=report.node_id,
        )
    return job


def _is_stored(job: sqlite3.Row, status: JobStatus, report: AttemptReport) -> bool:
    """Whether the job has its status because of the same report."""
    return (
        job["status"] == status
        and job["attempt_id"] == report.attempt_id
        and job["result_id"] is not None
        and job["result_id"] == job["current_result_id"]
        and (job["result_status"], job["return_code"]) == (report.status, report.return_code)
    )


def _was_retried(job: sqlite3.Row, report: AttemptReport) -> bool:
    """Whether the job is at a later attempt because of the same report."""
    return (
        report.attempt_id < job["attempt_id"]
        and job["result_id"] is not None
        and (job["result_status"], job["return_code"]) == (report.status, report.return_code)
    )


def _require_open(job: sqlite3.Row, completion: JobCompletion) -> None:
    """Raise Stale for an attempt that is not current, and RuleBroken for one that the report cannot end."""
    report = completion.report
    status, attempt_id = JobStatus(job["status"]), job["attempt_id"]
    if report.attempt_id < attempt_id and not _was_lost(job, completion):
        raise Stale(
            f"Attempt {report.attempt_id} of job {job['name']!r} is no longer current; the current one is {attempt_id}"
        )
    if status is JobStatus.PENDING and job["claimed_by_node_id"] not in (None, report.node_id):
        raise Stale(
            f"Job {job['name']!r} was claimed by compute node {job['claimed_by_node_id']}, not {report.node_id}"
        )
    if status in COMPLETE and not _was_canceled(job, completion):
        raise RuleBroken(f"Job {job['name']!r} is already complete: it is {status.word}", field="status")
    require(Cause.COMPLETE, status, job["name"])
    if report.attempt_id > attempt_id:
        raise RuleBroken(
            f"Job {job['name']!r} is at attempt {attempt_id}, not {report.attempt_id}",
            field="attempt_id",
            value=report.attempt_id,
        )
    if job["result_id"] is not None:
        raise RuleBroken(
            f"Job {job['name']!r} already has a result for run {report.run_id} and attempt {report.attempt_id}; "
            "reset the status of the workflow to begin a new run",
            field="attempt_id",
            value=report.attempt_id,
        )


def _was_lost(job: sqlite3.Row, completion: JobCompletion) -> bool:
    """Whether the report is the success of the attempt that the node lost with its lease, and the next is unclaimed."""
    report = completion.report
    return (
        completion.is_success
        and job["status"] == JobStatus.READY
        and job["lost_by_node_id"] == report.node_id
        and job["attempt_id"] == report.attempt_id + 1
    )


def _was_canceled(job: sqlite3.Row, completion: JobCompletion) -> bool:
    """Whether the report is the success of an attempt that was canceled with its workflow and has no result."""
    return (
        completion.is_success
        and job["status"] == JobStatus.CANCELED
        and not job["canceled_by_cascade"]
        and job["result_id"] is None
    )
