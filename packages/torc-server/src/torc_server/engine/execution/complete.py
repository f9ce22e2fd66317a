"""Complete jobs: store the results of attempts, end the jobs and release their dependents.

Completions are taken many at a time; the number of statements does not depend on the number of completions.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from torc_server.engine import events
from torc_server.engine.dependencies.graph import complete_sets_of
from torc_server.engine.errors import EngineError
from torc_server.engine.execution.judging import FIRST_ATTEMPT, AttemptReport, Batch, Ending, JobCompletion, judge
from torc_server.engine.execution.release import release, release_opened
from torc_server.engine.execution.reopen import clear_failure
from torc_server.engine.execution.retry import begin_attempt
from torc_server.engine.execution.returning import failed_before, nodes_with_others
from torc_server.engine.ids import JobId, NodeId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.jobs import workflow_of_job
from torc_server.engine.signals import NodeHeard
from torc_server.engine.states import COMPLETE, Cause, JobStatus
from torc_server.engine.workflows import run_of
from torc_server.store.row_ids import json_numbers, last_id
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

__all__ = ["FIRST_ATTEMPT", "AttemptReport", "JobCompletion", "complete", "complete_jobs"]

# `asked` is [[job id, run id, attempt id], ...]. Returns each job with the stored result of this attempt, if any.
JOBS_WITH_RESULTS = Statement(
    """
