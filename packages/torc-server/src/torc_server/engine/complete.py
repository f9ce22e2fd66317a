"""An attempt is over: its report is stored once, the job ends, and its dependents are released."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from torc_server.engine import events
from torc_server.engine.errors import EngineError, RuleBroken, Stale
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.jobs import job_row
from torc_server.engine.release import release
from torc_server.engine.reopen import forgive, reopen
from torc_server.engine.signals import NodeHeard
from torc_server.engine.states import COMPLETE, TERMINAL, UNSUCCESSFUL, Cause, JobStatus, require
from torc_server.engine.workflows import require_run
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

FIRST_ATTEMPT = AttemptId(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a runner says about one attempt. `completion_time` is kept as it came."""

    job_id: JobId
    run_id: RunId
    node_id: NodeId
    status: JobStatus
    return_code: int
    exec_time_minutes: float
    completion_time: str
    attempt_id: AttemptId = FIRST_ATTEMPT
    peak_memory_bytes: int | None = None
    avg_memory_bytes: int | None = None
    peak_cpu_percent: float | None = None
    avg_cpu_percent: float | None = None


RESULT_OF_ATTEMPT = Statement(
    """
SELECT id, status, return_code FROM result
WHERE job_id = :job_id AND run_id = :run_id AND attempt_id = :attempt_id
""",
    hot=True,
)
NODE_OF_WORKFLOW = Statement("SELECT 1 FROM compute_node WHERE id = :node_id AND workflow_id = :workflow_id", hot=True)
ADD_RESULT = Statement(
    """
INSERT INTO result (workflow_id, job_id, run_id, attempt_id, compute_node_id, return_code, exec_time_minutes,
    completion_time, status, peak_memory_bytes, avg_memory_bytes, peak_cpu_percent, avg_cpu_percent)
VALUES (:workflow_id, :job_id, :run_id, :attempt_id, :node_id, :return_code, :exec_time_minutes,
    :completion_time, :status, :peak_memory_bytes, :avg_memory_bytes, :peak_cpu_percent, :avg_cpu_percent)
""",
    hot=True,
)
END_JOB = Statement(
    """
UPDATE job SET status = :status, current_result_id = :result_id, attempt_id = :attempt_id,
    ended_badly = :ended_badly, canceled_by_cascade = 0, active_compute_node_id = NULL
WHERE id = :job_id
""",
    hot=True,
)


def complete(
    tx: Transaction, job_id: JobId, path_status: JobStatus, path_run_id: RunId, report: Report, *, now: datetime
) -> None:
    """End a job with a report about its current attempt. The very same report again changes nothing.

    `path_status` decides the job's status; the report keeps what it says. Raises NotFound; Stale for an attempt that
    was given up; RuleBroken for another run, a status that ends nothing, a job that is complete already, an unknown
    node. Tells JobsBecameReady and WorkflowCompleted.
    """
    del now  # completion times are the runners' own; kept in the signature for leases
    if report.job_id != job_id:
        raise RuleBroken(f"The report is about job {report.job_id}, not {job_id}", field="job_id", value=report.job_id)
    change = _end(tx, path_status, path_run_id, report)
    if change is not None:
        change.follow(tx)


def complete_jobs(
    tx: Transaction, workflow_id: WorkflowId, reports: Sequence[Report], *, now: datetime
) -> dict[JobId, EngineError]:
    """End many jobs of a workflow, each judged for itself; answers what was wrong with those that were refused."""
    del now  # as in complete()
    refused: dict[JobId, EngineError] = {}
    finished: list[tuple[JobId, bool]] = []
    for report in reports:
        try:
            if job_row(tx, report.job_id)["workflow_id"] != workflow_id:
                raise RuleBroken(f"Job {report.job_id} belongs to another workflow", field="job_id")
            change = _end(tx, report.status, report.run_id, report)
        except EngineError as error:
            refused[report.job_id] = error
        else:
            if change is None:
                continue
            if change.is_plain_end:
                finished.append((report.job_id, change.is_bad))
            else:
                change.follow(tx)
    if finished:
        release(tx, workflow_id, finished)
    return refused


@dataclass(frozen=True, slots=True)
class _Change:
    """A job ended, or turned out otherwise than the cascade had it; `follow` tells its dependents."""

    workflow_id: WorkflowId
    job_id: JobId
    was_complete: bool
    was_bad: bool
    is_complete: bool
    is_bad: bool

    @property
    def is_plain_end(self) -> bool:
        return self.is_complete and not self.was_complete

    def follow(self, tx: Transaction) -> None:
        if self.is_plain_end:
            release(tx, self.workflow_id, [(self.job_id, self.is_bad)])
        elif self.was_complete and not self.is_complete:
            reopen(tx, [(self.job_id, self.was_bad)])
        elif self.was_complete and self.was_bad and not self.is_bad:
            forgive(tx, self.workflow_id, self.job_id)


