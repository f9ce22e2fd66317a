"""Events of a workflow, stored by the server and by clients."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from torc_server.edge.filter_language import FieldKind
from torc_server.engine.events import milliseconds
from torc_server.engine.status import tallies
from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.filtering import number, of_kind, text
from torc_server.resources.json_fields import AnyJson
from torc_server.resources.resource import OF_WORKFLOW, Body, Filter, Generic, Names, Resource
from torc_server.store.transaction import Transaction

# Data may be null. It is handled as JSON text, because a null value of another member means "absent".
JSON_NULL = msgspec.Raw(b"null")
# The JSON parser of SQLite has a lower limit of nesting than msgspec. Data that it cannot parse has no category.
IN_CATEGORY = "CASE WHEN json_valid(event.data) THEN json_extract(event.data, '$.category') = :category END"
# Members of the data of most events, by which they can be filtered.
READ_OF_DATA = ("category", "type", "severity", "message")


class EventModel(Record):
    """An event of a workflow."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow.", required=True, fixed=True)
    timestamp = Integer(
        "Time at which the server stored the event, in milliseconds since the epoch. A value in a request is replaced.",
        required=True,
        fixed=True,
    )
    data = AnyJson("Any JSON value.", required=True, nullable=True)


def stamp_new_events(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Set the timestamp of new events."""
    del tx
    return [{"data": JSON_NULL, **body, "timestamp": milliseconds(now)} for body in bodies]


def change_data(tx: Transaction, stored: Body, body: Body) -> Body:
    """Store null as data, not as an absent member."""
    del tx, stored
    return {"data": JSON_NULL if body["data"] is None else body["data"]}


EVENT = Resource(
    table="event",
    path="events",
    names=Names(one="event", many="events", delete_one="delete_event", delete_all="delete_events"),
    schema=EventModel,
    noun="event",
    # An event is changed by a separate operation, whose body is the data.
    operations=Generic.PLAIN & ~Generic.UPDATE,
    filters=(
        Filter("category", Text("Only events whose data has this category."), IN_CATEGORY),
        Filter(
            "after_timestamp",
            Integer("Only events after this time, in milliseconds since the epoch."),
            "event.timestamp > :after_timestamp",
        ),
    ),
    prepare_new=stamp_new_events,
    prepare_change=change_data,
    tallies={OF_WORKFLOW: tallies.EVENTS},
    more_probes={
        "timestamp": of_kind(FieldKind.TIME, "(event.timestamp / 1000.0)"),
        **{
            name: text(f"CASE WHEN json_valid(event.data) THEN json_extract(event.data, '$.{name}') END")
            for name in READ_OF_DATA
        },
        "job_id": number("CASE WHEN json_valid(event.data) THEN json_extract(event.data, '$.job_id') END"),
    },
)
