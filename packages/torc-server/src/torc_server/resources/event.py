"""Events: what happened to a workflow, as the server and its clients note it down."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from torc_server.engine.events import milliseconds
from torc_server.engine.status import tallies
from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.json_fields import AnyJson
from torc_server.resources.resource import OF_WORKFLOW, Body, Filter, Generic, Names, Resource
from torc_server.store.transaction import Transaction

# Data may be null, and so is kept as its text, since elsewhere null means "absent".
JSON_NULL = msgspec.Raw(b"null")
# SQLite's own reader of JSON does not go as deep as ours: what it cannot read has no category.
IN_CATEGORY = "CASE WHEN json_valid(event.data) THEN json_extract(event.data, '$.category') = :category END"


class EventModel(Record):
    """Something that happened to a workflow."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow.", required=True, fixed=True)
    timestamp = Integer(
        "When the server noted it, in milliseconds since the epoch; what is sent is overridden.",
        required=True,
        fixed=True,
    )
    data = AnyJson("Any JSON value.", required=True, nullable=True)


def stamp_new_events(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Give them the server's time."""
    del tx
    return [{"data": JSON_NULL, **body, "timestamp": milliseconds(now)} for body in bodies]


def change_data(tx: Transaction, stored: Body, body: Body) -> Body:
    """Take null as the data that it is."""
    del tx, stored
    return {"data": JSON_NULL if body["data"] is None else body["data"]}


EVENT = Resource(
    table="event",
    path="events",
    names=Names(one="event", many="events", delete_one="delete_event", delete_all="delete_events"),
    schema=EventModel,
    noun="event",
    # Changing one is an operation of its own: its body is the data.
    operations=Generic.PLAIN & ~Generic.UPDATE,
    filters=(
        Filter("category", Text("Only events whose data has exactly this category."), IN_CATEGORY),
        Filter(
            "after_timestamp",
            Integer("Only events after this time, in milliseconds since the epoch."),
            "event.timestamp > :after_timestamp",
        ),
    ),
    prepare_new=stamp_new_events,
    prepare_change=change_data,
    tallies={OF_WORKFLOW: tallies.EVENTS},
)