SELECT job.id, job.workflow_id, job.name, job.status, job.attempt_id, job.ended_badly, job.canceled_by_cascade,
       job.claimed_by_node_id, job.lost_by_node_id, job.current_result_id,
       known.id AS result_id, known.status AS result_status, known.return_code AS return_code
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
ADD_RESULT = Statement(
    """
INSERT INTO result (id, workflow_id, job_id, run_id, attempt_id, compute_node_id, return_code, exec_time_minutes,
    completion_time, status, peak_memory_bytes, avg_memory_bytes, peak_cpu_percent, avg_cpu_percent,
    reason)
VALUES (:id, :workflow_id, :job_id, :run_id, :attempt_id, :node_id, :return_code, :exec_time_minutes,
    :completion_time, :status, :peak_memory_bytes, :avg_memory_bytes, :peak_cpu_percent, :avg_cpu_percent,
    :reason)
""",
    hot=True,
)
# Completes jobs with the same status, each with the result that was just stored. A job whose start was not reported
# (its status is not running) gets the node of the result, and as start time the completion time less the execution
# time, or NULL if SQLite cannot parse the completion time.
END_JOBS = JobStatement(
    """
UPDATE job SET status = :status, ended_badly = :ended_badly, canceled_by_cascade = 0, {CLEAR_NODE},
    chained_node_id = NULL,
    spent_run_id = :run_id,
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
    tx: Transaction,
    job_id: JobId,
    path_status: JobStatus,
    path_run_id: RunId,
    report: AttemptReport,
    *,
    now: datetime,
) -> None:
    """Complete a job with a report about its current attempt. The same report again changes nothing.

    Raises NotFound; Stale for an old attempt; RuleBroken for another run, a status that is not terminal, a report with
    another job, run, workflow or status, a job that cannot be completed, an unknown node. Emits JobsBecameReady and
    WorkflowCompleted.
    """
    workflow_id = workflow_of_job(tx, job_id)
    completion = JobCompletion(job_id, path_status, path_run_id, report)
    (error,) = complete_jobs(tx, workflow_id, [completion], now=now)
    if error is not None:
        raise error


def complete_jobs(
    tx: Transaction, workflow_id: WorkflowId, completions: Sequence[JobCompletion], *, now: datetime
) -> list[EngineError | None]:
    """Complete jobs of a workflow. Each completion is judged separately; returns for each its error, or None.

    Raises NotFound for the workflow. Emits the signals of `complete`, once for all completions.
    """
    current_run = run_of(tx, workflow_id)
    nodes = json_numbers(list({completion.report.node_id for completion in completions}))
    node_ids = {row[0] for row in tx.rows(NODES_OF_WORKFLOW, {"nodes": nodes, "workflow_id": workflow_id})}
    for node_id in node_ids:
        tx.emit(NodeHeard(NodeId(node_id)))
    batch = Batch(workflow_id, current_run, node_ids)
    errors: list[EngineError | None] = []
    size = len(completions)
    while len(errors) < len(completions):
        # Nearly always there is one batch. If one ends early, the next ones begin small, so that the rows of many
        # repeated or late completions are not read again for each of them.
        offered = completions[len(errors) : len(errors) + size]
        judged, endings = judge(batch, offered, _read_jobs(tx, offered), first_result_id=_next_result_id(tx))
        if endings:
            _store(tx, batch, endings, now=now)
        size = 2 * size if len(judged) == len(offered) else 1
        errors += judged
    return errors


def _read_jobs(tx: Transaction, completions: Sequence[JobCompletion]) -> dict[int, sqlite3.Row]:
    asked = [[each.job_id, each.report.run_id, each.report.attempt_id] for each in completions]
    # Reversed, so that a job that occurs twice has the row of its first completion.
    return {row["id"]: row for row in reversed(tx.rows(JOBS_WITH_RESULTS, {"asked": json_numbers(asked)}))}


def _next_result_id(tx: Transaction) -> int:
    return last_id(tx, "result") + 1


def _store(tx: Transaction, batch: Batch, endings: Sequence[Ending], *, now: datetime) -> None:
    """Store results, end the jobs, and update their dependents. A late ending is stored alone."""
    _store_results(tx, batch, endings)
    _end_jobs(tx, batch, endings)
    _announce(tx, batch, endings)
    if endings[0].is_late:
        _update_dependents_late(tx, batch, endings[0])
        return
    retried = _retry(tx, batch, endings, now=now)
    completed = [
        (ending.completion.job_id, ending.blocks_dependents)
        for ending in endings
        if ending.completion.status in COMPLETE and ending.completion.job_id not in retried
    ]
    if completed:
        release(tx, batch.workflow_id, completed)


def _store_results(tx: Transaction, batch: Batch, endings: Sequence[Ending]) -> None:
    tx.execute_many(ADD_RESULT, [_result(batch.workflow_id, ending) for ending in endings])


def _result(workflow_id: WorkflowId, ending: Ending) -> dict[str, object]:
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
        "reason": report.reason,
    }


def _end_jobs(tx: Transaction, batch: Batch, endings: Sequence[Ending]) -> None:
    """Set the statuses, with one statement for all jobs that end in the same way."""
    alike: dict[tuple[JobStatus, bool], list[JobId]] = {}
    for ending in endings:
        alike.setdefault((ending.completion.status, ending.blocks_dependents), []).append(ending.completion.job_id)
    for (status, blocks_dependents), job_ids in alike.items():
        tx.execute(
            END_JOBS,
            {
                "status": int(status),
                "ended_badly": blocks_dependents,
                "jobs": json_numbers(job_ids),
                "run_id": batch.current_run,
                "first_result_id": endings[0].result_id,
            },
        )


def _announce(tx: Transaction, batch: Batch, endings: Sequence[Ending]) -> None:
    for ending in endings:
        completion, name = ending.completion, ending.job["name"]
        if completion.is_chained or ending.job["status"] == JobStatus.PENDING:
            # The job ended before its start was reported, so the start is announced now.
            node_id, run_id = completion.report.node_id, completion.report.run_id
            events.announce_job_started(tx, batch.workflow_id, completion.job_id, name, node_id=node_id, run_id=run_id)
        events.announce_job_ended(
            tx,
            batch.workflow_id,
            completion.job_id,
            name,
            completion.status,
            return_code=completion.report.return_code,
            failure_class=completion.failure_class,
        )


def _retry(tx: Transaction, batch: Batch, endings: Sequence[Ending], *, now: datetime) -> set[JobId]:
    """Begin another attempt of jobs that have one left, or that other nodes can run; return their ids."""
    returning = {each.completion.report.node_id for each in endings if each.completion.return_if_others}
    with_others = nodes_with_others(tx, batch.workflow_id, returning)
    limited = [each.completion for each in endings if each.completion.max_attempts is not None]
    failed = failed_before(tx, [(each.job_id, each.report.run_id, each.report.attempt_id) for each in limited])
    retried = set()
    for ending in endings:
        completion, report = ending.completion, ending.completion.report
        is_returned = completion.return_if_others and report.node_id in with_others
        is_retried = completion.has_attempts_left(failed.get(completion.job_id, 0))
        if ending.blocks_dependents and (is_retried or is_returned):
            begin_attempt(
                tx,
                batch.workflow_id,
                report.job_id,
                ending.job["name"],
                cause=Cause.RETRY_AT_ONCE,
                given_up=report.attempt_id,
                run_id=batch.current_run,
                now=now,
            )
            retried.add(report.job_id)
    return retried


def _update_dependents_late(tx: Transaction, batch: Batch, ending: Ending) -> None:
    """Update the dependents of a job that was canceled with its workflow, and whose success arrived afterwards."""
    job_id = ending.completion.job_id
    if ending.job["ended_badly"]:
        clear_failure(tx, batch.workflow_id, job_id)
    release_opened(tx, batch.workflow_id, complete_sets_of(tx, job_id), ended=[job_id])
