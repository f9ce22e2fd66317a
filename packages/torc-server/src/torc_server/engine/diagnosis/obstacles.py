"""Find what keeps jobs from becoming ready: jobs that have not ended, that cannot end, and that failed."""

from collections.abc import Iterator, Mapping, Sequence

from torc_server.engine.dependencies.cycles import find_cycle
from torc_server.engine.diagnosis.reasons import EXAMPLES, Code, NamedJob, Reason, jobs_in_words, short
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.lifecycle.tasks import active_task
from torc_server.engine.states import COMPLETE, JobStatus
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

Counts = Mapping[JobStatus, int]

# The maximum number of jobs of a status that are read. For more jobs the message says "At least".
LOOKED_AT = 10_000
# With this number of waiting jobs both are named; of more, only the first.
SHOWN = 2

OF_STATUS = Statement("""
SELECT id, name FROM job INDEXED BY job_workflow_status WHERE workflow_id = :workflow_id AND status = :status
ORDER BY id LIMIT :examples
""")


def obstacles(tx: Transaction, workflow_id: WorkflowId, counts: Counts) -> Iterator[Reason]:
    """Return the reasons that do not depend on compute nodes."""
    task_id = active_task(tx, workflow_id)
    if task_id is not None:
        yield Reason(Code.TASK_UNFINISHED, f"Task {task_id} is still changing the jobs; wait until it has finished")
    if not sum(counts.values()):
        yield Reason(Code.NO_JOBS, "The workflow has no jobs")
    elif not sum(number for each, number in counts.items() if each not in COMPLETE | {JobStatus.DISABLED}):
        yield Reason(Code.ALL_OVER, _all_over(workflow_id, counts))
    yield from _unfinished(tx, workflow_id, counts)
    if counts[JobStatus.BLOCKED]:
        yield from _blocked(tx, workflow_id, counts)
    if counts[JobStatus.CANCELED]:
        yield from _canceled(tx, workflow_id)


def _all_over(workflow_id: WorkflowId, counts: Counts) -> str:
    bad = {
        "failed": counts[JobStatus.FAILED],
        "were terminated": counts[JobStatus.TERMINATED],
        "were canceled": counts[JobStatus.CANCELED],
    }
    ends = [
        f"{number} {'job ' if number == 1 else 'jobs '}{what if number > 1 else what.replace('were', 'was')}"
        for what, number in bad.items()
        if number
    ]
    if not ends:
        return "Every job is complete or disabled; there is no job left to run"
    has_failed = counts[JobStatus.FAILED] + counts[JobStatus.TERMINATED]
    retry = f"`torc run {workflow_id} --retry-failed`, or `torc recover {workflow_id}` if memory or time was too short"
    remedy = f"; run the unsuccessful jobs again: {retry}" if has_failed else ""
    return f"No job is left to run: {', '.join(ends)}{remedy}"


def _unfinished(tx: Transaction, workflow_id: WorkflowId, counts: Counts) -> Iterator[Reason]:
    uninitialized = counts[JobStatus.UNINITIALIZED]
    if uninitialized:
        words = jobs_in_words(uninitialized, "is", "are")
        message = f"{words} uninitialized; initialize the workflow"
        examples = _of_status(tx, workflow_id, JobStatus.UNINITIALIZED)
        yield Reason(Code.UNINITIALIZED, message, uninitialized, examples)
    taken = counts[JobStatus.PENDING] + counts[JobStatus.RUNNING]
    if taken:
        running = _of_status(tx, workflow_id, JobStatus.RUNNING) + _of_status(tx, workflow_id, JobStatus.PENDING)
        message = (
            f"{jobs_in_words(taken, 'is', 'are')} claimed or running: {counts[JobStatus.RUNNING]} running,"
            f" {counts[JobStatus.PENDING]} claimed but not started"
        )
        yield Reason(Code.PENDING_OR_RUNNING, message, taken, running[:EXAMPLES])


def _of_status(tx: Transaction, workflow_id: WorkflowId, status: JobStatus) -> tuple[NamedJob, ...]:
    which = {"workflow_id": workflow_id, "status": status, "examples": EXAMPLES}
    return tuple(NamedJob(row["id"], short(row["name"])) for row in tx.rows(OF_STATUS, which))


