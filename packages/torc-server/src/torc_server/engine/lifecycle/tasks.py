"""Tasks: long operations that are stored as rows, run in order, and kept with their outcome."""

import json
import sqlite3
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
    """The status of a task. The CHECK constraint of the table has the same words."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Task:
    """A stored task."""

    id: TaskId
    workflow_id: WorkflowId
    operation: str
    arguments: Mapping[str, Any]


def _initialize(tx: Transaction, workflow_id: WorkflowId, arguments: Mapping[str, Any]) -> None:
    initialize_jobs(tx, workflow_id, **arguments)


# The functions of tasks, by the id of the operation that queues them.
WORK: Mapping[str, Callable[[Transaction, WorkflowId, Mapping[str, Any]], None]] = {"initialize_jobs": _initialize}

# A task and its new status are committed in one transaction.
INTERRUPTED = "The server stopped before this task finished, and no change was stored; start the task again"

# Clients of 1.0 wait for this event on the stream.
COMPLETED_EVENT = "task_completed"

UNFINISHED = Statement(
    "SELECT id, operation, arguments, status FROM task"
    " WHERE workflow_id = :workflow_id AND status IN ('queued', 'running')",
    hot=True,
)
ADD = Statement("""
INSERT INTO task (workflow_id, operation, arguments, status, created_at_ms)
VALUES (:workflow_id, :operation, :arguments, 'queued', :now_ms)
""")


def active_task(tx: Transaction, workflow_id: WorkflowId) -> TaskId | None:
    """Return the queued or running task of the workflow, or None."""
    row = tx.row(UNFINISHED, {"workflow_id": workflow_id})
    return None if row is None else TaskId(row["id"])


def require_no_task(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Raise Conflict if the workflow has an unfinished task."""
    row = tx.row(UNFINISHED, {"workflow_id": workflow_id})
    if row is not None:
        raise _unfinished(workflow_id, row, "an unfinished task")


def _unfinished(workflow_id: WorkflowId, row: sqlite3.Row, noun: str) -> Conflict:
    return Conflict(
        f"Workflow {workflow_id} has {noun}: {row['operation']}, task {row['id']}, is {row['status']};"
        f" wait until GET /tasks/{row['id']} reports that it has finished",
        details={"existing_task_id": row["id"], "existing_operation": row["operation"]},
    )


def queue(
    tx: Transaction, workflow_id: WorkflowId, operation: str, arguments: Mapping[str, Any], *, now: datetime
) -> TaskId:
    """Queue a task. Emits TaskQueued. A repeated request gets the unfinished task of the first one.

    Raises Conflict while a task of another request is unfinished. Two requests are equal if they have the same
    arguments, also of different users.
    """
    row = tx.row(UNFINISHED, {"workflow_id": workflow_id})
    if row is not None:
        if (row["operation"], _parameters(json.loads(row["arguments"]))) != (operation, _parameters(arguments)):
            raise _unfinished(workflow_id, row, "an unfinished task with different parameters")
        return TaskId(row["id"])
    values = {
        "workflow_id": workflow_id,
        "operation": operation,
        "arguments": json.dumps(arguments),
        "now_ms": milliseconds(now),
    }
    task_id = TaskId(tx.insert(ADD, values))
    tx.emit(TaskQueued(workflow_id))
    return task_id


def _parameters(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != "user"}


FIRST_QUEUED = Statement("SELECT * FROM task INDEXED BY task_queued WHERE status = 'queued' ORDER BY id LIMIT 1")
BEGIN = Statement("UPDATE task SET status = 'running', started_at_ms = :now_ms WHERE id = :task_id")


def begin_next(tx: Transaction, *, now: datetime) -> Task | None:
    """Return the oldest queued task and mark it as running; None if no task is queued."""
    row = tx.row(FIRST_QUEUED)
    if row is None:
        return None
    tx.execute(BEGIN, {"task_id": row["id"], "now_ms": milliseconds(now)})
    return _task(row)


def _task(row: sqlite3.Row) -> Task:
    return Task(TaskId(row["id"]), WorkflowId(row["workflow_id"]), row["operation"], json.loads(row["arguments"]))


FINISH = Statement("""
UPDATE task SET status = :status, finished_at_ms = :now_ms, error = :error WHERE id = :task_id AND status = 'running'
""")


def perform(tx: Transaction, task: Task, *, now: datetime) -> None:
    """Run a task and mark it as succeeded. Raises the errors of its function. A deleted task does nothing.

    Emits TaskFinished and the signals of its function.
    """
    if _finish(tx, task, TaskStatus.SUCCEEDED, None, now):
        WORK[task.operation](tx, task.workflow_id, task.arguments)


def fail(tx: Transaction, task: Task, error: str, *, now: datetime) -> None:
    """Mark a task as failed, with its error. Emits TaskFinished."""
    _finish(tx, task, TaskStatus.FAILED, error, now)


def _finish(tx: Transaction, task: Task, status: TaskStatus, error: str | None, now: datetime) -> bool:
    values = {"task_id": task.id, "status": status.value, "error": error, "now_ms": milliseconds(now)}
    if not tx.execute(FINISH, values):
        return False
    tx.emit(TaskFinished(task.workflow_id))
    severity = Severity.ERROR if status is TaskStatus.FAILED else Severity.INFO
    data = {
        "category": "tasks",
        "type": COMPLETED_EVENT,
        "task_id": task.id,
        "operation": task.operation,
        "status": status.value,
        "user": task.arguments.get("user", events.UNKNOWN_USER),
        "message": f"Task {task.id} ({task.operation}) {status.value}",
        "error": error,
    }
    events.announce(tx, task.workflow_id, COMPLETED_EVENT, severity, data)
    return True


RUNNING = Statement("SELECT * FROM task WHERE status = 'running'")


def fail_interrupted(tx: Transaction, *, now: datetime) -> int:
    """Mark running tasks as failed when the server starts. Return their number."""
    rows = tx.rows(RUNNING)
    for row in rows:
        fail(tx, _task(row), INTERRUPTED, now=now)
    return len(rows)
