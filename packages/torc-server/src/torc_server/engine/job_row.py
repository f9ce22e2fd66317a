"""The columns of a job's row that change while it runs, and the names that statements use for them.

The other columns depend on `status`:

- `claimed_by_node_id`: the node that claimed a pending job; NULL in every other status.
- `active_compute_node_id`: the registered node of a running job; NULL in every other status.
- `lost_by_node_id`: of a ready job, the node that held the attempt before and lost its lease, while no node has claimed
  the job since; NULL in every other status.
- `compute_node_id`, `start_time`: the node where the job runs or ran last, and its start time.
- `ended_badly`: the job is complete, and its failure blocks its dependents; in Python `blocks_dependents`.
- `canceled_by_cascade`: the job is canceled because a dependency failed.
- `chained_node_id`: of a job that is neither pending nor running, the node that got it as a chained job, and may have
  started the current attempt without reporting it; 0 if the report was refused; NULL if no node has the job. The next
  claim begins the next attempt.
- `spent_run_id`: the latest run in which the current attempt ended or was canceled, NULL if there is none. The attempt
  number is not used again in this run.

A statement that changes `status` sets the others with the fragments below, so that none is forgotten.
`engine/invariants.py` checks the rules.
"""

import re
from typing import Self

from torc_server.engine.states import ACTIVE, TRANSITIONS, Cause, JobStatus
from torc_server.store.statement import Statement

_ACTIVE = f"({', '.join(str(int(status)) for status in sorted(ACTIVE))})"

FRAGMENTS = {
    # The job has no node now. The node where it ran stays stored.
    "CLEAR_NODE": "active_compute_node_id = NULL, claimed_by_node_id = NULL, lost_by_node_id = NULL",
    # The job runs nowhere and has not run in its current attempt.
    "CLEAR_PLACEMENT": (
        "active_compute_node_id = NULL, claimed_by_node_id = NULL, lost_by_node_id = NULL,"
        " compute_node_id = NULL, start_time = NULL"
    ),
    "CLEAR_FAILURE": "canceled_by_cascade = 0, ended_badly = 0",
    # Lists for `status IN`.
    "ACTIVE": _ACTIVE,
    # Every statement that changes the attempt number uses one of these four. They read the status as it was before.
    "NEXT_ATTEMPT": "attempt_id = attempt_id + 1, spent_run_id = NULL",
    # The old attempt of a pending or running job is fenced: reports about it are refused.
    "FENCE": (
        f"attempt_id = attempt_id + (status IN {_ACTIVE}),"
        f" spent_run_id = CASE WHEN status NOT IN {_ACTIVE} THEN spent_run_id END"
    ),
    # The job can run from now on. An attempt number that was used in the run `:run_id` is not used again.
    "NEXT_ATTEMPT_IF_SPENT": (
        "attempt_id = attempt_id + COALESCE(spent_run_id >= :run_id, 0),"
        " spent_run_id = CASE WHEN spent_run_id < :run_id THEN spent_run_id END"
    ),
    # A node gets the job, and another one may have started its current attempt as a chained job.
    "NEXT_ATTEMPT_IF_CHAINED": (
        "attempt_id = attempt_id + (chained_node_id IS NOT NULL),"
        " spent_run_id = CASE WHEN chained_node_id IS NULL THEN spent_run_id END"
    ),
    # Dependents no longer wait for the job. BETWEEN is one comparison; states.py keeps the four numbers together.
    "IS_COMPLETE": f"BETWEEN {JobStatus.COMPLETED:d} AND {JobStatus.TERMINATED:d}",
    "IS_INCOMPLETE": f"NOT BETWEEN {JobStatus.COMPLETED:d} AND {JobStatus.TERMINATED:d}",
    # Continues `WITH RECURSIVE reached (is_set, id) AS (SELECT 0, id FROM job ...` with the direct and indirect
    # dependents of those jobs. Sets and jobs alternate, so that a set with many members is visited once.
    "UNION_DEPENDENTS": """UNION
    SELECT NOT reached.is_set, CASE WHEN reached.is_set THEN waiting.job_id ELSE member.set_id END
    FROM reached
    LEFT JOIN dependency_set_member AS member ON NOT reached.is_set AND member.job_id = reached.id
    LEFT JOIN job_dependency_set AS waiting ON reached.is_set AND waiting.set_id = reached.id
    WHERE member.set_id IS NOT NULL OR waiting.job_id IS NOT NULL""",
}
NAMES: dict[str, str] = {**{status.name: str(int(status)) for status in JobStatus}, **FRAGMENTS}

_NAME = re.compile(r"\{(\w+)\}")


class JobStatement(Statement):
    """A statement about jobs, in which names in braces stand for statuses and for the fragments above.

    `status = {READY}` becomes `status = 2`, and `status {IS_COMPLETE}` becomes `status BETWEEN 5 AND 8`. A statement
    that changes statuses has a `cause`: `{FROM}` is then the list of statuses that the cause may change, and `{TO}` the
    status that it sets, if there is only one. The names are filled in when the statement is declared; an unknown name
    raises KeyError then.
    """

    __slots__ = ("cause",)
    cause: Cause | None

    def __new__(cls, text: str, *, hot: bool = False, cause: Cause | None = None) -> Self:
        """Declare a statement."""
        names = NAMES if cause is None else NAMES | _names_of(cause)
        statement = super().__new__(cls, _NAME.sub(lambda found: names[found[1]], text), hot=hot)
        statement.cause = cause
        return statement


def _names_of(cause: Cause) -> dict[str, str]:
    """Return what `{FROM}` and `{TO}` stand for in a statement with this cause."""
    transition = TRANSITIONS[cause]
    origins = {"FROM": f"({', '.join(str(int(status)) for status in sorted(transition.from_statuses))})"}
    match transition.to_statuses:
        case (only,):
            return origins | {"TO": str(int(only))}
        case _:
            return origins
