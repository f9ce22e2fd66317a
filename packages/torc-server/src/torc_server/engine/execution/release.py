"""Release the dependents of complete jobs, directly and indirectly, in the same transaction."""

import sqlite3
from collections.abc import Sequence

from torc_server.engine import actions, events
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import JobsBecameReady, WorkflowCompleted
from torc_server.engine.states import Cause, JobStatus
from torc_server.engine.status import progress
from torc_server.store.row_ids import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# `finished` is [[job id, 1 if it blocks its dependents, else 0], ...].
COUNT_DOWN_SETS = Statement(
    """
UPDATE dependency_set SET remaining = remaining - finished.members, bad = bad + finished.bad_members
FROM (
    SELECT member.set_id AS set_id, COUNT(*) AS members, SUM(json_extract(change.value, '$[1]')) AS bad_members
    FROM json_each(:finished) AS change
    CROSS JOIN dependency_set_member AS member ON member.job_id = json_extract(change.value, '$[0]')
    GROUP BY member.set_id
) AS finished
WHERE dependency_set.id = finished.set_id
RETURNING id, remaining
""",
    hot=True,
)
COUNT_DOWN_JOBS = Statement(
    """
UPDATE job SET waiting_on = waiting_on - opened.sets
FROM (
    SELECT waiting.job_id AS job_id, COUNT(*) AS sets
    FROM json_each(:sets) AS opened_set
    CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = opened_set.value
    GROUP BY waiting.job_id
) AS opened
WHERE job.id = opened.job_id
""",
    hot=True,
)


def deciding(condition: str = "") -> JobStatement:
    """Return the statement that decides blocked jobs that wait for no other job.

    A job becomes canceled if a dependency failed and cancel_on_blocking_job_failure is set, else ready.
    """
    return JobStatement(
        f"""
UPDATE job SET (status, canceled_by_cascade, ended_badly) = (
    SELECT CASE WHEN hit THEN {{CANCELED}} ELSE {{READY}} END, hit, hit
    FROM (
        SELECT job.cancel_on_blocking_job_failure AND EXISTS (
            SELECT 1 FROM job_dependency_set AS waiting
            CROSS JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
            WHERE waiting.job_id = job.id AND awaited.bad > 0
        ) AS hit
    )
)
WHERE status IN {{FROM}} AND waiting_on = 0 AND id IN (
    SELECT waiting.job_id FROM json_each(:sets) AS opened_set
    CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = opened_set.value
){condition}
RETURNING id, name, status
""",  # noqa: S608 - declared
        hot=True,
        cause=Cause.RELEASE,
    )


DECIDE = deciding()
# After a workflow was canceled, the dependents of the jobs that were canceled with it stay blocked.
DECIDE_UNLESS_CANCELED = deciding("""
AND NOT EXISTS (
    SELECT 1 FROM job_dependency_set AS waiting
    CROSS JOIN dependency_set_member AS member ON member.set_id = waiting.set_id
    CROSS JOIN job AS before ON before.id = member.job_id
    WHERE waiting.job_id = job.id AND before.status = {CANCELED} AND before.canceled_by_cascade = 0
)""")


def release(tx: Transaction, workflow_id: WorkflowId, finished: Sequence[tuple[JobId, bool]]) -> None:
    """Count down the sets of jobs that became complete, and release the jobs that wait for no other job.

    `finished` has each job and whether it blocks its dependents. Counts triggers of actions. Emits JobsBecameReady, or
    WorkflowCompleted if no job is left. Announces the canceled jobs.
    """
    opened = _count_down(tx, [[job_id, int(blocks_dependents)] for job_id, blocks_dependents in finished])
    any_ready = _decide(tx, workflow_id, opened, [job_id for job_id, _ in finished], DECIDE)
    if not any_ready and progress.no_jobs_left(tx, workflow_id):
        actions.count_completion(tx, workflow_id)
        tx.emit(WorkflowCompleted(workflow_id))


def release_opened(
    tx: Transaction, workflow_id: WorkflowId, opened: Sequence[int], *, ended: Sequence[JobId] = ()
) -> None:
    """Release the jobs that wait for sets of which no member keeps them blocked any more.

    The counters are up to date. `ended` has the jobs that ended with that. Otherwise as `release`, but the completion
    of the workflow is neither counted nor emitted.
    """
    _decide(tx, workflow_id, opened, list(ended), DECIDE_UNLESS_CANCELED)


def _count_down(tx: Transaction, wave: Sequence[list[int]]) -> list[int]:
    """Update the counters after jobs became complete. Return the sets without an incomplete member."""
    counted = tx.rows(COUNT_DOWN_SETS, {"finished": json_numbers(wave)})
    opened = [row["id"] for row in counted if row["remaining"] == 0]
    if opened:
        tx.execute(COUNT_DOWN_JOBS, {"sets": json_numbers(opened)})
    return opened


def cancel_dependents(tx: Transaction, workflow_id: WorkflowId, canceled: Sequence[sqlite3.Row]) -> None:
    """Release the dependents of jobs (rows with id and name) that were canceled because a dependency did not succeed.

    Counts no triggers of actions. Announces the canceled jobs.
    """
    for row in canceled:
        events.announce_job_ended(tx, workflow_id, row["id"], row["name"], JobStatus.CANCELED)
    if canceled:
        opened = _count_down(tx, [[row["id"], 1] for row in canceled])
        _release_waves(tx, workflow_id, opened, [], DECIDE)


def _decide(
    tx: Transaction, workflow_id: WorkflowId, opened: Sequence[int], ended: list[JobId], statement: JobStatement
) -> bool:
    """Make the jobs ready or canceled that wait for opened sets. Return whether any job became ready.

    `ended` has the jobs that ended before. Counts triggers of actions. Emits JobsBecameReady.
    """
    before = len(ended)
    ready = _release_waves(tx, workflow_id, opened, ended, statement)
    actions.count_jobs(tx, workflow_id, ended=ended, ready=ready, canceled=ended[before:])
    if ready:
        tx.emit(JobsBecameReady(workflow_id))
    return bool(ready)


def _release_waves(
    tx: Transaction, workflow_id: WorkflowId, opened: Sequence[int], ended: list[JobId], statement: JobStatement
) -> list[JobId]:
    """Make the jobs ready or canceled that wait for opened sets. Return the ready ones; add canceled ones to `ended`.

    A canceled job is complete itself, so this repeats until no job changes. `ended` has the jobs that ended before.
    """
    ready: list[JobId] = []
    while opened:
        wave = []
        for row in tx.rows(statement, {"sets": json_numbers(opened)}):
            if row["status"] == JobStatus.CANCELED:
                wave.append([row["id"], 1])
                events.announce_job_ended(tx, workflow_id, row["id"], row["name"], JobStatus.CANCELED)
            else:
                ready.append(JobId(row["id"]))
        ended += [JobId(job_id) for job_id, _ in wave]
        opened = _count_down(tx, wave) if wave else []
    return ready
