"""Dependency sets: a set of jobs is stored once and shared by all the jobs that wait for exactly that set.

Two counters follow from the statuses of the jobs, always: `dependency_set.remaining` counts members that are not
complete, `job.waiting_on` counts the job's sets that have such a member. A thousand jobs that each wait for the same
thousand are so two thousand rows, and the end of a job touches its sets instead of its dependents.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

NOT_OF_WORKFLOW = Statement("""
SELECT parent.value FROM json_each(:parents) AS parent
WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.id = parent.value AND job.workflow_id = :workflow_id)
LIMIT 5
""")
ADD_SET = Statement("""
INSERT INTO dependency_set (workflow_id, digest, remaining) VALUES (:workflow_id, :digest, 0)
ON CONFLICT (workflow_id, digest) DO NOTHING
RETURNING id
""")
FIND_SET = Statement("SELECT id FROM dependency_set WHERE workflow_id = :workflow_id AND digest = :digest")
ADD_MEMBERS = Statement("""
INSERT INTO dependency_set_member (job_id, set_id) SELECT parent.value, :set_id FROM json_each(:parents) AS parent
""")
COUNT_MEMBERS = Statement("""
UPDATE dependency_set SET (remaining, bad) = (
    SELECT COUNT(*) FILTER (WHERE job.status NOT BETWEEN 5 AND 8), TOTAL(job.ended_badly)
    FROM dependency_set_member AS member JOIN job ON job.id = member.job_id
    WHERE member.set_id = dependency_set.id
)
WHERE id = :set_id
""")
WAIT_FOR_SET = Statement("INSERT OR IGNORE INTO job_dependency_set (set_id, job_id) VALUES (:set_id, :job_id)")
COUNT_SETS = Statement("""
UPDATE job SET waiting_on = (
    SELECT COUNT(*) FROM job_dependency_set AS waiting JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
    WHERE waiting.job_id = job.id AND awaited.remaining > 0
)
WHERE id = :job_id
""")
CLEAR_SETS = Statement("DELETE FROM job_dependency_set WHERE job_id = :job_id RETURNING set_id")
DROP_UNUSED = Statement("""
DELETE FROM dependency_set
WHERE id IN (SELECT value FROM json_each(:sets))
AND NOT EXISTS (SELECT 1 FROM job_dependency_set AS waiting WHERE waiting.set_id = dependency_set.id)
""")


class SetFinder:
    """Finds or makes the set of given members; remembers what it found, for many jobs in one transaction."""

    def __init__(self, tx: Transaction, workflow_id: WorkflowId) -> None:
        self._tx = tx
        self._workflow_id = workflow_id
        self._found: dict[tuple[JobId, ...], int] = {}

    def set_of(self, parent_ids: Iterable[JobId]) -> int:
        """Give the id of the set with exactly these members, which must exist."""
        members = tuple(parent_ids)
        set_id = self._found.get(members)
        if set_id is None:
            set_id = self._found[members] = self._stored(sorted(set(members)))
        return set_id

    def _stored(self, members: list[JobId]) -> int:
        text = json.dumps(members)
        key = {"workflow_id": self._workflow_id, "digest": hashlib.sha256(text.encode()).digest()}
        new = self._tx.value(ADD_SET, key)
        if new is None:
            return int(self._tx.value(FIND_SET, key))
        self._tx.execute(ADD_MEMBERS, {"set_id": new, "parents": text})
        self._tx.execute(COUNT_MEMBERS, {"set_id": new})
        return int(new)


def set_dependencies(tx: Transaction, workflow_id: WorkflowId, job_id: JobId, parent_ids: Sequence[JobId]) -> None:
    """Replace what a job waits for. Raises RuleBroken for itself and for jobs that the workflow does not have."""
    cleared = [row["set_id"] for row in tx.rows(CLEAR_SETS, {"job_id": job_id})]
    set_dependencies_of_new_jobs(tx, workflow_id, [(job_id, parent_ids)])
    tx.execute(DROP_UNUSED, {"sets": json.dumps(cleared)})
    tx.execute(COUNT_SETS, {"job_id": job_id})


def set_dependencies_of_new_jobs(
    tx: Transaction, workflow_id: WorkflowId, jobs: Sequence[tuple[JobId, Sequence[JobId]]]
) -> None:
    """Say what new jobs wait for; those with the same parents share one set. Raises RuleBroken as set_dependencies."""
    waiting = [(job_id, parent_ids) for job_id, parent_ids in jobs if parent_ids]
    if not waiting:
        return
    for job_id, parent_ids in waiting:
        if job_id in parent_ids:
            raise RuleBroken(f"Job {job_id} cannot depend on itself", field="depends_on_job_ids", value=job_id)
    _require_jobs(tx, workflow_id, {parent_id for _, parent_ids in waiting for parent_id in parent_ids})
    finder = SetFinder(tx, workflow_id)
    tx.execute_many(
        WAIT_FOR_SET, [{"set_id": finder.set_of(parent_ids), "job_id": job_id} for job_id, parent_ids in waiting]
    )
    tx.execute_many(COUNT_SETS, [{"job_id": job_id} for job_id, _ in waiting])


def wait_for_sets(
    tx: Transaction,
    workflow_id: WorkflowId,
    sets: Sequence[Sequence[JobId]],
    waiting: Sequence[tuple[JobId, Sequence[int]]],
) -> None:
    """Let new jobs wait for sets, which they name by position. Raises RuleBroken for members that are not there."""
    _require_jobs(tx, workflow_id, {member for members in sets for member in members})
    finder = SetFinder(tx, workflow_id)
    # A set that nobody waits for is not kept, and one without members holds nobody up.
    stored: dict[int, int] = {}
    for number in {number for _, numbers in waiting for number in numbers}:
        if sets[number]:
            stored[number] = finder.set_of(sets[number])
    tx.execute_many(
        WAIT_FOR_SET,
        [
            {"set_id": stored[number], "job_id": job_id}
            for job_id, numbers in waiting
            for number in numbers
            if number in stored
        ],
    )
    tx.execute_many(COUNT_SETS, [{"job_id": job_id} for job_id, _ in waiting])


def _require_jobs(tx: Transaction, workflow_id: WorkflowId, parent_ids: set[JobId]) -> None:
    strangers = tx.rows(NOT_OF_WORKFLOW, {"workflow_id": workflow_id, "parents": json.dumps(sorted(parent_ids))})
    if strangers:
        ids = [row[0] for row in strangers]
        raise RuleBroken(
            f"depends_on_job_ids names jobs that workflow {workflow_id} does not have: {', '.join(map(str, ids))}",
            field="depends_on_job_ids",
            value=ids,
        )


PARENTS = Statement("""
SELECT DISTINCT waiting.job_id AS job_id, member.job_id AS parent_id
FROM json_each(:jobs) AS asked
CROSS JOIN job_dependency_set AS waiting ON waiting.job_id = asked.value
CROSS JOIN dependency_set_member AS member ON member.set_id = waiting.set_id
ORDER BY waiting.job_id, member.job_id
""")


def parents_of(tx: Transaction, job_ids: Iterable[JobId]) -> dict[JobId, list[JobId]]:
    """Give the jobs that each of the given jobs waits for, by id; jobs that wait for none have an empty list."""
    parents: dict[JobId, list[JobId]] = {job_id: [] for job_id in job_ids}
    for row in tx.rows(PARENTS, {"jobs": json.dumps(list(parents))}):
        parents[row["job_id"]].append(row["parent_id"])
    return parents


RECOUNT_SETS = Statement("""
UPDATE dependency_set SET remaining = counted.remaining, bad = counted.bad
FROM (
    SELECT awaited.id AS set_id,
           COUNT(job.id) FILTER (WHERE job.status NOT BETWEEN 5 AND 8) AS remaining,
           COUNT(job.id) FILTER (WHERE job.ended_badly = 1) AS bad
    FROM dependency_set AS awaited
    LEFT JOIN dependency_set_member AS member ON member.set_id = awaited.id
    LEFT JOIN job ON job.id = member.job_id
    WHERE awaited.workflow_id = :workflow_id
    GROUP BY awaited.id
) AS counted
WHERE dependency_set.id = counted.set_id
AND (dependency_set.remaining <> counted.remaining OR dependency_set.bad <> counted.bad)
""")
RECOUNT_JOBS = Statement("""
UPDATE job SET waiting_on = counted.waiting_on
FROM (
    SELECT job.id AS job_id, COUNT(awaited.id) AS waiting_on
    FROM job
    LEFT JOIN job_dependency_set AS waiting ON waiting.job_id = job.id
    LEFT JOIN dependency_set AS awaited ON awaited.id = waiting.set_id AND awaited.remaining > 0
    WHERE job.workflow_id = :workflow_id
    GROUP BY job.id
) AS counted
WHERE job.id = counted.job_id AND job.waiting_on <> counted.waiting_on
""")


def recount(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Make both counters of a whole workflow follow from its jobs, after many of them changed at once."""
    tx.execute(RECOUNT_SETS, {"workflow_id": workflow_id})
    tx.execute(RECOUNT_JOBS, {"workflow_id": workflow_id})


