"""Long operations as rows: asked for now, done when their turn comes, remembered with how they ended."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from torc_server.engine import events
from torc_server.engine.errors import Conflict
from torc_server.engine.events import milliseconds
from torc_server.engine.ids import TaskId, WorkflowId
from torc_server.engine.lifecycle.initialize import initialize_jobs
from torc_server.engine.signals import Severity, TaskFinished, TaskQueued
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


class TaskStatus(StrEnum):
    """How far a task got. The table's CHECK has the same words."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done."""

    id: TaskId
    workflow_id: WorkflowId
    operation: str
    arguments: Mapping[str, Any]


def _initialize(tx: Transaction, workflow_id: WorkflowId, arguments: Mapping[str, Any]) -> None:
    initialize_jobs(tx, workflow_id, **arguments)


# What a task can do, by the id of the operation that asks for it.
WORK: Mapping[str, Callable[[Transaction, WorkflowId, Mapping[str, Any]], None]] = {"initialize_jobs": _initialize}

# A task is done in one transaction together with the note that it is done.
INTERRUPTED = "The server stopped before this task was done, and it changed nothing: ask for it again"

UNFINISHED = Statement(
    "SELECT id, operation, status FROM task WHERE workflow_id = :workflow_id AND status IN ('queued', 'running')",
    hot=True,
)
ADD = Statement("""
INSERT INTO task (workflow_id, operation, arguments, status, created_at_ms)
VALUES (:workflow_id, :operation, :arguments, 'queued', :now_ms)
""")


def active_task(tx: Transaction, workflow_id: WorkflowId) -> TaskId | None:
    """Give the workflow's task that is queued or running, if there is one."""
    row = tx.row(UNFINISHED, {"workflow_id": workflow_id})
    return None if row is None else TaskId(row["id"])


def require_no_task(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Refuse what would get into the way of a task, or be undone by it; raises Conflict."""
    row = tx.row(UNFINISHED, {"workflow_id": workflow_id})
    if row is not None:
        raise Conflict(
            f"Workflow {workflow_id} has an unfinished task: {row['operation']}, task {row['id']}, is {row['status']};"
            f" wait until GET /tasks/{row['id']} says that it has ended"
        )


def queue(
    tx: Transaction, workflow_id: WorkflowId, operation: str, arguments: Mapping[str, Any], *, now: datetime
) -> TaskId:
    """Note a task that is to be done soon. Raises Conflict while another is unfinished. Tells TaskQueued."""
    require_no_task(tx, workflow_id)
    values = {
        "workflow_id": workflow_id,
        "operation": operation,
        "arguments": json.dumps(arguments),
        "now_ms": milliseconds(now),
    }
    task_id = TaskId(tx.insert(ADD, values))
    tx.emit(TaskQueued(workflow_id))
    return task_id


FIRST_QUEUED = Statement("SELECT * FROM task INDEXED BY task_queued WHERE status = 'queued' ORDER BY id LIMIT 1")
BEGIN = Statement("UPDATE task SET status = 'running', started_at_ms = :now_ms WHERE id = :task_id")


def begin_next(tx: Transaction, *, now: datetime) -> Task | None:
    """Take the task that was asked for first, and note that it runs; None when there is none."""
    row = tx.row(FIRST_QUEUED)
    if row is None:
        return None
    tx.execute(BEGIN, {"task_id": row["id"], "now_ms": milliseconds(now)})
    return Task(TaskId(row["id"]), WorkflowId(row["workflow_id"]), row["operation"], json.loads(row["arguments"]))


FINISH = Statement("""
UPDATE task SET status = :status, finished_at_ms = :now_ms, error = :error WHERE id = :task_id AND status = 'running'
""")


def perform(tx: Transaction, task: Task, *, now: datetime) -> None:
    """Do a task that runs. Raises what its work raises; a task that went with its workflow is done.

    Tells TaskFinished and what its work tells.
    """
    if _finish(tx, task, TaskStatus.SUCCEEDED, None, now):
        WORK[task.operation](tx, task.workflow_id, task.arguments)


def fail(tx: Transaction, task: Task, error: str, *, now: datetime) -> None:
    """Note why a task failed. Tells TaskFinished."""
    _finish(tx, task, TaskStatus.FAILED, error, now)


def _finish(tx: Transaction, task: Task, status: TaskStatus, error: str | None, now: datetime) -> bool:
    values = {"task_id": task.id, "status": status.value, "error": error, "now_ms": milliseconds(now)}
    if not tx.execute(FINISH, values):
        return False
    tx.emit(TaskFinished(task.workflow_id))
    data = {"task_id": task.id, "operation": task.operation, "status": status.value, "error": error}
    severity = Severity.ERROR if status is TaskStatus.FAILED else Severity.INFO
    events.announce(tx, task.workflow_id, "task_finished", severity, data)
    return True


RUNNING = Statement("SELECT * FROM task WHERE status = 'running'")


def fail_interrupted(tx: Transaction, *, now: datetime) -> int:
    """Note that tasks which seem to run were interrupted; to be called when none can. Gives how many there were."""
    rows = tx.rows(RUNNING)
    for row in rows:
        fail(tx, Task(row["id"], row["workflow_id"], row["operation"], {}), INTERRUPTED, now=now)
    return len(rows)
