"""An attempt is over: its report is stored once, the job ends, and its dependents are released.

Reports are taken many at a time: the number of statements does not grow with them.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from torc_server.engine import events
from torc_server.engine.errors import EngineError, RuleBroken, Stale
from torc_server.engine.execution.release import release
from torc_server.engine.execution.reopen import forgive, reopen
from torc_server.engine.execution.retry import begin_attempt
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.jobs import not_of_workflow, workflow_of_job
from torc_server.engine.signals import NodeHeard
from torc_server.engine.states import COMPLETE, TERMINAL, UNSUCCESSFUL, Cause, JobStatus, require
from torc_server.engine.workflows import other_run, run_of
from torc_server.store.numbers import json_numbers
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


@dataclass(frozen=True, slots=True)
class Completion:
    """The end of a job: `status` and `run_id` decide, the report keeps what it says itself."""

    job_id: JobId
    status: JobStatus
    run_id: RunId
    report: Report
    followed: bool = False
    """Whether it ran after another job on the same node without having been claimed."""
    max_attempts: int | None = None
    """Where it did not succeed, let it be tried again at once, unless it has had so many attempts."""
    failure_class: str | None = None
    """Who or what is to blame, in the runner's words."""

    @property
    def is_retried(self) -> bool:
        """Whether another attempt follows this one."""
        return self.max_attempts is not None and self.report.attempt_id < self.max_attempts


# `asked` is [[job id, run id, attempt id], ...]. Each job with the result that its attempt has already.
JOBS_WITH_RESULTS = Statement(
    """
SELECT job.id, job.workflow_id, job.name, job.status, job.attempt_id, job.ended_badly, job.canceled_by_cascade,
       job.current_result_id, known.id AS result_id, known.status AS result_status, known.return_code AS return_code
FROM json_each(:asked) AS asked
CROSS JOIN job ON job.id = json_extract(asked.value, '$[0]')
LEFT JOIN result AS known ON known.job_id = job.id AND known.run_id = json_extract(asked.value, '$[1]')
    AND known.attempt_id = json_extract(asked.value, '$[2]')
""",
    hot=True,
)
NODES_OF_WORKFLOW = Statement(
    """
SELECT compute_node.id FROM json_each(:nodes) AS asked CROSS JOIN compute_node ON compute_node.id = asked.value
WHERE compute_node.workflow_id = :workflow_id
""",
    hot=True,
)
LAST_RESULT_ID = Statement("SELECT seq FROM sqlite_sequence WHERE name = 'result'")
ADD_RESULT = Statement(
    """
INSERT INTO result (id, workflow_id, job_id, run_id, attempt_id, compute_node_id, return_code, exec_time_minutes,
    completion_time, status, peak_memory_bytes, avg_memory_bytes, peak_cpu_percent, avg_cpu_percent)
VALUES (:id, :workflow_id, :job_id, :run_id, :attempt_id, :node_id, :return_code, :exec_time_minutes,
    :completion_time, :status, :peak_memory_bytes, :avg_memory_bytes, :peak_cpu_percent, :avg_cpu_percent)
""",
    hot=True,
)
# Jobs that ended alike, each with the result that was stored for it just now. Of one that was never said to run (its
# status is not running) the result tells where and since when it did, as far as its times can be read.
END_JOBS = JobStatement(
    """
UPDATE job SET status = :status, ended_badly = :ended_badly, canceled_by_cascade = 0, {CLEAR_NODE},
    (current_result_id, attempt_id, compute_node_id, start_time) = (
        SELECT new.id, new.attempt_id,
            CASE job.status WHEN {RUNNING} THEN job.compute_node_id ELSE new.compute_node_id END,
            CASE job.status WHEN {RUNNING} THEN job.start_time ELSE strftime(
                '%Y-%m-%dT%H:%M:%f+00:00', julianday(new.completion_time) - new.exec_time_minutes / 1440
            ) END
        FROM result AS new
        WHERE new.job_id = job.id AND new.run_id = :run_id AND new.id >= :first_result_id
    )
WHERE id IN (SELECT value FROM json_each(:jobs)) AND status IN {FROM}
""",
    hot=True,
    cause=Cause.COMPLETE,
)


def complete(
    tx: Transaction, job_id: JobId, path_status: JobStatus, path_run_id: RunId, report: Report, *, now: datetime
) -> None:
    """End a job with a report about its current attempt. The very same report again changes nothing.

    `path_status` decides the job's status; the report keeps what it says. Raises NotFound; Stale for an attempt that
    was given up; RuleBroken for another run, a status that ends nothing, a job that is complete already, an unknown
    node. Tells JobsBecameReady and WorkflowCompleted.
    """
    workflow_id = workflow_of_job(tx, job_id)
    completion = Completion(job_id, path_status, path_run_id, report)
    (refusal,) = complete_jobs(tx, workflow_id, [completion], now=now)
    if refusal is not None:
        raise refusal


