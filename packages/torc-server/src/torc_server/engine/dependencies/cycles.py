"""Jobs that wait for each other in a ring, and so for ever."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.store.transaction import Transaction

# A graph of more links than this is not searched as a whole.
LINKS_SEARCHED = 50_000
# How far one goes back from job to job in such a graph.
STEPS_BACK = 10_000

BLOCKED_WAIT = JobStatement("""
SELECT waiting.job_id AS job_id, waiting.set_id AS set_id
FROM job INDEXED BY job_workflow_status CROSS JOIN job_dependency_set AS waiting ON waiting.job_id = job.id
WHERE job.workflow_id = :workflow_id AND job.status = {BLOCKED} LIMIT :links
""")
BLOCKED_ARE_AWAITED = JobStatement("""
SELECT member.job_id AS job_id, member.set_id AS set_id
FROM job INDEXED BY job_workflow_status CROSS JOIN dependency_set_member AS member ON member.job_id = job.id
WHERE job.workflow_id = :workflow_id AND job.status = {BLOCKED} LIMIT :links
""")
A_BLOCKED_JOB = JobStatement("SELECT id FROM job WHERE workflow_id = :workflow_id AND status = {BLOCKED} LIMIT 1")
A_BLOCKED_JOB_BEFORE = JobStatement("""
SELECT member.job_id FROM job_dependency_set AS waiting
CROSS JOIN dependency_set AS awaited ON awaited.id = waiting.set_id AND awaited.remaining > 0
CROSS JOIN dependency_set_member AS member ON member.set_id = awaited.id
CROSS JOIN job ON job.id = member.job_id AND job.status = {BLOCKED}
WHERE waiting.job_id = :job_id LIMIT 1
""")


def find_ring(tx: Transaction, workflow_id: WorkflowId, *, only_blocked_are_left: bool) -> list[JobId]:
    """Give the jobs of a ring of blocked jobs, each waiting for the next; empty where none was found.

    A large graph is searched only where there must be a ring, since no other job is left to be done.
    """
    which = {"workflow_id": workflow_id, "links": LINKS_SEARCHED + 1}
    waiting, awaited = tx.rows(BLOCKED_WAIT, which), tx.rows(BLOCKED_ARE_AWAITED, which)
    if len(waiting) + len(awaited) > LINKS_SEARCHED:
        return _go_back(tx, workflow_id) if only_blocked_are_left else []
    # Jobs as their ids, sets as theirs below zero: a set with many members and many waiting jobs stays small.
    before: dict[int, list[int]] = {}
    for row in waiting:
        before.setdefault(row["job_id"], []).append(-row["set_id"])
    for row in awaited:
        before.setdefault(-row["set_id"], []).append(row["job_id"])
    return [JobId(each) for each in ring_in(before) if each > 0]


def ring_in(before: Mapping[int, Iterable[int]]) -> list[int]:
    """Give a ring of a graph, each waiting for the next; empty where there is none. `before` is what each waits for."""
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        ring: list[int] = error.args[1]
        # Given from the awaited to the waiting, with the first again at its end.
        return ring[:0:-1]
    return []


def _go_back(tx: Transaction, workflow_id: WorkflowId) -> list[JobId]:
    """Go from a blocked job to one that it waits for, and on, until one comes again."""
    job_id = tx.value(A_BLOCKED_JOB, {"workflow_id": workflow_id})
    passed: dict[JobId, int] = {}
    while job_id is not None and job_id not in passed and len(passed) < STEPS_BACK:
        passed[JobId(job_id)] = len(passed)
        job_id = tx.value(A_BLOCKED_JOB_BEFORE, {"job_id": job_id})
    return list(passed)[passed[JobId(job_id)] :] if job_id in passed else []
