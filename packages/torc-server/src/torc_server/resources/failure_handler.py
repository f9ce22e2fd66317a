"""Failure handlers: rules of runners for failed jobs. The server stores them and does not interpret them."""

from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.resource import Generic, Names, Resource


class FailureHandlerModel(Record):
    """Rules of runners for failed jobs."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it belongs to.", required=True)
    name = Text("Name of the handler.", required=True)
    rules = Text("The rules, as the text of a JSON list. Runners interpret them.", required=True)


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
