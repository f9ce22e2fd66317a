"""Failure handlers: what runners do about jobs that fail. The server keeps them and reads none."""

from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.resource import Generic, Names, Resource


class FailureHandlerModel(Record):
    """What runners do about jobs that fail."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it belongs to.", required=True)
    name = Text("What jobs and people call it.", required=True)
    rules = Text("A JSON list of rules, which runners read.", required=True)


FAILURE_HANDLER = Resource(
    table="failure_handler",
    path="failure_handlers",
    names=Names.regular("failure_handler", "failure_handlers"),
    schema=FailureHandlerModel,
    noun="failure handler",
    operations=Generic.LIST | Generic.CREATE | Generic.GET | Generic.DELETE,
    below_workflow=True,
    sortable=False,
)
