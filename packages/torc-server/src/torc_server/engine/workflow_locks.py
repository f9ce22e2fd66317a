"""Locks of huge workflows, and the redo log of the long operation that holds one.

A long operation changes a workflow in many short transactions. Until it ends, the workflow is locked for other writers.
The operation runs on a copy of the workflow, and its changes are logged. Until the commit the workflow is unchanged,
and a crash discards the log. The commit is one row. After it the changes are applied one by one; if the server stops,
the next server applies the rest. A deletion has no log: the workflow is marked deleted, and its rows are deleted later.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from torc_server.engine.errors import Conflict, NotFound
from torc_server.engine.ids import WorkflowId
from torc_server.engine.signals import WorkflowCanceled
from torc_server.store.changes import Change, CopiedTable
from torc_server.store.row_ids import last_id
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


class WorkflowLocked(Conflict):
    """A long operation has locked the workflow. Writers wait for it or try again."""

    def __init__(self, workflow_id: WorkflowId, operation: str) -> None:
        super().__init__(f"Workflow {workflow_id} is locked by {operation}, which is still running; try again later")
        self.workflow_id = workflow_id


# A condition on `workflow`, for lists.
NOT_BEING_DELETED = (
    "NOT EXISTS (SELECT 1 FROM long_operation AS lock WHERE lock.workflow_id = workflow.id AND lock.is_deletion)"
)
LOCK_OF_WORKFLOW = Statement(
    "SELECT operation, is_deletion FROM long_operation WHERE workflow_id = :workflow_id", hot=True
)


def require_unlocked(tx: Transaction, workflow_id: WorkflowId, *, writes: bool) -> None:
    """Refuse access to a workflow in the middle of a long operation.

    Raises WorkflowLocked if the caller writes, and NotFound during a deletion.
    """
    row = tx.row(LOCK_OF_WORKFLOW, {"workflow_id": workflow_id})
    if row is None:
        return
    if row["is_deletion"]:
        raise NotFound(f"There is no workflow {workflow_id}")
    if writes:
        raise WorkflowLocked(workflow_id, row["operation"])


def is_locked(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Whether a long operation has locked the workflow."""
    return tx.row(LOCK_OF_WORKFLOW, {"workflow_id": workflow_id}) is not None


MORE_JOBS = Statement("SELECT 1 FROM job WHERE workflow_id = :workflow_id LIMIT 1 OFFSET :jobs", hot=True)


def has_more_jobs(tx: Transaction, workflow_id: WorkflowId, jobs: int) -> bool:
    """Whether the workflow has more than that number of jobs."""
    return tx.value(MORE_JOBS, {"workflow_id": workflow_id, "jobs": jobs}) is not None


NODE_OF_OTHERS = Statement("SELECT 1 FROM compute_node WHERE is_active AND workflow_id <> :workflow_id LIMIT 1")


