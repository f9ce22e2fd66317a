"""Stored events of a workflow, the stream of its notifications, and the stream of changed workflows."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from msgspec import Raw

from torc_server.api.access import open_to_all, through, workflow_in_path
from torc_server.api.answers import ChangedWorkflows, LatestEventTimestampResponse, LiveEvent
from torc_server.api.generic import ID, operations_of, view_for
from torc_server.api.of_one import ANY_MAY_FAIL, WORKFLOW_ID, of_workflow
from torc_server.api.operation import (
    Answer,
    Call,
    Effect,
    Operation,
    Parameter,
    WorkflowTail,
    operation,
    stream_operation,
)
from torc_server.engine import events
from torc_server.engine.access.visible_workflows import visible_among
from torc_server.engine.ids import WorkflowId
from torc_server.engine.signals import Severity
from torc_server.resources import records
from torc_server.resources.event import EVENT, EventModel
from torc_server.resources.fields import Text
from torc_server.resources.json_fields import AnyJson
from torc_server.resources.resource_requirements import RESOURCE_REQUIREMENTS
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# A body with all of these members is an event with the new data. Any other body is the new data itself.
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
    body=AnyJson("The new data, or an event with the new data."),
    body_required=False,
    errors=(400, 403, 404),
)
def update_event(tx: Transaction, call: Call) -> Raw:
    """Replace the data of an event."""
    is_event = isinstance(call.body, dict) and call.body.keys() >= MEMBERS_OF_AN_EVENT
    records.update(tx, EVENT, call.path["id"], {"data": call.body["data"] if is_event else call.body})
    return records.one(tx, EVENT, call.path["id"], view_for(call, relations=True))


LATEST = Statement("SELECT MAX(timestamp) FROM event WHERE workflow_id = :workflow_id", hot=True)


# COMPAT 0.12: its document has this operation. Remove it when no client of 0.12 is left.
@of_workflow("get_latest_event_timestamp", "GET", "latest_event_timestamp", answer=LatestEventTimestampResponse)
def get_latest_event_timestamp(tx: Transaction, call: Call) -> dict[str, Any]:
    """Return the time of the last event of the workflow."""
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
                "The lowest severity that is sent: debug, info, warning or error. Any other word means info.",
                nullable=False,
                default="info",
                default_shown=False,
            ),
        ),
    ),
    extension=True,
)
def stream_events(tx: Transaction, call: Call) -> Severity:
    """Stream notifications about a workflow, as server-sent events.

    Each has an id. A client that reconnects with the header Last-Event-ID gets the missed notifications, or an event
    `warning` if they are not available any more. Comments keep idle connections open.
    """
    del tx
    return Severity.__members__.get(str(call.query["level"]).upper(), Severity.INFO)


@stream_operation(
    "stream_workflow_changes",
    "GET",
    "/events/stream",
    tag="events",
    guard=open_to_all,
    errors=(400, 409),
    answer=ChangedWorkflows,
    query=(Parameter("user", Text("Only workflows of this owner.", nullable=False)),),
    extension=True,
)
def stream_workflow_changes(tx: Transaction, call: Call) -> WorkflowTail:
    """Stream which workflows changed, as server-sent events `workflows_changed`, at most one in a second.

    For a page with a list of workflows: it says what to read again, not what is new. With access control, the ids are
    those of workflows that the caller may use. Comments keep idle connections open.
    """
    del tx
    return WorkflowTail(partial(_visible, call))


def _visible(call: Call, tx: Transaction, ids: Sequence[int]) -> list[int]:
    return visible_among(tx, call.caller, call.query.get("user"), ids)


def _with_event(generic: Operation) -> Operation:
    """Also store an event with the new values and the user."""

    def run(tx: Transaction, call: Call) -> Answer:
        answer = generic.run(tx, call)
        values = records.stored(tx, RESOURCE_REQUIREMENTS, call.path["id"])
        event = events.user_action_event(generic.id, call.identity.name, **values)
        events.record(tx, WorkflowId(values["workflow_id"]), event, now=call.now)
        return answer

    return replace(generic, run=run)


update_resource_requirements = _with_event(
    next(each for each in operations_of(RESOURCE_REQUIREMENTS) if each.id == "update_resource_requirements")
)
EVENT_OPERATIONS = (
    update_event,
    get_latest_event_timestamp,
    stream_events,
    stream_workflow_changes,
    update_resource_requirements,
)
