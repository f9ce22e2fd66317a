"""Read the attempts of a run of a workflow, with the times when they ran.

An attempt that ended has a result: it ran until the completion time, for the execution time. An attempt that runs has a
start time, and runs until now. An attempt without a time that SQLite can read is left out.

Those that ended are remembered, so that only new results are read. Migration 0036 counts the changes after which all
are read again.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from torc_server.engine.ids import RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.origins import database_id
from torc_server.engine.timeline.attempts import Attempts
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# No attempt runs for longer than this, 31 years.
_LONGEST_MS = 10**12
# The attempts that a timeline shows at most: the first ones of a run. As many are remembered, of all workflows.
MOST_ATTEMPTS = 1_000_000
_ROWS_AT_ONCE = 20_000


def ms_sql(time: str) -> str:
    """Return SQL for a time in milliseconds since 1970, NULL for any text but a time from 1971 to 2199."""
    ms = f"CAST((julianday({time}) - 2440587.5) * 86400000 + 0.5 AS INTEGER)"
    return f"CASE WHEN julianday({time}) BETWEEN 2440953 AND 2524593 THEN {ms} END"


# Both return job, attempt, status, node, group, CPUs, the end, and the length.
ENDED = Statement(f"""
SELECT result.job_id, result.attempt_id, result.status, result.compute_node_id, job.group_id,
    job.needs_cpus * job.needs_nodes, {ms_sql("result.completion_time")},
    MAX(MIN(CAST(result.exec_time_minutes * 60000 AS INTEGER), {_LONGEST_MS}), 1), result.id
FROM result CROSS JOIN job ON job.id = result.job_id
WHERE result.workflow_id = :workflow_id AND result.run_id = :run_id AND result.id > :after
ORDER BY result.id LIMIT :limit
""")  # noqa: S608 - declared
RUNNING = JobStatement(f"""
SELECT id, attempt_id, status, compute_node_id, group_id, needs_cpus * needs_nodes,
    CASE WHEN {ms_sql("start_time")} THEN :now END,
    MAX(MIN(:now - {ms_sql("start_time")}, {_LONGEST_MS}), 1)
FROM job WHERE workflow_id = :workflow_id AND status = {{RUNNING}}
""")  # noqa: S608 - declared
STAMP = Statement("""
SELECT (SELECT number FROM timeline_change WHERE workflow_id = :workflow_id),
    (SELECT number FROM job_group_change WHERE workflow_id = :workflow_id)
""")
NEWEST = Statement("SELECT COALESCE(MAX(id), 0) FROM result WHERE workflow_id = :workflow_id")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a workflow, and the time until which its jobs that run are drawn."""

    workflow_id: WorkflowId
    run_id: RunId
    is_current: bool
    now: int


@dataclass(slots=True)
class History:
    """The attempts of a run that ended, up to a result, and the number of those that are left out."""

    stamp: tuple[object, ...]
    attempts: Attempts
    newest: int = 0
    left_out: int = 0


# Those that no request uses. Several threads read: a request takes a history out and puts it back. Two requests at once
# use two, so nothing is changed under a reader.
_IDLE: dict[tuple[str, WorkflowId, RunId], list[History]] = {}


@contextmanager
def ended_attempts(tx: Transaction, run: Run) -> Iterator[History]:
    """Provide the attempts that ended."""
    which = (database_id(tx), run.workflow_id, run.run_id)
    workflow = {"workflow_id": run.workflow_id}
    stamp = tuple(tx.row(STAMP, workflow) or ())
    found = _taken(which)
    # A transaction that began before another one sees fewer results than are remembered.
    if found is None or found.stamp != stamp or found.newest > tx.value(NEWEST, workflow):
        found = History(stamp, Attempts())
    while limit := min(MOST_ATTEMPTS - len(found.attempts), _ROWS_AT_ONCE):
        rows = tx.rows(ENDED, {**workflow, "run_id": run.run_id, "after": found.newest, "limit": limit})
        _add(found, rows)
        if rows:
            found.newest = rows[-1]["id"]
        if len(rows) < limit:
            break
    yield found
    _put_back(which, found)


def _taken(which: tuple[str, WorkflowId, RunId]) -> History | None:
    try:
        return _IDLE[which].pop()
    except (KeyError, IndexError):
        return None


def _put_back(which: tuple[str, WorkflowId, RunId], history: History) -> None:
    """Remember a history, and forget the first ones if there are too many attempts. No step harms other threads."""
    _IDLE.setdefault(which, []).append(history)
    kept = sum(len(each.attempts) for histories in list(_IDLE.values()) for each in list(histories))
    for other in list(_IDLE):
        if kept <= MOST_ATTEMPTS:
            break
        if other != which:
            kept -= sum(len(each.attempts) for each in list(_IDLE.pop(other, [])))


def running_attempts(tx: Transaction, run: Run) -> History:
    """Return the attempts that run."""
    found = History((), Attempts())
    if run.is_current:
        _add(found, tx.rows(RUNNING, {"workflow_id": run.workflow_id, "now": run.now}))
    return found


def _add(history: History, rows: Sequence[sqlite3.Row]) -> None:
    dated = [(*row[:6], row[6] - row[7], row[6]) for row in rows if row[6] is not None]
    history.attempts.extend(dated)
    history.left_out += len(rows) - len(dated)