def complete_jobs(
    tx: Transaction, workflow_id: WorkflowId, completions: Sequence[Completion], *, now: datetime
) -> list[EngineError | None]:
    """End many jobs of a workflow, each judged for itself. Gives for each what is wrong with it, or None.

    Raises NotFound for the workflow. Tells as complete() does, once for all of them.
    """
    current_run = run_of(tx, workflow_id)
    nodes = json_numbers(list({each.report.node_id for each in completions}))
    known_nodes = {row[0] for row in tx.rows(NODES_OF_WORKFLOW, {"nodes": nodes, "workflow_id": workflow_id})}
    for node_id in known_nodes:
        tx.emit(NodeHeard(NodeId(node_id)))
    judge = _Round(tx, workflow_id, current_run, known_nodes, now)
    refusals: list[EngineError | None] = []
    size = len(completions)
    while len(refusals) < len(completions):
        # One round, nearly always: a job that is reported on twice, or late, begins another. Then small ones follow,
        # so that a crowd of such jobs is not read again for each of them.
        offered = completions[len(refusals) : len(refusals) + size]
        taken = judge.take(offered)
        size = 2 * size if len(taken) == len(offered) else 1
        refusals += taken
    return refusals


@dataclass(frozen=True, slots=True)
class _Ending:
    """A report that holds, and the job as it was before."""

    job: sqlite3.Row
    completion: Completion
    is_bad: bool
    result_id: int

    @property
    def is_late(self) -> bool:
        """Whether the job was complete already: canceled, because a job before it failed."""
        return self.job["status"] in COMPLETE