# Statuses in which a job never ends by itself, and what is wrong with the remedy: for one job, and for several.
STUCK = {
    JobStatus.UNINITIALIZED: (
        Code.BEHIND_UNINITIALIZED,
        "uninitialized; initialize the workflow",
        "uninitialized; initialize the workflow",
    ),
    JobStatus.DISABLED: (
        Code.BEHIND_DISABLED,
        "disabled; reset its status to run it",
        "disabled; reset their status to run them",
    ),
    JobStatus.PENDING_FAILED: (
        Code.BEHIND_PENDING_FAILED,
        "pending_failed; decide that it failed with `torc jobs fail`, or run it again: `torc jobs reset-status`",
        "pending_failed; decide that they failed with `torc jobs fail`, or run them again: `torc jobs reset-status`",
    ),
}
# Each set is checked once, for any number of its members.
BLOCKERS = JobStatement("""
WITH blocker (id, name) AS MATERIALIZED (
    SELECT id, name FROM job INDEXED BY job_workflow_status
    WHERE workflow_id = :workflow_id AND status = :status ORDER BY id LIMIT :looked_at
),
blocking (set_id) AS MATERIALIZED (
    SELECT candidate.set_id FROM (
        SELECT DISTINCT member.set_id AS set_id
        FROM blocker CROSS JOIN dependency_set_member AS member ON member.job_id = blocker.id
    ) AS candidate
    WHERE EXISTS (
        SELECT 1 FROM job_dependency_set AS waiting CROSS JOIN job AS blocked ON blocked.id = waiting.job_id
        WHERE waiting.set_id = candidate.set_id AND blocked.status = {BLOCKED}
    )
)
SELECT blocker.id, blocker.name FROM blocker
WHERE EXISTS (
    SELECT 1 FROM dependency_set_member AS member
    WHERE member.job_id = blocker.id AND member.set_id IN (SELECT set_id FROM blocking)
)
""")
BLOCKED_BY = JobStatement("""
SELECT blocked.name FROM dependency_set_member AS member
CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = member.set_id
CROSS JOIN job AS blocked ON blocked.id = waiting.job_id
WHERE member.job_id = :job_id AND blocked.status = {BLOCKED} LIMIT 1
""")
# One incomplete dependency of a blocked job.
AWAITED = JobStatement("""
SELECT job.name, job.status FROM job_dependency_set AS waiting
CROSS JOIN dependency_set AS awaited ON awaited.id = waiting.set_id AND awaited.remaining > 0
CROSS JOIN dependency_set_member AS member ON member.set_id = awaited.id
CROSS JOIN job ON job.id = member.job_id
WHERE waiting.job_id = :job_id AND job.status {IS_INCOMPLETE} LIMIT 1
""")


def _blocked(tx: Transaction, workflow_id: WorkflowId, counts: Counts) -> Iterator[Reason]:
    blocked = counts[JobStatus.BLOCKED]
    examples = _of_status(tx, workflow_id, JobStatus.BLOCKED)
    waiting: dict[tuple[str, str], list[str]] = {}
    for job in examples:
        for row in tx.rows(AWAITED, {"job_id": job.job_id}):
            awaited = short(row["name"]), JobStatus(row["status"]).word
            waiting.setdefault(awaited, []).append(job.job_name)
    words = [f"{_listed(names)} for {name!r}, which is {status}" for (name, status), names in waiting.items()]
    # Jobs that were canceled with the workflow have ended, and do not release the jobs that wait for them.
    why = f": {'; '.join(words)}" if words else ", which did not succeed"
    message = f"{jobs_in_words(blocked, 'is', 'are')} blocked by other jobs{why}"
    yield Reason(Code.BLOCKED, message, blocked, examples)
    for status, stuck in STUCK.items():
        if counts[status]:
            yield from _blocked_by_status(tx, workflow_id, status, stuck, of=counts[status])
    others = sum(number for each, number in counts.items() if each not in COMPLETE | {JobStatus.BLOCKED})
    cycle = find_cycle(tx, workflow_id, only_blocked_are_left=not others)
    if cycle:
        yield _cycle(tx, cycle)


def _listed(names: Sequence[str]) -> str:
    """Return the first of some waiting jobs with a verb."""
    if len(names) == 1:
        return f"{names[0]!r} waits"
    return f"{names[0]!r} and {repr(names[1]) if len(names) == SHOWN else 'others'} wait"


