"""Tasks: long operations that go on after their request was answered."""

from torc_server.engine.lifecycle.tasks import TaskStatus
from torc_server.resources.fields import Integer, Record, Text, Word
from torc_server.resources.resource import Generic, Names, Resource


class TaskModel(Record):
    """A long operation on a workflow, and how far it got."""

    id = Integer("Set by the server.", read_only=True, required=True)
    workflow_id = Integer("The workflow that it works on.", required=True, fixed=True)
    operation = Text("What it does: the id of an operation, such as initialize_jobs.", required=True)
    status = Word(
        "How far it got.",
        component="TaskStatus",
        words=tuple(status.value for status in TaskStatus),
        required=True,
    )
    created_at_ms = Integer("When it was asked for, in milliseconds since the epoch.", required=True)
    started_at_ms = Integer("When it began, in milliseconds since the epoch.")
    finished_at_ms = Integer("When it ended, in milliseconds since the epoch.")
    error = Text("Why it failed.")


TASK = Resource(
    table="task",
    path="tasks",
    names=Names(one="task", many="tasks", delete_one="", delete_all=""),
    schema=TaskModel,
    noun="task",
    # They come to be by the operations that they do, and go with their workflow.
    operations=Generic.GET,
)
