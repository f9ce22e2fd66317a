"""The invariants of the database, which hold after each commit. `check` lists the broken ones."""

from torc_server.engine.job_row import JobStatement
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Each invariant as a sentence, and a query for the rows that break it. Each query has one column.
INVARIANTS: tuple[tuple[str, Statement], ...] = (
    (
        "foreign keys refer to existing rows",
        Statement("""SELECT "table" || COALESCE(' ' || rowid, '') || ' to ' || parent FROM pragma_foreign_key_check"""),
    ),
    (
        "a set's remaining counts its members that are not complete",
        JobStatement("""
SELECT awaited.id FROM dependency_set AS awaited WHERE awaited.remaining <> (
    SELECT COUNT(*) FROM dependency_set_member AS member JOIN job ON job.id = member.job_id
    WHERE member.set_id = awaited.id AND job.status {IS_INCOMPLETE}
)
"""),
    ),
    (
        "a set's bad counts its members that block dependents",
        Statement("""
SELECT awaited.id FROM dependency_set AS awaited WHERE awaited.bad <> (
    SELECT COUNT(*) FROM dependency_set_member AS member JOIN job ON job.id = member.job_id
    WHERE member.set_id = awaited.id AND job.ended_badly = 1
)
"""),
    ),
    (
        "a job's waiting_on counts its sets with remaining members",
        Statement("""
SELECT job.id FROM job WHERE job.waiting_on <> (
    SELECT COUNT(*) FROM job_dependency_set AS waiting JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
    WHERE waiting.job_id = job.id AND awaited.remaining > 0
)
"""),
    ),
    (
        "sets, members and waiting jobs are of one workflow",
        Statement("""
SELECT awaited.id FROM dependency_set AS awaited
JOIN dependency_set_member AS member ON member.set_id = awaited.id
JOIN job ON job.id = member.job_id WHERE job.workflow_id <> awaited.workflow_id
UNION
SELECT awaited.id FROM dependency_set AS awaited
JOIN job_dependency_set AS waiting ON waiting.set_id = awaited.id
JOIN job ON job.id = waiting.job_id WHERE job.workflow_id <> awaited.workflow_id
"""),
    ),
    (
        "a job's needs are those of its resource requirements",
        Statement("""
SELECT job.id FROM job JOIN resource_requirements AS needed ON needed.id = job.resource_requirements_id
WHERE (job.needs_gpus, job.needs_runtime_seconds, job.needs_memory_bytes, job.needs_cpus, job.needs_nodes)
    <> (needed.num_gpus, needed.runtime_seconds, needed.memory_bytes, needed.num_cpus, needed.num_nodes)
"""),
    ),
    (
        "allocations and tokens are of the workflow of their submission",
        Statement("""
SELECT 'allocation ' || allocation.id FROM scheduled_compute_node AS allocation
JOIN submission ON submission.id = allocation.submission_id WHERE submission.workflow_id <> allocation.workflow_id
UNION ALL
SELECT 'token ' || token.id FROM token
JOIN submission ON submission.id = token.submission_id WHERE submission.workflow_id <> token.workflow_id
"""),
    ),
    (
        "only failed, canceled and terminated jobs block dependents",
        JobStatement("SELECT id FROM job WHERE ended_badly = 1 AND status NOT IN ({FAILED}, {CANCELED}, {TERMINATED})"),
    ),
    (
        "a job does not stay blocked by a deleted job",
        JobStatement("""
SELECT id FROM job WHERE status = {BLOCKED} AND waiting_on = 0 AND EXISTS (
    SELECT 1 FROM job_dependency_set AS waiting JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
    WHERE waiting.job_id = job.id AND awaited.digest IS NULL
) AND NOT EXISTS (
    SELECT 1 FROM job_dependency_set AS waiting
    JOIN dependency_set_member AS member ON member.set_id = waiting.set_id
    JOIN job AS before ON before.id = member.job_id
    WHERE waiting.job_id = job.id AND before.status = {CANCELED} AND before.canceled_by_cascade = 0
)
"""),
    ),
    (
        "a job canceled by cascade is canceled, blocks dependents, waits for no job and has a failed dependency",
        JobStatement("""
SELECT id FROM job WHERE canceled_by_cascade = 1 AND NOT (
    status = {CANCELED} AND waiting_on = 0 AND ended_badly = 1 AND EXISTS (
        SELECT 1 FROM job_dependency_set AS waiting JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
        WHERE waiting.job_id = job.id AND (awaited.bad > 0 OR awaited.digest IS NULL)
    )
)
"""),
    ),
    (
        "only running jobs have an active node, and a running job has a start time",
        JobStatement("""
SELECT id FROM job
WHERE (active_compute_node_id IS NOT NULL AND status <> {RUNNING}) OR (status = {RUNNING} AND start_time IS NULL)
"""),
    ),
    (
        "only pending jobs have a claimant",
        JobStatement("SELECT id FROM job WHERE claimed_by_node_id IS NOT NULL AND status <> {PENDING}"),
    ),
    (
        "only ready jobs at a later attempt were returned to the queue by a lost lease",
        JobStatement("""
SELECT id FROM job WHERE lost_by_node_id IS NOT NULL AND NOT (status = {READY} AND attempt_id > 1)
"""),
    ),
    (
        "no pending or running job is held by a node as a chained job",
        JobStatement("SELECT id FROM job WHERE chained_node_id IS NOT NULL AND status IN {ACTIVE}"),
    ),
    (
        "the owner of an unfinished action is an active node of its workflow",
        Statement("""
SELECT id FROM workflow_action WHERE owner_node_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM compute_node WHERE compute_node.id = workflow_action.owner_node_id AND compute_node.is_active
    AND compute_node.workflow_id = workflow_action.workflow_id
)
"""),
    ),
    (
        "an action's count includes every job that was counted for it",
        Statement("""
SELECT id FROM workflow_action WHERE trigger_type IN ('on_jobs_ready', 'on_jobs_complete') AND trigger_count < (
    SELECT COUNT(*) FROM workflow_action_job AS followed
    WHERE followed.action_id = workflow_action.id AND followed.counted = 1
)
"""),
    ),
    (
        "a job's current result is a result of that job",
        Statement("""
SELECT job.id FROM job LEFT JOIN result ON result.id = job.current_result_id AND result.job_id = job.id
WHERE job.current_result_id IS NOT NULL AND result.id IS NULL
"""),
    ),
    (
        "the tally of jobs equals the number of jobs",
        JobStatement("""
SELECT 'block ' || block || ' of workflow ' || workflow_id FROM (
    SELECT * FROM job_tally WHERE uninitialized OR blocked OR ready_or_running OR completed OR failed OR canceled
        OR terminated OR disabled OR pending_failed
    UNION ALL
    SELECT workflow_id, id >> 13, SUM(status = {UNINITIALIZED}), SUM(status = {BLOCKED}),
        SUM(status BETWEEN {READY} AND {RUNNING}), SUM(status = {COMPLETED}), SUM(status = {FAILED}),
        SUM(status = {CANCELED}), SUM(status = {TERMINATED}), SUM(status = {DISABLED}), SUM(status = {PENDING_FAILED})
    FROM job GROUP BY workflow_id, id >> 13
) GROUP BY workflow_id, block, uninitialized, blocked, ready_or_running, completed, failed, canceled, terminated,
    disabled, pending_failed
HAVING COUNT(*) <> 2
"""),
    ),
    (
        "a job is of a group of its workflow",
        Statement("""
SELECT job.id FROM job LEFT JOIN job_group ON job_group.id = job.group_id AND job_group.workflow_id = job.workflow_id
WHERE job_group.id IS NULL
"""),
    ),
    (
        "the counts of a group of jobs equal the numbers of its jobs",
        JobStatement("""
SELECT group_id FROM (
    SELECT id AS group_id, uninitialized, blocked, ready_or_running, completed, failed, canceled, terminated, disabled,
        pending_failed
    FROM job_group WHERE uninitialized OR blocked OR ready_or_running OR completed OR failed OR canceled
        OR terminated OR disabled OR pending_failed
    UNION ALL
    SELECT group_id, SUM(status = {UNINITIALIZED}), SUM(status = {BLOCKED}),
        SUM(status BETWEEN {READY} AND {RUNNING}), SUM(status = {COMPLETED}), SUM(status = {FAILED}),
        SUM(status = {CANCELED}), SUM(status = {TERMINATED}), SUM(status = {DISABLED}), SUM(status = {PENDING_FAILED})
    FROM job GROUP BY group_id
) GROUP BY group_id, uninitialized, blocked, ready_or_running, completed, failed, canceled, terminated, disabled,
    pending_failed
HAVING COUNT(*) <> 2
"""),
    ),
    (
        "the tallies of rows equal the numbers of rows",
        Statement("""
SELECT counted || ' in block ' || block || ' of workflow ' || workflow_id FROM (
    SELECT workflow_id, counted, block, number FROM row_tally WHERE number <> 0
    UNION ALL SELECT workflow_id, 'current_result', current_result_id >> 13, COUNT(*) FROM job
    WHERE current_result_id IS NOT NULL GROUP BY 1, 3
    UNION ALL SELECT workflow_id, 'file', id >> 13, COUNT(*) FROM file GROUP BY 1, 3
    UNION ALL SELECT workflow_id, 'user_data', id >> 13, COUNT(*) FROM user_data GROUP BY 1, 3
    UNION ALL SELECT workflow_id, 'event', id >> 13, COUNT(*) FROM event GROUP BY 1, 3
    UNION ALL SELECT workflow_id, 'slurm_stats', id >> 13, COUNT(*) FROM slurm_stats GROUP BY 1, 3
) GROUP BY workflow_id, counted, block, number HAVING COUNT(*) <> 2
"""),
    ),
)
# Hold unless a status was set by manage_status_change, which can make a job ready while its dependencies run, and
# blocked while it waits for none. After the workflow was canceled, dependents of the canceled jobs stay blocked.
UNLESS_SET_BY_HAND: tuple[tuple[str, Statement], ...] = (
    (
        "a ready job without an attempt waits for no job, unless a job before it runs again",
        JobStatement("""
SELECT job.id FROM job WHERE job.status = {READY} AND job.waiting_on > 0 AND NOT EXISTS (
    SELECT 1 FROM job_dependency_set AS waiting
    JOIN dependency_set_member AS member ON member.set_id = waiting.set_id
    JOIN job AS before ON before.id = member.job_id
    WHERE waiting.job_id = job.id AND before.status {IS_INCOMPLETE}
    AND EXISTS (SELECT 1 FROM result WHERE result.job_id = before.id)
) AND job.origin IS NULL
"""),
    ),
    (
        "a blocked job waits for a job",
        JobStatement("""
SELECT id FROM job WHERE status = {BLOCKED} AND waiting_on = 0 AND NOT EXISTS (
    SELECT 1 FROM job_dependency_set AS waiting
    JOIN dependency_set_member AS member ON member.set_id = waiting.set_id
    JOIN job AS before ON before.id = member.job_id
    WHERE waiting.job_id = job.id AND before.status = {CANCELED} AND before.canceled_by_cascade = 0
)
"""),
    ),
)


