"""Results as JSON: a list is `{"items": [...]}`, any other result is an object; a `Shape` adds members."""

import json
from typing import Any

import msgspec

from torc_client.cli.framework.results import PLAIN, Added, Listing, Message, Record, Report, Shape, Shaped, Text


def as_json(result: Shaped) -> str:
    """Return a result as JSON."""
    return json.dumps(_value(result), indent=2, ensure_ascii=False)


def as_json_line(record: Any, shape: Shape = PLAIN) -> str:
    """Return a record as one line of JSON."""
    return json.dumps(shaped(msgspec.to_builtins(record), shape), ensure_ascii=False)


def _value(result: Shaped) -> Any:
    match result:
        case Listing():
            records = [shaped(item, result.shape) for item in msgspec.to_builtins(result.items)]
            return records if result.shape.is_bare else {"items": records, **_lists(records, result.shape)}
        case Record():
            return shaped(msgspec.to_builtins(result.record), result.shape)
        case Report():
            return msgspec.to_builtins(result.record)
        case Text():
            return msgspec.to_builtins(result.value)
        case Message():
            return _changed(result)


def _changed(result: Message) -> dict[str, Any]:
    record = {} if result.record is None else shaped(msgspec.to_builtins(result.record), result.shape)
    ours = {**msgspec.to_builtins(result.facts), "status": result.status, "message": result.message}
    if result.records is not None:
        ours["items"] = [shaped(each, result.shape) for each in msgspec.to_builtins(result.records)]
    return {**record, **{name: value for name, value in ours.items() if name not in record}}


def shaped(record: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """Return a record with the members that its shape adds. A member without a value is not added."""
    added = {name: _added(record.get(each.source), each) for name, each in shape.added.items()}
    return {**record, **{name: value for name, value in added.items() if value is not None}}


def _added(value: Any, added: Added) -> Any:
    return value if added.text is None or value is None else added.text(value)


def _lists(records: list[dict[str, Any]], shape: Shape) -> dict[str, Any]:
    return {
        name: [record.get(member) for record in records] if member else records for name, member in shape.lists.items()
    }