def _end(tx: Transaction, status: JobStatus, run_id: RunId, report: Report) -> _Change | None:
    """Store the report and the job's end; None where this very report was stored before."""
    if status not in TERMINAL:
        raise RuleBroken(f"A job cannot be completed as {status.word}", field="status", value=status.word)
    job = job_row(tx, report.job_id)
    workflow_id = WorkflowId(job["workflow_id"])
    require_run(tx, workflow_id, run_id)
    if report.run_id != run_id:
        raise RuleBroken(f"The report is of run {report.run_id}, not {run_id}", field="run_id", value=report.run_id)
    tx.tell(NodeHeard(report.node_id))
    if _is_known(tx, job, status, report):
        return None
    _require_open(tx, job, report)
    node = {"node_id": report.node_id, "workflow_id": workflow_id}
    if tx.value(NODE_OF_WORKFLOW, node) is None:
        raise RuleBroken(
            f"Workflow {workflow_id} has no compute node {report.node_id}",
            field="compute_node_id",
            value=report.node_id,
        )
    is_bad = status in UNSUCCESSFUL and report.return_code != 0
    result_id = tx.insert(
        ADD_RESULT,
        {
            **node,
            "job_id": report.job_id,
            "run_id": report.run_id,
            "attempt_id": report.attempt_id,
            "return_code": report.return_code,
            "exec_time_minutes": report.exec_time_minutes,
            "completion_time": report.completion_time,
            "status": report.status,
            "peak_memory_bytes": report.peak_memory_bytes,
            "avg_memory_bytes": report.avg_memory_bytes,
            "peak_cpu_percent": report.peak_cpu_percent,
            "avg_cpu_percent": report.avg_cpu_percent,
        },
    )
    tx.execute(
        END_JOB,
        {
            "job_id": report.job_id,
            "status": status,
            "result_id": result_id,
            "attempt_id": report.attempt_id,
            "ended_badly": is_bad,
        },
    )
    events.job_ended(tx, workflow_id, report.job_id, job["name"], status, return_code=report.return_code)
    return _Change(
        workflow_id=workflow_id,
        job_id=report.job_id,
        was_complete=job["status"] in COMPLETE,
        was_bad=bool(job["ended_badly"]),
        is_complete=status in COMPLETE,
        is_bad=is_bad,
    )


def _key(report: Report) -> dict[str, int]:
    return {"job_id": report.job_id, "run_id": report.run_id, "attempt_id": report.attempt_id}


def _is_known(tx: Transaction, job: sqlite3.Row, status: JobStatus, report: Report) -> bool:
    """Whether the job stands as it does because of this very report."""
    if job["status"] != status or job["attempt_id"] != report.attempt_id:
        return False
    result = tx.row(RESULT_OF_ATTEMPT, _key(report))
    return (
        result is not None
        and result["id"] == job["current_result_id"]
        and (result["status"], result["return_code"]) == (report.status, report.return_code)
    )


def _require_open(tx: Transaction, job: sqlite3.Row, report: Report) -> None:
    """Refuse a report about an attempt that is not, or no longer, the job's to end."""
    status, attempt_id = JobStatus(job["status"]), job["attempt_id"]
    if report.attempt_id < attempt_id:
        raise Stale(f"Attempt {report.attempt_id} of job {job['name']!r} was given up; attempt {attempt_id} is current")
    if status in COMPLETE and not job["canceled_by_cascade"]:
        raise RuleBroken(f"Job {job['name']!r} is already complete: it is {status.word}", field="status")
    require(Cause.COMPLETE, status, job["name"])
    # A job that is held as pending_failed may be ended by a report with a number of its own.
    if report.attempt_id > attempt_id and status is not JobStatus.PENDING_FAILED:
        raise RuleBroken(
            f"Job {job['name']!r} is at attempt {attempt_id}, not {report.attempt_id}",
            field="attempt_id",
            value=report.attempt_id,
        )
    if tx.value(RESULT_OF_ATTEMPT, _key(report)) is not None:
        raise RuleBroken(
            f"Job {job['name']!r} has a result for run {report.run_id} and attempt {report.attempt_id} already; "
            "reset the workflow's status to begin a new run",
            field="attempt_id",
            value=report.attempt_id,
        )