# A job that cannot end. The server repairs the second after some minutes, so that it may hold for a time.
CANNOT_END: tuple[tuple[str, Statement], ...] = (
    (
        "a job that runs, or can run, has no result for its run and attempt",
        JobStatement("""
SELECT job.id FROM job JOIN workflow ON workflow.id = job.workflow_id
JOIN result ON result.job_id = job.id AND result.run_id = workflow.run_id AND result.attempt_id = job.attempt_id
WHERE job.status IN ({BLOCKED}, {READY}, {PENDING}, {RUNNING})
"""),
    ),
    (
        "a running job has an active compute node",
        JobStatement("""
SELECT job.id FROM job
LEFT JOIN compute_node AS node ON node.id = COALESCE(job.active_compute_node_id, job.compute_node_id)
WHERE job.status = {RUNNING} AND COALESCE(node.is_active, 0) = 0
"""),
    ),
)

# What the server keeps true itself, and what changes by hand and clients of other versions can break.
UNLESS_CHANGED_BY_CLIENTS: tuple[tuple[str, Statement], ...] = (
    (
        "the compute node that claimed a pending job is active",
        JobStatement("""
SELECT job.id FROM job LEFT JOIN compute_node AS node ON node.id = job.claimed_by_node_id
WHERE job.status = {PENDING} AND job.claimed_by_node_id IS NOT NULL AND COALESCE(node.is_active, 0) = 0
"""),
    ),
    (
        "a result is of a run and an attempt that began",
        Statement("""
SELECT 'result ' || result.id FROM result JOIN job ON job.id = result.job_id
JOIN workflow ON workflow.id = result.workflow_id
WHERE result.run_id > workflow.run_id OR (result.run_id = workflow.run_id AND result.attempt_id > job.attempt_id)
"""),
    ),
    (
        "a completed job has no failed dependency, unless it runs after failures",
        JobStatement("""
SELECT id FROM job WHERE status = {COMPLETED} AND cancel_on_blocking_job_failure AND EXISTS (
    SELECT 1 FROM job_dependency_set AS waiting JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
    WHERE waiting.job_id = job.id AND awaited.bad > 0
)
"""),
    ),
)


def check(tx: Transaction, *, set_by_hand: bool = False) -> list[str]:
    """Return the broken invariants with the rows that break them; empty if all hold.

    `set_by_hand`: whether statuses were set by manage_status_change.
    """
    broken = []
    for sentence, query in (*INVARIANTS, *(() if set_by_hand else UNLESS_SET_BY_HAND)):
        culprits = [str(row[0]) for row in tx.rows(query)]
        if culprits:
            broken.append(f"broken invariant: {sentence}: {', '.join(culprits[:20])}")
    return broken


def check_running(tx: Transaction) -> list[str]:
    """Return what `check_any` returns, the jobs that cannot end, and the promises that clients broke."""
    broken = check_any(tx)
    for title, invariants in (("jobs that cannot end", CANNOT_END), ("broken promise", UNLESS_CHANGED_BY_CLIENTS)):
        for sentence, query in invariants:
            culprits = [str(row[0]) for row in tx.rows(query)]
            if culprits:
                broken.append(f"{title}: {sentence}: {', '.join(culprits[:20])}")
    return broken


def check_any(tx: Transaction) -> list[str]:
    """Return the broken invariants of a database whose statuses may have been set by hand."""
    return check(tx, set_by_hand=True)
