"""The jobs near one job: those that it needs and those that need it. The work is bounded for any number of jobs.

Of each job at most the first `MOST_SETS` dependency sets are followed, in both directions, so a job that waits for
100,000 others costs as much as one that waits for some hundred.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import TypeVar

from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.jobs import job_row
from torc_server.engine.states import JobStatus
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

_Id = TypeVar("_Id", bound=int)
MOST_STEPS = 2
# The jobs of one step in one direction.
MOST_JOBS = 100
# Sets of each job that are followed, and rows that are counted if there are several sets.
MOST_SETS = 200
MOST_COUNTED = 20_000
# Jobs of one status that are looked at to find those that block the job.
LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class _Direction:
    """The statements of one direction: the sets of a job, and the jobs at the other end of a set."""

    sign: int
    sets: Statement
    jobs: Statement
    count_in_set: Statement
    count: Statement


def _direction(sign: int, near: str, far: str) -> _Direction:
    """Return the statements for links that begin in the table `near` and end in the table `far`."""
    count = f"""
WITH followed AS MATERIALIZED (
    SELECT DISTINCT set_id FROM {near} WHERE job_id IN (SELECT value FROM json_each(:jobs)) LIMIT {MOST_COUNTED}
)
SELECT COUNT(DISTINCT job_id), COUNT(*) FROM (
    SELECT far.job_id FROM followed CROSS JOIN {far} AS far ON far.set_id = followed.set_id
    WHERE far.job_id NOT IN (SELECT value FROM json_each(:nearer)) LIMIT {MOST_COUNTED}
)
"""  # noqa: S608 - declared
    return _Direction(
        sign,
        Statement(f"SELECT set_id FROM {near} WHERE job_id = :job_id ORDER BY set_id LIMIT {MOST_SETS}"),  # noqa: S608 - declared
        Statement(
            f"SELECT job_id FROM {far} WHERE set_id = :set_id"  # noqa: S608 - declared
            " AND job_id NOT IN (SELECT value FROM json_each(:nearer)) ORDER BY job_id LIMIT :limit"
        ),
        Statement(
            f"SELECT COUNT(*) - (SELECT COUNT(*) FROM {far} WHERE set_id = :set_id"  # noqa: S608 - declared
            f" AND job_id IN (SELECT value FROM json_each(:nearer))) FROM {far} WHERE set_id = :set_id"
        ),
        Statement(count),
    )


NEEDS = _direction(-1, "job_dependency_set", "dependency_set_member")
NEEDED_BY = _direction(1, "dependency_set_member", "job_dependency_set")

BLOCKERS = JobStatement("""
SELECT found.id FROM (
    SELECT id FROM job INDEXED BY job_workflow_status WHERE workflow_id = :workflow_id AND status = :status
    ORDER BY id LIMIT :looked_at
) AS found
WHERE EXISTS (
    SELECT 1 FROM dependency_set_member AS member CROSS JOIN job_dependency_set AS waiting
    ON waiting.set_id = member.set_id AND waiting.job_id = :job_id WHERE member.job_id = found.id
)
LIMIT :limit
""")
JOBS = Statement("SELECT id, name, status FROM job WHERE id IN (SELECT value FROM json_each(:jobs))")

# Jobs wait in these statuses; the jobs that keep one waiting, those that stop it first.
_WAITING = (JobStatus.BLOCKED, JobStatus.CANCELED)
_BLOCKING = (
    JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.PENDING_FAILED, JobStatus.CANCELED, JobStatus.RUNNING,
    JobStatus.PENDING, JobStatus.READY, JobStatus.DISABLED, JobStatus.BLOCKED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NearJob:
    """A job and its distance: negative if it is needed, positive if it needs."""

    job_id: JobId
    name: str
    status: JobStatus
    step: int


@dataclass(frozen=True, slots=True)
class Step:
    """The number of jobs at one distance. Without `is_exact` there are more."""

    step: int
    num_jobs: int
    is_exact: bool
    shown: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The jobs near a job with the job itself, the links between them, and what is left out."""

    workflow_id: WorkflowId
    jobs: tuple[NearJob, ...]
    edges: tuple[tuple[JobId, JobId], ...]
    steps: tuple[Step, ...]


