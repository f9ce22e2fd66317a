"""Dependency sets: a set of jobs is stored once and shared by all jobs that wait for exactly this set.

Two counters depend on the statuses of the jobs: `dependency_set.remaining` counts the incomplete members, and
`job.waiting_on` counts the sets of the job with incomplete members. A thousand jobs that wait for the same thousand
jobs need two thousand rows, and the end of a job updates its sets instead of its dependents.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_groups import note_change
from torc_server.engine.job_row import JobStatement
from torc_server.store.row_ids import last_id
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
""")
NEW_SETS = Statement("SELECT id, digest FROM dependency_set WHERE id > :last_id AND workflow_id = :workflow_id")
FIND_SET = Statement("SELECT id FROM dependency_set WHERE workflow_id = :workflow_id AND digest = :digest")
ADD_MEMBERS = Statement("""
INSERT INTO dependency_set_member (job_id, set_id)
SELECT member.value, CAST(listed.key AS INTEGER)
FROM json_each(:members_by_set) AS listed CROSS JOIN json_each(listed.value) AS member
""")
COUNT_MEMBERS = JobStatement("""
UPDATE dependency_set SET (remaining, bad) = (
    SELECT COUNT(*) FILTER (WHERE job.status {IS_INCOMPLETE}), TOTAL(job.ended_badly)
    FROM dependency_set_member AS member JOIN job ON job.id = member.job_id
    WHERE member.set_id = dependency_set.id
)
WHERE id IN (SELECT value FROM json_each(:sets))
""")
WAIT_FOR_SET = Statement("INSERT OR IGNORE INTO job_dependency_set (set_id, job_id) VALUES (:set_id, :job_id)")
COUNT_SETS = Statement("""
UPDATE job SET waiting_on = (
    SELECT COUNT(*) FROM job_dependency_set AS waiting JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
    WHERE waiting.job_id = job.id AND awaited.remaining > 0
)
WHERE id IN (SELECT value FROM json_each(:jobs))
""")
CLEAR_SETS = Statement("DELETE FROM job_dependency_set WHERE job_id = :job_id RETURNING set_id")
DROP_UNUSED = Statement("""
DELETE FROM dependency_set
WHERE id IN (SELECT value FROM json_each(:sets))
AND NOT EXISTS (SELECT 1 FROM job_dependency_set AS waiting WHERE waiting.set_id = dependency_set.id)
""")


def ids_of_sets(
    tx: Transaction, workflow_id: WorkflowId, sets: Iterable[tuple[JobId, ...]]
) -> dict[tuple[JobId, ...], int]:
    """Return the ids of the sets with exactly these members, and create missing sets. The members must exist."""
    texts = {members: json.dumps(sorted(set(members))) for members in dict.fromkeys(sets)}
    digests = {members: _digest(members, text) for members, text in texts.items()}
    last_set_id = last_id(tx, "dependency_set")
    tx.execute_many(ADD_SET, [{"workflow_id": workflow_id, "digest": digest} for digest in digests.values()])
    new = {row["digest"]: row["id"] for row in tx.rows(NEW_SETS, {"workflow_id": workflow_id, "last_id": last_set_id})}
    listed = {new[digest]: texts[members] for members, digest in digests.items() if digest in new}
    # The members are already JSON.
    text = ",".join(f'"{set_id}":{members}' for set_id, members in listed.items())
    tx.execute(ADD_MEMBERS, {"members_by_set": f"{{{text}}}"})
    tx.execute(COUNT_MEMBERS, {"sets": json.dumps(list(listed))})
    return {
        members: int(new.get(digest) or tx.value(FIND_SET, {"workflow_id": workflow_id, "digest": digest}))
        for members, digest in digests.items()
    }


def _digest(members: tuple[JobId, ...], text: str) -> bytes:
    """Return the key of a set. Keys of jobs created together are close, so that storing them changes few pages."""
    return min(members, default=0).to_bytes(8) + hashlib.sha256(text.encode()).digest()


def set_dependencies(tx: Transaction, workflow_id: WorkflowId, job_id: JobId, parent_ids: Sequence[JobId]) -> None:
    """Replace the dependencies of a job. Raises RuleBroken for the job itself and for jobs of other workflows."""
    cleared = [row["set_id"] for row in tx.rows(CLEAR_SETS, {"job_id": job_id})]
    set_dependencies_of_new_jobs(tx, workflow_id, [(job_id, parent_ids)])
    tx.execute(DROP_UNUSED, {"sets": json.dumps(cleared)})
    tx.execute(COUNT_SETS, {"jobs": json.dumps([job_id])})
    note_change(tx, workflow_id)


def set_dependencies_of_new_jobs(
    tx: Transaction, workflow_id: WorkflowId, jobs: Sequence[tuple[JobId, Sequence[JobId]]]
) -> None:
    """Store the dependencies of new jobs. Jobs with the same parents share a set. Raises RuleBroken."""
    waiting = [(job_id, parent_ids) for job_id, parent_ids in jobs if parent_ids]
    if not waiting:
        return
    for job_id, parent_ids in waiting:
        if job_id in parent_ids:
            raise RuleBroken(f"Job {job_id} cannot depend on itself", field="depends_on_job_ids", value=job_id)
    _require_jobs(tx, workflow_id, {parent_id for _, parent_ids in waiting for parent_id in parent_ids})
    let_wait(tx, workflow_id, [(job_id, tuple(parent_ids)) for job_id, parent_ids in waiting])
    tx.execute(COUNT_SETS, {"jobs": json.dumps([job_id for job_id, _ in waiting])})


