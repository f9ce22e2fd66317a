"""The run time of a workflow's jobs, its first start and its last end.

Run time and last end are those of all current results. They are remembered, and later reads add only the results that
came since. When a current result went or was replaced, all are read again.
"""

from dataclasses import dataclass

from torc_server.engine.ids import WorkflowId
from torc_server.engine.origins import database_id
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

MOST_REMEMBERED = 256
STAMP = Statement("""
SELECT (SELECT TOTAL(number) FROM row_tally WHERE workflow_id = :workflow_id AND counted = 'current_result') AS current,
    (SELECT MAX(id) FROM result WHERE workflow_id = :workflow_id) AS newest,
    (SELECT SUM(number) FROM result_change WHERE workflow_id = :workflow_id) AS changes
""")
FIRST = Statement("SELECT MIN(start_time) FROM job WHERE workflow_id = :workflow_id AND start_time IS NOT NULL")
ALL = Statement("""
SELECT TOTAL(result.exec_time_minutes) AS minutes, MAX(result.completion_time) AS last
FROM job JOIN result ON result.id = job.current_result_id WHERE job.workflow_id = :workflow_id
""")
NEW = Statement("""
SELECT COUNT(*) AS number, TOTAL(result.exec_time_minutes) AS minutes, MAX(result.completion_time) AS last
FROM result JOIN job ON job.id = result.job_id AND job.current_result_id = result.id
WHERE result.workflow_id = :workflow_id AND result.id > :newest
""")


@dataclass(frozen=True, slots=True)
class Times:
    """The sum of the run times of the current results, the earliest start, and the latest end.

    Start and end are texts, as clients sent them.
    """

    minutes: float
    first_start: str | None
    last_completion: str | None


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums of current results: their number, the newest result, and how often results were changed."""

    current: int
    newest: int
    changes: int | None
    minutes: float
    last: str | None


_REMEMBERED: dict[tuple[str, WorkflowId], _Sums] = {}


def times_of(tx: Transaction, workflow_id: WorkflowId) -> Times:
    """Return the times of a workflow."""
    sums = _sums(tx, workflow_id)
    return Times(sums.minutes, tx.value(FIRST, {"workflow_id": workflow_id}), sums.last)


def _sums(tx: Transaction, workflow_id: WorkflowId) -> _Sums:
    current, newest, changes = tx.row(STAMP, {"workflow_id": workflow_id}) or (0, None, None)
    if not current or newest is None:
        return _Sums(0, 0, changes, 0.0, None)
    which = (database_id(tx), workflow_id)
    known, sums = _REMEMBERED.get(which), None
    if known is not None and known.changes == changes and known.newest <= newest:
        new = tx.row(NEW, {"workflow_id": workflow_id, "newest": known.newest})
        if new is not None and known.current + new["number"] == current:
            last = max(filter(None, (known.last, new["last"])), default=None)
            sums = _Sums(current, newest, changes, known.minutes + new["minutes"], last)
    if sums is None:
        every = tx.row(ALL, {"workflow_id": workflow_id})
        minutes, last = (0.0, None) if every is None else every
        sums = _Sums(current, newest, changes, minutes, last)
    # Several threads read. Each of these steps is safe alone, and the order does not matter.
    if len(_REMEMBERED) >= MOST_REMEMBERED:
        _REMEMBERED.clear()
    _REMEMBERED[which] = sums
    return sums
