"""Wait for queued operations. A task itself is a record with generic operations."""

from typing import Any

from torc_server.api.extensions import WAIT_SECONDS
from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call, NothingYet, Waiting
from torc_server.engine.lifecycle.tasks import active_task
from torc_server.engine.signals import TaskFinished, WorkflowCanceled
from torc_server.resources import records
from torc_server.resources.fields import Record
from torc_server.resources.json_fields import Part
from torc_server.resources.task import TASK, TaskModel
from torc_server.store.transaction import Transaction


class ActiveTaskResponse(Record):
    """The background task of a workflow."""

    task = Part(TaskModel, "The queued or running task. Null if there is none.")


@of_workflow(
    "get_active_task_for_workflow",
    "GET",
    "active_task",
    answer=ActiveTaskResponse,
    query=(WAIT_SECONDS,),
    waiting=Waiting((TaskFinished, WorkflowCanceled), alike=lambda call: call.path["id"]),
)
def get_active_task_for_workflow(tx: Transaction, call: Call) -> dict[str, Any] | NothingYet:
    """Return the queued or running task. With `wait_seconds`, wait until there is none."""
    task_id = active_task(tx, call.workflow_id)
    if task_id is None:
        return {"task": None}
    return NothingYet({"task": records.one(tx, TASK, task_id)})


TASK_OPERATIONS = (get_active_task_for_workflow,)