def _blocked_by_status(
    tx: Transaction, workflow_id: WorkflowId, status: JobStatus, stuck: tuple[Code, str, str], *, of: int
) -> Iterator[Reason]:
    code, one, many = stuck
    which = {"workflow_id": workflow_id, "status": status, "looked_at": LOOKED_AT}
    blockers = tx.rows(BLOCKERS, which)
    if blockers:
        blocked = tx.value(BLOCKED_BY, {"job_id": blockers[0]["id"]})
        first, held = repr(short(blockers[0]["name"])), repr(short(blocked))
        if len(blockers) == 1:
            message = f"{first} is {one}; {held} waits for it"
        else:
            words = jobs_in_words(len(blockers), "", "that other jobs wait for are", at_least=of > LOOKED_AT)
            message = f"{words} {many}; {first} blocks {held}"
        jobs = tuple(NamedJob(row["id"], short(row["name"])) for row in blockers[:EXAMPLES])
        yield Reason(code, message, len(blockers), jobs)


NAME = Statement("SELECT name FROM job WHERE id = :job_id")


def _cycle(tx: Transaction, cycle: list[JobId]) -> Reason:
    jobs = tuple(NamedJob(job_id, short(tx.value(NAME, {"job_id": job_id}))) for job_id in cycle[:EXAMPLES])
    way = " -> ".join(repr(job.job_name) for job in jobs)
    end = "" if len(cycle) > EXAMPLES else f" -> {jobs[0].job_name!r}"
    message = (
        f"{jobs_in_words(len(cycle), 'waits for itself', 'wait for each other in a cycle')} and can never run:"
        f" {way}{' -> ...' if len(cycle) > EXAMPLES else end}; remove one of these dependencies"
    )
    return Reason(Code.CYCLE, message, len(cycle), jobs)


CANCELED_BY_CASCADE = JobStatement("""
SELECT canceled.id, canceled.name FROM (
    SELECT id, name, canceled_by_cascade FROM job INDEXED BY job_workflow_status
    WHERE workflow_id = :workflow_id AND status = {CANCELED} ORDER BY id LIMIT :looked_at
) AS canceled
WHERE canceled.canceled_by_cascade = 1
""")
# The failed jobs on which a job depends that was canceled for it. Each set is checked once, for any number of members.
FAILED_JOBS = JobStatement("""
WITH failed (id, name) AS MATERIALIZED (
    SELECT id, name FROM job INDEXED BY job_workflow_status
    WHERE workflow_id = :workflow_id AND status IN ({FAILED}, {TERMINATED}) AND ended_badly = 1
    ORDER BY id LIMIT :looked_at
),
canceling (set_id) AS MATERIALIZED (
    SELECT candidate.set_id FROM (
        SELECT DISTINCT member.set_id AS set_id
        FROM failed CROSS JOIN dependency_set_member AS member ON member.job_id = failed.id
    ) AS candidate
    WHERE EXISTS (
        SELECT 1 FROM job_dependency_set AS waiting CROSS JOIN job AS canceled ON canceled.id = waiting.job_id
        WHERE waiting.set_id = candidate.set_id AND canceled.status = {CANCELED} AND canceled.canceled_by_cascade = 1
    )
)
SELECT failed.name FROM failed
WHERE EXISTS (
    SELECT 1 FROM dependency_set_member AS member
    WHERE member.job_id = failed.id AND member.set_id IN (SELECT set_id FROM canceling)
)
LIMIT :examples
""")


def _canceled(tx: Transaction, workflow_id: WorkflowId) -> Iterator[Reason]:
    canceled = tx.rows(CANCELED_BY_CASCADE, {"workflow_id": workflow_id, "looked_at": LOOKED_AT})
    if not canceled:
        return
    failed = tx.rows(FAILED_JOBS, {"workflow_id": workflow_id, "looked_at": LOOKED_AT, "examples": EXAMPLES})
    names = ", ".join(repr(short(row["name"])) for row in failed)
    words = jobs_in_words(len(canceled), "was", "were", at_least=len(canceled) == LOOKED_AT)
    message = (
        f"{words} canceled because a dependency failed{': ' if names else ''}{names}; retry or reset the failed jobs"
    )
    jobs = tuple(NamedJob(row["id"], short(row["name"])) for row in canceled[:EXAMPLES])
    yield Reason(Code.CANCELED_BY_FAILURE, message, len(canceled), jobs)
