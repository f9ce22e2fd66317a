"""A huge workflow on which one long operation works, in many short transactions: nobody else writes to it meanwhile.

First the operation is worked out on a copy of the workflow and noted down, change by change; until then nothing has
happened, and a crash leaves nothing of it. Then it is decided, which is one row. From there on it is carried out, also
by the next server if this one dies. A deletion is decided at once: from then on the workflow is not there.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from torc_server.engine.errors import Conflict, NotFound
from torc_server.engine.ids import WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import WorkflowCanceled
from torc_server.store.changes import Change, CopiedTable
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


class Held(Conflict):
    """A long operation works on the workflow: whoever wants to write to it waits, or comes again."""

    def __init__(self, workflow_id: WorkflowId, operation: str) -> None:
        super().__init__(f"Workflow {workflow_id} is huge and in the middle of {operation}; try again a little later")
        self.workflow_id = workflow_id


# A condition on `workflow`, for lists.
NOT_BEING_DELETED = (
    "NOT EXISTS (SELECT 1 FROM long_operation AS held WHERE held.workflow_id = workflow.id AND held.is_deletion)"
)
HOLD_OF = Statement("SELECT operation, is_deletion FROM long_operation WHERE workflow_id = :workflow_id", hot=True)


def require_free(tx: Transaction, workflow_id: WorkflowId, *, writes: bool) -> None:
    """Refuse what must not see the middle of a long operation; raises Held, and NotFound during a deletion."""
    hold = tx.row(HOLD_OF, {"workflow_id": workflow_id})
    if hold is None:
        return
    if hold["is_deletion"]:
        raise NotFound(f"There is no workflow {workflow_id}")
    if writes:
        raise Held(workflow_id, hold["operation"])


MORE_JOBS = Statement("SELECT 1 FROM job WHERE workflow_id = :workflow_id LIMIT 1 OFFSET :jobs", hot=True)
ANY_ACTIVE = JobStatement("SELECT 1 FROM job WHERE workflow_id = :workflow_id AND status IN {ACTIVE} LIMIT 1", hot=True)


def has_more_jobs(tx: Transaction, workflow_id: WorkflowId, jobs: int) -> bool:
    """Whether the workflow has more jobs than that."""
    return tx.value(MORE_JOBS, {"workflow_id": workflow_id, "jobs": jobs}) is not None


def has_active_jobs(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Whether a job is pending or running."""
    return tx.value(ANY_ACTIVE, {"workflow_id": workflow_id}) is not None


NODE_ELSEWHERE = Statement("SELECT 1 FROM compute_node WHERE is_active AND workflow_id <> :workflow_id LIMIT 1")