class _Round:
    """Reports about different jobs, judged by how these stood before, and then stored together."""

    def __init__(
        self, tx: Transaction, workflow_id: WorkflowId, current_run: RunId, nodes: set[int], now: datetime
    ) -> None:
        self._tx = tx
        self._now = now
        self._workflow_id = workflow_id
        self._current_run = current_run
        self._nodes = nodes

    def take(self, completions: Sequence[Completion]) -> list[EngineError | None]:
        """Take as many of the reports as can be judged together, at least one; gives a refusal or None for each."""
        jobs = self._read(completions)
        next_result = (self._tx.value(LAST_RESULT_ID) or 0) + 1
        refusals: list[EngineError | None] = []
        endings: list[_Ending] = []
        seen: set[JobId] = set()
        for each in completions:
            job = jobs.get(each.job_id)
            is_late = job is not None and job["status"] in COMPLETE and bool(job["canceled_by_cascade"])
            # What follows a late report concerns jobs that others of the same round may be about.
            if each.job_id in seen or (is_late and endings):
                break
            seen.add(each.job_id)
            try:
                is_new = self._judge(job, each)
            except EngineError as error:
                refusals.append(error)
                continue
            refusals.append(None)
            if is_new and job is not None:
                is_bad = each.status in UNSUCCESSFUL and each.report.return_code != 0
                endings.append(_Ending(job, each, is_bad, next_result + len(endings)))
                if is_late:
                    break
        self._store(endings)
        return refusals

    def _read(self, completions: Sequence[Completion]) -> dict[int, sqlite3.Row]:
        asked = [[each.job_id, each.report.run_id, each.report.attempt_id] for each in completions]
        return {row["id"]: row for row in reversed(self._tx.rows(JOBS_WITH_RESULTS, {"asked": json_numbers(asked)}))}

    def _judge(self, job: sqlite3.Row | None, completion: Completion) -> bool:
        """Whether there is something to store; the very same report again is nothing. Raises what is wrong."""
        status, report = completion.status, completion.report
        if status not in TERMINAL:
            raise RuleBroken(f"A job cannot be completed as {status.word}", field="status", value=status.word)
        if job is None or job["workflow_id"] != self._workflow_id:
            raise not_of_workflow(self._workflow_id, completion.job_id)
        if report.job_id != completion.job_id:
            raise RuleBroken(
                f"The report is about job {report.job_id}, not {completion.job_id}", field="job_id", value=report.job_id
            )
        if completion.run_id != self._current_run:
            raise other_run(self._workflow_id, self._current_run, completion.run_id)
        if report.run_id != completion.run_id:
            raise RuleBroken(
                f"The report is of run {report.run_id}, not {completion.run_id}", field="run_id", value=report.run_id
            )
        if _is_known(job, status, report) or (completion.is_retried and _was_retried(job, report)):
            return False
        _require_open(job, report)
        if report.node_id not in self._nodes:
            raise RuleBroken(
                f"Workflow {self._workflow_id} has no compute node {report.node_id}",
                field="compute_node_id",
                value=report.node_id,
            )
        return True

    def _store(self, endings: Sequence[_Ending]) -> None:
        """Store results and ends, and let what waits for the jobs follow."""
        if not endings:
            return
        self._tx.execute_many(ADD_RESULT, [_result(self._workflow_id, each) for each in endings])
        alike: dict[tuple[JobStatus, bool], list[JobId]] = {}
        for each in endings:
            alike.setdefault((each.completion.status, each.is_bad), []).append(each.completion.job_id)
        for (status, is_bad), job_ids in alike.items():
            self._tx.execute(
                END_JOBS,
                {
                    "status": int(status),
                    "ended_badly": is_bad,
                    "jobs": json_numbers(job_ids),
                    "run_id": self._current_run,
                    "first_result_id": endings[0].result_id,
                },
            )
        for each in endings:
            completion = each.completion
            if completion.followed or each.job["status"] == JobStatus.PENDING:
                # It was over before its runner told of its start: whoever follows the news learns of both now.
                report = completion.report
                name, node_id, run_id = each.job["name"], report.node_id, report.run_id
                events.job_started(self._tx, self._workflow_id, completion.job_id, name, node_id=node_id, run_id=run_id)
            events.job_ended(
                self._tx,
                self._workflow_id,
                completion.job_id,
                each.job["name"],
                completion.status,
                return_code=completion.report.return_code,
                failure_class=completion.failure_class,
            )
        if endings[0].is_late:
            self._follow_late(endings[0])
            return
        retried = [each for each in endings if each.is_bad and each.completion.is_retried]
        for each in retried:
            report, name = each.completion.report, each.job["name"]
            begin_attempt(
                self._tx,
                self._workflow_id,
                report.job_id,
                name,
                cause=Cause.RETRY_AT_ONCE,
                given_up=report.attempt_id,
                run_id=self._current_run,
                now=self._now,
            )
        again = {each.completion.job_id for each in retried}
        finished = [
            (each.completion.job_id, each.is_bad)
            for each in endings
            if each.completion.status in COMPLETE and each.completion.job_id not in again
        ]
        if finished:
            release(self._tx, self._workflow_id, finished)

    def _follow_late(self, ending: _Ending) -> None:
        """Tell dependents what became of a job that they were canceled with."""
        was_bad = bool(ending.job["ended_badly"])
        if ending.completion.status not in COMPLETE:
            reopen(self._tx, [(ending.completion.job_id, was_bad)])
        elif was_bad and not ending.is_bad:
            forgive(self._tx, self._workflow_id, ending.completion.job_id)


def _result(workflow_id: WorkflowId, ending: _Ending) -> dict[str, object]:
    report = ending.completion.report
    return {
        "id": ending.result_id,
        "workflow_id": workflow_id,
        "job_id": report.job_id,
        "run_id": report.run_id,
        "attempt_id": report.attempt_id,
        "node_id": report.node_id,
        "return_code": report.return_code,
        "exec_time_minutes": report.exec_time_minutes,
        "completion_time": report.completion_time,
        "status": int(report.status),
        "peak_memory_bytes": report.peak_memory_bytes,
        "avg_memory_bytes": report.avg_memory_bytes,
        "peak_cpu_percent": report.peak_cpu_percent,
        "avg_cpu_percent": report.avg_cpu_percent,
    }


def _is_known(job: sqlite3.Row, status: JobStatus, report: Report) -> bool:
    """Whether the job stands as it does because of this very report."""
    return (
        job["status"] == status
        and job["attempt_id"] == report.attempt_id
        and job["result_id"] is not None
        and job["result_id"] == job["current_result_id"]
        and (job["result_status"], job["return_code"]) == (report.status, report.return_code)
    )


def _was_retried(job: sqlite3.Row, report: Report) -> bool:
    """Whether the job is at a later attempt because of this very report."""
    return (
        report.attempt_id < job["attempt_id"]
        and job["result_id"] is not None
        and (job["result_status"], job["return_code"]) == (report.status, report.return_code)
    )


def _require_open(job: sqlite3.Row, report: Report) -> None:
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
    if job["result_id"] is not None:
        raise RuleBroken(
            f"Job {job['name']!r} has a result for run {report.run_id} and attempt {report.attempt_id} already; "
            "reset the workflow's status to begin a new run",
            field="attempt_id",
            value=report.attempt_id,
        )