def wait_for_sets(
    tx: Transaction,
    workflow_id: WorkflowId,
    sets: Sequence[Sequence[JobId]],
    waiting: Sequence[tuple[JobId, Sequence[int]]],
) -> None:
    """Make new jobs wait for sets, given by position in `sets`. Raises RuleBroken for members that do not exist."""
    _require_jobs(tx, workflow_id, {member for members in sets for member in members})
    # Unused sets are not stored, and empty sets block no job.
    members = [tuple(each) for each in sets]
    let_wait(
        tx,
        workflow_id,
        [(job_id, members[number]) for job_id, numbers in waiting for number in numbers if members[number]],
    )
    tx.execute(COUNT_SETS, {"jobs": json.dumps([job_id for job_id, _ in waiting])})


def let_wait(tx: Transaction, workflow_id: WorkflowId, waiting: Sequence[tuple[JobId, tuple[JobId, ...]]]) -> None:
    """Make jobs wait for additional sets of existing jobs. The caller updates the counters afterwards."""
    # Many jobs share the same tuple. Hashing a tuple of thousands of ids for each of them would dominate the time.
    same = {id(members): members for _, members in waiting}
    ids = ids_of_sets(tx, workflow_id, same.values())
    set_ids = {identity: ids[members] for identity, members in same.items()}
    tx.execute_many(WAIT_FOR_SET, [{"set_id": set_ids[id(members)], "job_id": job_id} for job_id, members in waiting])


def _require_jobs(tx: Transaction, workflow_id: WorkflowId, parent_ids: set[JobId]) -> None:
    unknown = tx.rows(NOT_OF_WORKFLOW, {"workflow_id": workflow_id, "parents": json.dumps(sorted(parent_ids))})
    if unknown:
        ids = [row[0] for row in unknown]
        raise RuleBroken(
            f"depends_on_job_ids names jobs that workflow {workflow_id} does not have: {', '.join(map(str, ids))}",
            field="depends_on_job_ids",
            value=ids,
        )


RECOUNT_SETS = JobStatement("""
UPDATE dependency_set SET remaining = counted.remaining, bad = counted.bad
FROM (
    SELECT awaited.id AS set_id,
           COUNT(job.id) FILTER (WHERE job.status {IS_INCOMPLETE}) AS remaining,
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
    """Recompute both counters of a workflow after many of its jobs changed."""
    tx.execute(RECOUNT_SETS, {"workflow_id": workflow_id})
    tx.execute(RECOUNT_JOBS, {"workflow_id": workflow_id})


# A job that was canceled with its workflow is complete, and its dependents stay blocked.
SETS_OF_MEMBER = JobStatement("""
SELECT member.set_id,
    awaited.remaining > 0 OR (job.status = {CANCELED} AND job.canceled_by_cascade = 0) AS keeps_jobs_blocked
FROM dependency_set_member AS member
JOIN dependency_set AS awaited ON awaited.id = member.set_id
JOIN job ON job.id = member.job_id
WHERE member.job_id = :job_id
""")
OPENED_SETS = Statement("""
SELECT id FROM dependency_set WHERE remaining = 0 AND id IN (SELECT value FROM json_each(:sets))
""")
LEAVE_SETS = Statement("DELETE FROM dependency_set_member WHERE job_id = :job_id")
CHANGED_SETS = Statement("UPDATE dependency_set SET digest = NULL WHERE id = :set_id")
RECOUNT_WAITING = Statement("""
UPDATE job SET waiting_on = (
    SELECT COUNT(*) FROM job_dependency_set AS waiting JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
    WHERE waiting.job_id = job.id AND awaited.remaining > 0
)
WHERE id IN (SELECT job_id FROM job_dependency_set WHERE set_id IN (SELECT value FROM json_each(:sets)))
""")


def forget_job(tx: Transaction, job_id: JobId) -> list[int]:
    """Remove a job from the graph before it is deleted.

    Returns the sets of which it was the last member that kept jobs blocked; the caller releases these jobs.
    """
    members = tx.rows(SETS_OF_MEMBER, {"job_id": job_id})
    left: list[Mapping[str, int]] = [{"set_id": row["set_id"]} for row in members]
    tx.execute(LEAVE_SETS, {"job_id": job_id})
    tx.execute_many(CHANGED_SETS, left)
    sets = json.dumps([each["set_id"] for each in left])
    tx.execute(COUNT_MEMBERS, {"sets": sets})
    tx.execute(RECOUNT_WAITING, {"sets": sets})
    cleared = [row["set_id"] for row in tx.rows(CLEAR_SETS, {"job_id": job_id})]
    tx.execute(DROP_UNUSED, {"sets": json.dumps(cleared)})
    kept_blocked = json.dumps([row["set_id"] for row in members if row["keeps_jobs_blocked"]])
    return [row["id"] for row in tx.rows(OPENED_SETS, {"sets": kept_blocked})]


COMPLETE_SETS = Statement("""
SELECT awaited.id FROM dependency_set_member AS member JOIN dependency_set AS awaited ON awaited.id = member.set_id
WHERE member.job_id = :job_id AND awaited.remaining = 0
""")


def complete_sets_of(tx: Transaction, job_id: JobId) -> list[int]:
    """Return the sets with this member of which every member is complete."""
    return [row["id"] for row in tx.rows(COMPLETE_SETS, {"job_id": job_id})]


DROP_ALL_SETS = Statement("DELETE FROM dependency_set WHERE workflow_id = :workflow_id")
WAIT_FOR_NOTHING = Statement("UPDATE job SET waiting_on = 0 WHERE workflow_id = :workflow_id AND waiting_on > 0")


def forget_all_jobs(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Remove all jobs of a workflow from the graph before they are deleted."""
    tx.execute(DROP_ALL_SETS, {"workflow_id": workflow_id})
    tx.execute(WAIT_FOR_NOTHING, {"workflow_id": workflow_id})
