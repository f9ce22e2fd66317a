"""The groups of a workflow's jobs: their counts, and what their jobs need and wait for.

Counts are read from counters. What changes with the jobs and their links only is computed once, which reads all links,
and remembered until it changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torc_server.engine.ids import WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.origins import database_id
from torc_server.engine.states import JobStatus
from torc_server.engine.workflows import workflow_row
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# What an answer has at most: the largest groups, the edges of most jobs, and the first requirements of a group.
MOST_GROUPS = 500
MOST_EDGES = 5_000
MOST_NEEDS = 20
# The key of the group that stands for all groups beyond the largest ones. No other key has a digit.
OTHERS = "0"

COUNTS = Statement("""
SELECT id, key, uninitialized, blocked, ready_or_running, completed, failed, canceled, terminated, disabled,
    pending_failed
FROM job_group WHERE workflow_id = :workflow_id AND uninitialized + blocked + ready_or_running + completed + failed
    + canceled + terminated + disabled + pending_failed > 0
""")
BUSY = JobStatement("""
SELECT group_id, status, COUNT(*) FROM job WHERE workflow_id = :workflow_id AND status IN {ACTIVE}
GROUP BY group_id, status
""")
STAMP = Statement("""
SELECT (SELECT MAX(id) FROM job WHERE workflow_id = :workflow_id),
    (SELECT number FROM job_group_change WHERE workflow_id = :workflow_id)
""")
FACTS = Statement("""
SELECT job.group_id, MIN(job.id), MIN(job.priority), MAX(job.priority)
FROM job_group CROSS JOIN job INDEXED BY job_group_id ON job.group_id = job_group.id
WHERE job_group.workflow_id = :workflow_id GROUP BY job.group_id
""")
NEEDS = Statement("""
SELECT DISTINCT job.group_id, job.resource_requirements_id
FROM resource_requirements AS needed CROSS JOIN job ON job.resource_requirements_id = needed.id
WHERE needed.workflow_id = :workflow_id ORDER BY 1, 2
""")


def _edges(writes: str, link: str, reads: str) -> Statement:
    """Return the pairs of groups whose jobs are linked by rows with the same value of a column, and their numbers."""
    side = """
    SELECT link.{1} AS linked, job.group_id, COUNT(*) AS jobs
    FROM job_group CROSS JOIN job INDEXED BY job_group_id ON job.group_id = job_group.id
    CROSS JOIN {0} AS link ON link.job_id = job.id
    WHERE job_group.workflow_id = :workflow_id GROUP BY link.{1}, job.group_id
"""
    return Statement(
        f"WITH before AS MATERIALIZED ({side.format(writes, link)}), after AS MATERIALIZED ({side.format(reads, link)})"  # noqa: S608 - declared
        " SELECT before.group_id, after.group_id, SUM(before.jobs * after.jobs) FROM before"
        " JOIN after ON after.linked = before.linked GROUP BY before.group_id, after.group_id"
    )


EDGES = {
    "file": _edges("job_output_file", "file_id", "job_input_file"),
    "user_data": _edges("job_output_user_data", "user_data_id", "job_input_user_data"),
    "dependency": _edges("dependency_set_member", "set_id", "job_dependency_set"),
}


@dataclass(slots=True)
class JobGroup:
    """A group of jobs with its numbers. `merged` is the number of groups that it stands for, or 0."""

    key: str
    first_job_id: int
    counts: dict[JobStatus, int]
    requirements_ids: list[int]
    lowest_priority: int
    highest_priority: int
    merged: int = 0

    @property
    def size(self) -> int:
        """The number of jobs."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class GroupEdge:
    """Jobs of a group that wait for jobs of another one, or of the same one, and the number of pairs."""

    source: str
    target: str
    kind: str
    pairs: int


@dataclass(frozen=True, slots=True)
class JobGroups:
    """The groups of a workflow in the order of their first jobs, and what is between them."""

    groups: list[JobGroup]
    edges: list[GroupEdge]
    edges_left_off: int


@dataclass(frozen=True, slots=True)
class _Structure:
    """What changes with the jobs and their links only."""

    facts: dict[int, tuple[int, int, int]]
    needs: dict[int, list[int]]
    edges: list[tuple[int, int, str, int]]


# The structures of the workflows that were read last, by database and workflow, each with the stamp that it had.
MOST_REMEMBERED = 64
_REMEMBERED: dict[tuple[str, WorkflowId], tuple[tuple[object, ...], _Structure]] = {}


