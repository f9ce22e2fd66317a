"""Tasks: long operations that continue after the answer to their request."""

from torc_server.engine.lifecycle.tasks import TaskStatus
from torc_server.resources.fields import Integer, Record, Text, Word
from torc_server.resources.resource import Generic, Names, Resource


class TaskModel(Record):
    """A long operation on a workflow, and its status."""

    id = Integer("Set by the server.", read_only=True, required=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    operation = Text("Id of the operation, such as `initialize_jobs`.", required=True)
    status = Word(
        "Status of the task.",
        component="TaskStatus",
        words=tuple(status.value for status in TaskStatus),
        required=True,
    )
    created_at_ms = Integer("Time of the request, in milliseconds since the epoch.", required=True)
    started_at_ms = Integer("Start time, in milliseconds since the epoch.")
    finished_at_ms = Integer("End time, in milliseconds since the epoch.")
    error = Text("Error message of a failed task.")


TASK = Resource(
    table="task",
    path="tasks",
    names=Names(one="task", many="tasks", delete_one="", delete_all=""),
    schema=TaskModel,
    noun="task",
    # Tasks are created by their operations and deleted with their workflow.
    operations=Generic.GET,
    hides_foreign=True,
)