def has_others_at_work(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Whether a compute node works on another workflow: it is going to claim and report."""
    return tx.value(NODE_ELSEWHERE, {"workflow_id": workflow_id}) is not None


ADD = Statement("INSERT INTO long_operation VALUES (:workflow_id, :operation, :is_deletion, :is_deletion)")
# As many as an operation can add: two sets for each file and each piece of user data, and a few events.
SET_ASIDE = Statement("""
SELECT 64
    + 2 * (SELECT COUNT(*) FROM file WHERE workflow_id = :workflow_id)
    + 2 * (SELECT COUNT(*) FROM user_data WHERE workflow_id = :workflow_id)
""")
LAST_ID = Statement("SELECT MAX(seq) FROM sqlite_sequence WHERE name = :table")
FORGET_LAST_ID = Statement("DELETE FROM sqlite_sequence WHERE name = :table")
SET_LAST_ID = Statement("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last_id)")
NUMBERED = ("dependency_set", "event")


def hold(tx: Transaction, workflow_id: WorkflowId, operation: str) -> dict[str, int]:
    """Keep others from writing to the workflow, and set ids aside. Gives, by table, the id that they follow."""
    tx.execute(ADD, {"workflow_id": workflow_id, "operation": operation, "is_deletion": 0})
    count = int(tx.value(SET_ASIDE, {"workflow_id": workflow_id}))
    last_ids = {}
    for table in NUMBERED:
        last_ids[table] = tx.value(LAST_ID, {"table": table}) or 0
        tx.execute(FORGET_LAST_ID, {"table": table})
        tx.execute(SET_LAST_ID, {"table": table, "last_id": last_ids[table] + count})
    return last_ids


def hide(tx: Transaction, workflow_id: WorkflowId, operation: str) -> None:
    """Let the workflow be gone for everybody: its rows follow. Tells WorkflowCanceled, so that nobody waits for it."""
    tx.execute(ADD, {"workflow_id": workflow_id, "operation": operation, "is_deletion": 1})
    tx.emit(WorkflowCanceled(workflow_id))


NOTE = Statement("INSERT INTO long_operation_change (workflow_id, change) VALUES (:workflow_id, :change)")
DECIDE = Statement("UPDATE long_operation SET is_decided = 1 WHERE workflow_id = :workflow_id")


def note(tx: Transaction, workflow_id: WorkflowId, changes: Sequence[str]) -> None:
    """Note down, as texts, some of the changes that the operation is going to make."""
    tx.execute_many(NOTE, [{"workflow_id": workflow_id, "change": change} for change in changes])


def decide(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Let what was noted down happen, whatever comes."""
    tx.execute(DECIDE, {"workflow_id": workflow_id})


NEXT = Statement("SELECT id, change FROM long_operation_change WHERE workflow_id = :workflow_id ORDER BY id LIMIT 1")
DONE = Statement("DELETE FROM long_operation_change WHERE id = :id")
RELEASE = Statement("DELETE FROM long_operation WHERE workflow_id = :workflow_id")


def carry_on(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Carry out the next change; False, and the workflow is free again, when there is none left."""
    row = tx.row(NEXT, {"workflow_id": workflow_id})
    if row is None:
        tx.execute(RELEASE, {"workflow_id": workflow_id})
        return False
    Change.from_text(row["change"]).apply(tx)
    tx.execute(DONE, {"id": row["id"]})
    return True


FORGET = Statement("""
DELETE FROM long_operation_change
WHERE id IN (SELECT id FROM long_operation_change WHERE workflow_id = :workflow_id LIMIT 20)
""")


def give_up(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Forget a part of what was noted down; False, and the workflow is free again, when nothing of it is left."""
    if tx.execute(FORGET, {"workflow_id": workflow_id}):
        return True
    tx.execute(RELEASE, {"workflow_id": workflow_id})
    return False


@dataclass(frozen=True, slots=True)
class Hold:
    """A long operation that was begun."""

    workflow_id: WorkflowId
    operation: str
    is_deletion: bool
    is_decided: bool


HOLDS = Statement("SELECT * FROM long_operation ORDER BY workflow_id")


def holds(tx: Transaction) -> list[Hold]:
    """Give all that were begun and have not ended."""
    rows: list[sqlite3.Row] = tx.rows(HOLDS)
    return [
        Hold(WorkflowId(row["workflow_id"]), row["operation"], bool(row["is_deletion"]), bool(row["is_decided"]))
        for row in rows
    ]


OF_WORKFLOW = "workflow_id = :workflow_id"
OF_SET = "set_id IN (SELECT id FROM source.dependency_set WHERE workflow_id = :workflow_id)"
OF_JOB = "job_id IN (SELECT id FROM source.job WHERE workflow_id = :workflow_id)"
# What initializing, resetting and canceling read and write, parents before their children. Results are not among it.
COPIED_TABLES = (
    CopiedTable("workflow", ("id",), "id = :workflow_id"),
    CopiedTable("resource_requirements", ("id",), OF_WORKFLOW),
    CopiedTable("compute_node", ("id",), OF_WORKFLOW),
    CopiedTable(
        "job",
        ("id",),
        OF_WORKFLOW,
        (
            *("status", "canceled_by_cascade", "ended_badly", "waiting_on", "input_hash", "attempt_id", "start_time"),
            *("active_compute_node_id", "claimed_by_node_id", "compute_node_id", "current_result_id"),
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
    # None is read; what is recorded is new.
    CopiedTable("event", ("id",), "0"),
)