def _structure(tx: Transaction, workflow_id: WorkflowId, num_jobs: int) -> _Structure:
    """Return the remembered structure if nothing has changed since, and else read it."""
    which = (database_id(tx), workflow_id)
    stamp = (num_jobs, *(tx.row(STAMP, {"workflow_id": workflow_id}) or ()))
    found = _REMEMBERED.get(which)
    if found is not None and found[0] == stamp:
        return found[1]
    structure = _read_structure(tx, workflow_id)
    # Several threads read. Each of these steps is safe alone, and the order does not matter.
    if len(_REMEMBERED) >= MOST_REMEMBERED:
        _REMEMBERED.clear()
    _REMEMBERED[which] = stamp, structure
    return structure


def job_groups(tx: Transaction, workflow_id: WorkflowId) -> JobGroups:
    """Return the groups of a workflow's jobs.

    Beyond 500 groups, the smallest ones are merged into one with the key `0`. Raises NotFound.
    """
    workflow_row(tx, workflow_id)
    which = {"workflow_id": workflow_id}
    counts = {row[0]: (row[1], list(row[2:])) for row in tx.rows(COUNTS, which)}
    busy: dict[int, dict[JobStatus, int]] = {}
    for group_id, status, number in tx.rows(BUSY, which):
        busy.setdefault(group_id, {})[JobStatus(status)] = number
    structure = _structure(tx, workflow_id, sum(sum(numbers) for _, numbers in counts.values()))
    largest = sorted(counts, key=lambda each: (-sum(counts[each][1]), counts[each][0]))[:MOST_GROUPS]
    shown = set(largest)
    keys: dict[int, str] = {}
    groups: dict[str, JobGroup] = {}
    for group_id, (key, numbers) in counts.items():
        first, lowest, highest = structure.facts[group_id]
        group = JobGroup(
            key if group_id in shown else OTHERS,
            first,
            _by_status(numbers, busy.get(group_id, {})),
            structure.needs.get(group_id, []),
            lowest,
            highest,
            merged=0 if group_id in shown else 1,
        )
        keys[group_id] = group.key
        groups[group.key] = _merged(groups[group.key], group) if group.key in groups else group
    edges, left_off = _edges_between(structure, keys)
    return JobGroups(sorted(groups.values(), key=lambda each: each.first_job_id), edges, left_off)


def _edges_between(structure: _Structure, keys: dict[int, str]) -> tuple[list[GroupEdge], int]:
    pairs: dict[tuple[str, str, str], int] = {}
    for source, target, kind, number in structure.edges:
        ends = keys[source], keys[target], kind
        pairs[ends] = pairs.get(ends, 0) + number
    # Initialization makes dependencies of files and user data: they are not reported twice.
    explained = {ends[:2] for ends in pairs if ends[2] != "dependency"}
    edges = [
        GroupEdge(*ends, number)
        for ends, number in pairs.items()
        if ends[2] != "dependency" or ends[:2] not in explained
    ]
    edges.sort(key=lambda each: (-each.pairs, each.source, each.target, each.kind))
    return edges[:MOST_EDGES], max(0, len(edges) - MOST_EDGES)


def _read_structure(tx: Transaction, workflow_id: WorkflowId) -> _Structure:
    which = {"workflow_id": workflow_id}
    needs: dict[int, list[int]] = {}
    for group_id, requirements_id in tx.rows(NEEDS, which):
        listed = needs.setdefault(group_id, [])
        if len(listed) < MOST_NEEDS:
            listed.append(requirements_id)
    edges = [
        (source, target, kind, number)
        for kind, statement in EDGES.items()
        for source, target, number in tx.rows(statement, which)
    ]
    facts = {row[0]: (row[1], row[2], row[3]) for row in tx.rows(FACTS, which)}
    return _Structure(facts, needs, edges)


def _by_status(numbers: Sequence[int], busy: dict[JobStatus, int]) -> dict[JobStatus, int]:
    """Return all counts: the counter of ready jobs includes those that are pending and running."""
    uninitialized, blocked, ready_or_running, *ended = numbers
    pending, running = busy.get(JobStatus.PENDING, 0), busy.get(JobStatus.RUNNING, 0)
    return dict(
        zip(
            JobStatus,
            (uninitialized, blocked, ready_or_running - pending - running, pending, running, *ended),
            strict=True,
        )
    )


def _merged(one: JobGroup, other: JobGroup) -> JobGroup:
    return JobGroup(
        one.key,
        min(one.first_job_id, other.first_job_id),
        {status: number + other.counts[status] for status, number in one.counts.items()},
        sorted({*one.requirements_ids, *other.requirements_ids})[:MOST_NEEDS],
        min(one.lowest_priority, other.lowest_priority),
        max(one.highest_priority, other.highest_priority),
        one.merged + other.merged,
    )
