"""Find cycles: jobs that wait for each other and can never run."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.store.transaction import Transaction

# A graph with more links than this is not searched as a whole.
LINKS_SEARCHED = 50_000
# The maximum number of steps from job to job in such a graph.
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


def find_cycle(tx: Transaction, workflow_id: WorkflowId, *, only_blocked_are_left: bool) -> list[JobId]:
    """Return the jobs of a cycle of blocked jobs, each of which waits for the next; empty if none was found.

    A large graph is searched only if all incomplete jobs are blocked, so that there must be a cycle.
    """
    which = {"workflow_id": workflow_id, "links": LINKS_SEARCHED + 1}
    waiting, awaited = tx.rows(BLOCKED_WAIT, which), tx.rows(BLOCKED_ARE_AWAITED, which)
    if len(waiting) + len(awaited) > LINKS_SEARCHED:
        return _go_back(tx, workflow_id) if only_blocked_are_left else []
    # Nodes are ids of jobs and negative ids of sets, so that a set with many members and dependents has few links.
    before: dict[int, list[int]] = {}
    for row in waiting:
        before.setdefault(row["job_id"], []).append(-row["set_id"])
    for row in awaited:
        before.setdefault(-row["set_id"], []).append(row["job_id"])
    return [JobId(each) for each in cycle_in(before) if each > 0]


def cycle_in(before: Mapping[int, Iterable[int]]) -> list[int]:
    """Return a cycle of a graph, each node of which waits for the next; empty if there is none.

    `before` has the nodes that each node waits for.
    """
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        cycle: list[int] = error.args[1]
        # Ordered from dependency to dependent, with the first node again at the end.
        return cycle[:0:-1]
    return []


def _go_back(tx: Transaction, workflow_id: WorkflowId) -> list[JobId]:
    """Follow dependencies from a blocked job until a job occurs again."""
    job_id = tx.value(A_BLOCKED_JOB, {"workflow_id": workflow_id})
    passed: dict[JobId, int] = {}
    while job_id is not None and job_id not in passed and len(passed) < STEPS_BACK:
        passed[JobId(job_id)] = len(passed)
        job_id = tx.value(A_BLOCKED_JOB_BEFORE, {"job_id": job_id})
    return list(passed)[passed[JobId(job_id)] :] if job_id in passed else []