def neighbours(tx: Transaction, job_id: JobId, *, steps: int, limit: int) -> Neighbours:
    """Return the jobs that are at most `steps` away, at most `limit` of each step and direction. Raises NotFound.

    Of a waiting job, the jobs that keep it waiting are first. A job at two distances is at the smaller one.
    """
    middle = job_row(tx, job_id)
    workflow_id = WorkflowId(middle["workflow_id"])
    distances: dict[JobId, int] = {job_id: 0}
    counted: list[Step] = []
    links: set[tuple[JobId, JobId]] = set()
    for direction in (NEEDS, NEEDED_BY):
        frontier = [job_id]
        for distance in range(1, steps + 1):
            first: list[JobId] = []
            if direction is NEEDS and distance == 1 and middle["status"] in _WAITING:
                first = _blockers(tx, workflow_id, job_id, limit)
                links.update((one, job_id) for one in first)
            nearer = tuple(distances)
            found = list(islice(dict.fromkeys(chain(first, _beyond(tx, direction, frontier, nearer, limit))), limit))
            if not found:
                break
            number, is_exact = _number(tx, direction, frontier, nearer)
            counted.append(Step(direction.sign * distance, max(number, len(found)), is_exact, len(found)))
            distances.update(dict.fromkeys(found, direction.sign * distance))
            frontier = found
    return Neighbours(
        workflow_id, _near_jobs(tx, distances), tuple(sorted(links | _links(tx, distances))), tuple(counted)
    )


def _blockers(tx: Transaction, workflow_id: WorkflowId, job_id: JobId, limit: int) -> list[JobId]:
    """Return jobs that keep a job waiting, by their statuses."""
    found: list[JobId] = []
    for status in _BLOCKING:
        which = {"workflow_id": workflow_id, "job_id": job_id, "status": status, "looked_at": LOOKED_AT}
        found += [JobId(row["id"]) for row in tx.rows(BLOCKERS, {**which, "limit": limit - len(found)})]
        if len(found) == limit:
            break
    return found


def _beyond(
    tx: Transaction, direction: _Direction, frontier: Sequence[JobId], nearer: Sequence[JobId], limit: int
) -> Iterator[JobId]:
    """Return jobs one step further: the first of each set, then the second of each, and so on."""
    sets = dict.fromkeys(_in_turn([_sets(tx, direction, one) for one in frontier]))
    known = json.dumps(nearer)
    lists = [
        [JobId(row["job_id"]) for row in tx.rows(direction.jobs, {"set_id": one, "nearer": known, "limit": limit})]
        for one in islice(sets, MOST_SETS)
    ]
    return _in_turn(lists)


def _in_turn(lists: Sequence[Sequence[_Id]]) -> Iterator[_Id]:
    return (one for each in zip_longest(*lists) for one in each if one is not None)


def _number(
    tx: Transaction, direction: _Direction, frontier: Sequence[JobId], nearer: Sequence[JobId]
) -> tuple[int, bool]:
    """Return the number of jobs one step further, and whether it is exact."""
    sets = {set_id for one in frontier for set_id in _sets(tx, direction, one)}
    known = json.dumps(nearer)
    if len(sets) == 1:
        return int(tx.value(direction.count_in_set, {"set_id": sets.pop(), "nearer": known})), True
    row = tx.row(direction.count, {"jobs": json.dumps(frontier), "nearer": known})
    return (row[0], row[1] < MOST_COUNTED) if row else (0, True)


def _sets(tx: Transaction, direction: _Direction, job_id: JobId) -> list[int]:
    return [row["set_id"] for row in tx.rows(direction.sets, {"job_id": job_id})]


def _links(tx: Transaction, distances: Mapping[JobId, int]) -> set[tuple[JobId, JobId]]:
    """Return the links between jobs as pairs: the needed job, and the one that needs it."""
    waiting: dict[int, list[JobId]] = {}
    for one in distances:
        for set_id in _sets(tx, NEEDS, one):
            waiting.setdefault(set_id, []).append(one)
    return {
        (one, other) for one in distances for set_id in _sets(tx, NEEDED_BY, one) for other in waiting.get(set_id, ())
    }


def _near_jobs(tx: Transaction, distances: Mapping[JobId, int]) -> tuple[NearJob, ...]:
    rows = {row["id"]: row for row in tx.rows(JOBS, {"jobs": json.dumps(list(distances))})}
    return tuple(
        NearJob(one, rows[one]["name"], JobStatus(rows[one]["status"]), distance) for one, distance in distances.items()
    )