def is_another_workflow_active(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Whether another workflow has an active compute node, which is going to claim jobs and report."""
    return tx.value(NODE_OF_OTHERS, {"workflow_id": workflow_id}) is not None


INSERT_LOCK = Statement("""
INSERT INTO long_operation (workflow_id, operation, is_deletion, is_decided)
VALUES (:workflow_id, :operation, :is_deletion, :is_committed)
""")
# An operation adds at most this number of rows to a table: two sets for each file and each user data record, a few
# events, and a few corrected copies of requirements.
NUMBER_OF_NEW_IDS = Statement("""
SELECT 64
    + 2 * (SELECT COUNT(*) FROM file WHERE workflow_id = :workflow_id)
    + 2 * (SELECT COUNT(*) FROM user_data WHERE workflow_id = :workflow_id)
""")
DELETE_LAST_ID = Statement("DELETE FROM sqlite_sequence WHERE name = :table")
INSERT_LAST_ID = Statement("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last_id)")
TABLES_WITH_NEW_ROWS = ("dependency_set", "event", "resource_requirements")


def lock(tx: Transaction, workflow_id: WorkflowId, operation: str) -> dict[str, int]:
    """Lock the workflow and reserve ids for new rows. Returns, for each table, the id before the reserved ones."""
    tx.execute(
        INSERT_LOCK,
        {"workflow_id": workflow_id, "operation": operation, "is_deletion": False, "is_committed": False},
    )
    count = int(tx.value(NUMBER_OF_NEW_IDS, {"workflow_id": workflow_id}))
    last_ids = {}
    for table in TABLES_WITH_NEW_ROWS:
        last_ids[table] = last_id(tx, table)
        tx.execute(DELETE_LAST_ID, {"table": table})
        tx.execute(INSERT_LAST_ID, {"table": table, "last_id": last_ids[table] + count})
    return last_ids


def mark_deleted(tx: Transaction, workflow_id: WorkflowId, operation: str) -> None:
    """Mark the workflow deleted; its rows are removed later. Emits WorkflowCanceled, so that waiting requests end."""
    tx.execute(
        INSERT_LOCK,
        {"workflow_id": workflow_id, "operation": operation, "is_deletion": True, "is_committed": True},
    )
    tx.emit(WorkflowCanceled(workflow_id))


INSERT_CHANGE = Statement("INSERT INTO long_operation_change (workflow_id, change) VALUES (:workflow_id, :change)")
COMMIT_LOG = Statement("UPDATE long_operation SET is_decided = 1 WHERE workflow_id = :workflow_id")


def log_changes(tx: Transaction, workflow_id: WorkflowId, changes: Sequence[str]) -> None:
    """Append changes of the operation, as texts, to the log."""
    tx.execute_many(INSERT_CHANGE, [{"workflow_id": workflow_id, "change": change} for change in changes])


def commit(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Commit the log: from now on its changes will be applied, by this server or the next."""
    tx.execute(COMMIT_LOG, {"workflow_id": workflow_id})


NEXT_CHANGE = Statement(
    "SELECT id, change FROM long_operation_change WHERE workflow_id = :workflow_id ORDER BY id LIMIT 1"
)
DELETE_CHANGE = Statement("DELETE FROM long_operation_change WHERE id = :id")
DELETE_LOCK = Statement("DELETE FROM long_operation WHERE workflow_id = :workflow_id")


def apply_next(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Apply the next change of the log. If none is left, unlock the workflow and return False."""
    row = tx.row(NEXT_CHANGE, {"workflow_id": workflow_id})
    if row is None:
        tx.execute(DELETE_LOCK, {"workflow_id": workflow_id})
        return False
    Change.from_text(row["change"]).apply(tx)
    tx.execute(DELETE_CHANGE, {"id": row["id"]})
    return True


DELETE_SOME_CHANGES = Statement("""
DELETE FROM long_operation_change
WHERE id IN (SELECT id FROM long_operation_change WHERE workflow_id = :workflow_id LIMIT 20)
""")


def discard(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Discard a part of a log that is not committed. If none is left, unlock the workflow and return False."""
    if tx.execute(DELETE_SOME_CHANGES, {"workflow_id": workflow_id}):
        return True
    tx.execute(DELETE_LOCK, {"workflow_id": workflow_id})
    return False


@dataclass(frozen=True, slots=True)
class WorkflowLock:
    """The lock of a long operation that has not ended."""

    workflow_id: WorkflowId
    operation: str
    is_deletion: bool
    is_committed: bool


ALL_LOCKS = Statement("SELECT workflow_id, operation, is_deletion, is_decided FROM long_operation ORDER BY workflow_id")


def all_locks(tx: Transaction) -> list[WorkflowLock]:
    """Return the locks of all workflows."""
    rows: list[sqlite3.Row] = tx.rows(ALL_LOCKS)
    return [
        WorkflowLock(
            WorkflowId(row["workflow_id"]),
            row["operation"],
            is_deletion=bool(row["is_deletion"]),
            is_committed=bool(row["is_decided"]),
        )
        for row in rows
    ]


OF_WORKFLOW = "workflow_id = :workflow_id"
OF_SET = "set_id IN (SELECT id FROM source.dependency_set WHERE workflow_id = :workflow_id)"
OF_JOB = "job_id IN (SELECT id FROM source.job WHERE workflow_id = :workflow_id)"
# The tables that initializing, resetting and canceling read and write, parents before their children. These operations
# do not use results. A test requires that `job` lists every column that a statement changes.
COPIED_TABLES = (
    CopiedTable("workflow", ("id",), "id = :workflow_id"),
    CopiedTable("resource_requirements", ("id",), OF_WORKFLOW),
    CopiedTable("compute_node", ("id",), OF_WORKFLOW),
    CopiedTable("submission", ("id",), OF_WORKFLOW),
    CopiedTable("scheduled_compute_node", ("id",), OF_WORKFLOW),
    CopiedTable(
        "job",
        ("id",),
        OF_WORKFLOW,
        (
            *("status", "canceled_by_cascade", "ended_badly", "waiting_on", "input_hash", "attempt_id", "spent_run_id"),
            *("active_compute_node_id", "claimed_by_node_id", "compute_node_id", "start_time", "current_result_id"),
            *("lost_by_node_id", "chained_node_id", "resource_requirements_id"),
        ),
    ),
    CopiedTable("dependency_set", ("id",), OF_WORKFLOW),
    CopiedTable("dependency_set_member", ("job_id", "set_id"), OF_SET),
    CopiedTable("job_dependency_set", ("set_id", "job_id"), OF_SET),
    CopiedTable("file", ("id",), OF_WORKFLOW),
    CopiedTable("user_data", ("id",), OF_WORKFLOW),
    CopiedTable("job_input_file", ("job_id", "file_id"), OF_JOB),
    CopiedTable("job_output_file", ("job_id", "file_id"), OF_JOB),
    CopiedTable("job_input_user_data", ("job_id", "user_data_id"), OF_JOB),
    CopiedTable("job_output_user_data", ("job_id", "user_data_id"), OF_JOB),
    CopiedTable("workflow_action", ("id",), OF_WORKFLOW),
    CopiedTable("workflow_action_job", ("job_id", "action_id"), OF_JOB),
    CopiedTable("task", ("id",), OF_WORKFLOW),
    # No event is read. Recorded events are new rows.
    CopiedTable("event", ("id",), "0"),
)