SETS_OF_MEMBER = Statement("SELECT set_id FROM dependency_set_member WHERE job_id = :job_id")
LEAVE_SETS = Statement("DELETE FROM dependency_set_member WHERE job_id = :job_id")
CHANGED_SETS = Statement("UPDATE dependency_set SET digest = NULL WHERE id = :set_id")
RECOUNT_WAITING = Statement("""
UPDATE job SET waiting_on = (
    SELECT COUNT(*) FROM job_dependency_set AS waiting JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
    WHERE waiting.job_id = job.id AND awaited.remaining > 0
)
WHERE id IN (SELECT job_id FROM job_dependency_set WHERE set_id IN (SELECT value FROM json_each(:sets)))
""")


def forget_job(tx: Transaction, job_id: JobId) -> None:
    """Take a job out of the graph before it is deleted. Jobs that waited for it only are not released by that."""
    left: list[Mapping[str, int]] = [{"set_id": row["set_id"]} for row in tx.rows(SETS_OF_MEMBER, {"job_id": job_id})]
    tx.execute(LEAVE_SETS, {"job_id": job_id})
    tx.execute_many(CHANGED_SETS, left)
    tx.execute_many(COUNT_MEMBERS, left)
    tx.execute(RECOUNT_WAITING, {"sets": json.dumps([row["set_id"] for row in left])})
    cleared = [row["set_id"] for row in tx.rows(CLEAR_SETS, {"job_id": job_id})]
    tx.execute(DROP_UNUSED, {"sets": json.dumps(cleared)})


DROP_ALL_SETS = Statement("DELETE FROM dependency_set WHERE workflow_id = :workflow_id")
WAIT_FOR_NOTHING = Statement("UPDATE job SET waiting_on = 0 WHERE workflow_id = :workflow_id AND waiting_on > 0")


def forget_all_jobs(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Take all jobs of a workflow out of the graph before they are deleted together."""
    tx.execute(DROP_ALL_SETS, {"workflow_id": workflow_id})
    tx.execute(WAIT_FOR_NOTHING, {"workflow_id": workflow_id})
