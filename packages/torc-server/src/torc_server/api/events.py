"""Events that are kept with a workflow, and the stream of those that are not."""

from dataclasses import replace
from typing import Any

from msgspec import Raw

from torc_server.api.access import through, workflow_in_path
from torc_server.api.answers import LatestEventTimestampResponse, LiveEvent
from torc_server.api.generic import ID, operations_of, view_for
from torc_server.api.of_one import ANY_MAY_FAIL, WORKFLOW_ID, of_workflow
from torc_server.api.operation import Answer, Call, Effect, Operation, Parameter, operation, stream_operation
from torc_server.engine import events
from torc_server.engine.ids import WorkflowId
from torc_server.engine.signals import Severity
from torc_server.resources import records
from torc_server.resources.event import EVENT, EventModel
from torc_server.resources.fields import Text
from torc_server.resources.json_fields import AnyJson
from torc_server.resources.resource_requirements import RESOURCE_REQUIREMENTS
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# A body that has all of these is an event, whose data is meant; any other is the data itself.
MEMBERS_OF_AN_EVENT = frozenset({"workflow_id", "timestamp", "data"})


@operation(
    "update_event",
    "PUT",
    "/events/{id}",
    tag="events",
    effect=Effect.WRITE,
    guard=through(EVENT),
    answer=EventModel,
    path_fields=ID,
    body=AnyJson("The new data; of a whole event, its data."),
    body_required=False,
    errors=(400, 403, 404),
)
def update_event(tx: Transaction, call: Call) -> Raw:
    """Replace the data of an event."""
    is_event = isinstance(call.body, dict) and call.body.keys() >= MEMBERS_OF_AN_EVENT
    records.update(tx, EVENT, call.path["id"], {"data": call.body["data"] if is_event else call.body})
    return records.one(tx, EVENT, call.path["id"], view_for(call, relations=True))


LATEST = Statement("SELECT MAX(timestamp) FROM event WHERE workflow_id = :workflow_id", hot=True)


# COMPAT 0.12: its document has this operation; until none of its clients is left.
@of_workflow("get_latest_event_timestamp", "GET", "latest_event_timestamp", answer=LatestEventTimestampResponse)
def get_latest_event_timestamp(tx: Transaction, call: Call) -> dict[str, Any]:
    """Tell when the last event of the workflow was noted."""
    return {"timestamp": tx.value(LATEST, {"workflow_id": call.path["id"]})}


@stream_operation(
    "stream_events",
    "GET",
    "/workflows/{id}/events/stream",
    tag="workflows",
    guard=workflow_in_path,
    path_fields={"id": WORKFLOW_ID},
    errors=ANY_MAY_FAIL,
    answer=LiveEvent,
    query=(
        Parameter(
            "level",
            Text(
                "The least severity that is sent: debug, info, warning or error; any other word means info.",
                nullable=False,
                default="info",
                default_shown=False,
            ),
        ),
    ),
    extension=True,
)
def stream_events(tx: Transaction, call: Call) -> Severity:
    """Follow what happens to a workflow, as server-sent events.

    Each has an id. Whoever comes back with the header Last-Event-ID gets what was missed, or an event `warning` where
    that is no longer known. Comments keep quiet streams alive.
    """
    del tx
    return Severity.__members__.get(str(call.query["level"]).upper(), Severity.INFO)


def _with_event(generic: Operation) -> Operation:
    """Keep an event of what was changed, and by whom."""

    def run(tx: Transaction, call: Call) -> Answer:
        answer = generic.run(tx, call)
        values = records.stored(tx, RESOURCE_REQUIREMENTS, call.path["id"])
        event = events.user_action(generic.id, call.identity.name, **values)
        events.record(tx, WorkflowId(values["workflow_id"]), event, now=call.now)
        return answer

    return replace(generic, run=run)


update_resource_requirements = _with_event(
    next(each for each in operations_of(RESOURCE_REQUIREMENTS) if each.id == "update_resource_requirements")
)
EVENT_OPERATIONS = (update_event, get_latest_event_timestamp, stream_events, update_resource_requirements)
