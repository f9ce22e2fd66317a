"""Tallies: the numbers of jobs and other rows of a workflow by blocks of ids, which triggers of the schema update.

``docs/explanation/lists.md`` explains their use. Each statement returns (block, number), sorted by block.
"""

from collections.abc import Sequence
from typing import NamedTuple

from torc_server.engine.job_row import JobStatement
from torc_server.store.statement import Statement
from torc_server.store.transaction import Parameters, Transaction

IDS_A_BLOCK = 1 << 13

JOBS = Statement(
    """
SELECT block, uninitialized + blocked + ready_or_running + completed + failed + canceled + terminated + disabled
    + pending_failed AS number
FROM job_tally WHERE workflow_id = :workflow_id ORDER BY block
""",
    hot=True,
)
# The tally has one number for ready, pending and running jobs. The few pending and running jobs are counted.
JOBS_OF_STATUS = JobStatement(
    """
SELECT block, SUM(number) AS number FROM (
    SELECT block, CASE :status WHEN {UNINITIALIZED} THEN uninitialized WHEN {BLOCKED} THEN blocked
        WHEN {READY} THEN ready_or_running WHEN {COMPLETED} THEN completed WHEN {FAILED} THEN failed
        WHEN {CANCELED} THEN canceled WHEN {TERMINATED} THEN terminated WHEN {DISABLED} THEN disabled
        WHEN {PENDING_FAILED} THEN pending_failed END AS number
    FROM job_tally WHERE workflow_id = :workflow_id AND :status NOT BETWEEN {PENDING} AND {RUNNING}
    UNION ALL
    SELECT id >> 13, CASE :status WHEN {READY} THEN -1 ELSE status = :status END
    FROM job
    WHERE workflow_id = :workflow_id AND status IN {ACTIVE} AND :status BETWEEN {READY} AND {RUNNING}
) GROUP BY block ORDER BY block
""",
)


def _rows_counted(counted: str) -> Statement:
    return Statement(
        f"SELECT block, number FROM row_tally WHERE workflow_id = :workflow_id AND counted = '{counted}'"  # noqa: S608 - declared
        " ORDER BY block",
        hot=True,
    )


CURRENT_RESULTS = _rows_counted("current_result")
FILES = _rows_counted("file")
USER_DATA = _rows_counted("user_data")
EVENTS = _rows_counted("event")
SLURM_STATS = _rows_counted("slurm_stats")


class ListPosition(NamedTuple):
    """The start of a page of a list: an id, and the number of rows to skip from there."""

    id: int
    skipped_rows: int


class Tally(NamedTuple):
    """The number of rows in each block that has rows."""

    blocks: Sequence[tuple[int, int]]

    @property
    def total(self) -> int:
        """The number of rows."""
        return sum(number for _, number in self.blocks)

    def position(self, offset: int, *, reverse: bool) -> ListPosition | None:
        """Return the position of the row at an offset, in order of ids or reversed; None beyond the end."""
        left = offset
        for block, number in reversed(self.blocks) if reverse else self.blocks:
            if left < number:
                first = block * IDS_A_BLOCK
                return ListPosition(first + IDS_A_BLOCK - 1 if reverse else first, left)
            left -= number
        return None


def tally(tx: Transaction, statement: Statement, parameters: Parameters) -> Tally:
    """Read a tally."""
    return Tally([(row[0], row[1]) for row in tx.rows(statement, parameters)])
