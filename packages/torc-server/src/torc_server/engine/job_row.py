"""The columns of a job's row that change while it runs, and the names that statements use for them.

`status` says where the job stands. The other columns follow from it:

- `claimed_by_node_id`: the node that claimed a pending job; NULL in every other status.
- `active_compute_node_id`: the registered node of a running job; NULL in every other status.
- `compute_node_id`, `start_time`: where the job runs or ran last, and since when.
- `ended_badly`: the job is complete, and its failure blocks its dependents.
- `canceled_by_cascade`: the job is canceled because a dependency failed.

A statement that changes `status` sets the others with the fragments below, so that none is forgotten.
`engine/invariants.py` checks the rules.
"""

import re
from typing import Self

from torc_server.engine.states import JobStatus
from torc_server.store.statement import Statement

FRAGMENTS = {
    # The job has no node now; the node where it ran stays known.
    "CLEAR_NODE": "active_compute_node_id = NULL, claimed_by_node_id = NULL",
    # The job runs nowhere and has not run in its current attempt.
    "CLEAR_PLACEMENT": (
        "active_compute_node_id = NULL, claimed_by_node_id = NULL, compute_node_id = NULL, start_time = NULL"
    ),
    "CLEAR_FAILURE": "canceled_by_cascade = 0, ended_badly = 0",
    # Lists for `status IN`.
    "ACTIVE": f"({JobStatus.PENDING:d}, {JobStatus.RUNNING:d})",
    # Dependents no longer wait for the job. BETWEEN is one comparison; states.py keeps the four numbers together.
    "IS_COMPLETE": f"BETWEEN {JobStatus.COMPLETED:d} AND {JobStatus.TERMINATED:d}",
    "IS_INCOMPLETE": f"NOT BETWEEN {JobStatus.COMPLETED:d} AND {JobStatus.TERMINATED:d}",
}
NAMES = {**{status.name: str(int(status)) for status in JobStatus}, **FRAGMENTS}

_NAME = re.compile(r"\{(\w+)\}")


class JobStatement(Statement):
    """A statement about jobs, in which names in braces stand for statuses and for the fragments above.

    `status = {READY}` becomes `status = 2`, and `status {IS_COMPLETE}` becomes `status BETWEEN 5 AND 8`. The names are
    filled in when the statement is declared; an unknown name raises KeyError then.
    """

    __slots__ = ()

    def __new__(cls, text: str, *, hot: bool = False) -> Self:
        """Declare a statement."""
        return super().__new__(cls, _NAME.sub(lambda found: NAMES[found[1]], text), hot=hot)
