"""Results as JSON: a list is `{"items": [...]}`, any other result is an object."""

import json
from typing import Any

import msgspec

from torc_client.cli.framework.results import Listing, Message, Record, Report, Shaped, Text


def as_json(result: Shaped) -> str:
    """Return a result as JSON."""
    return json.dumps(_value(result), indent=2, ensure_ascii=False)


def as_json_line(record: Any) -> str:
    """Return a record as one line of JSON."""
    return json.dumps(msgspec.to_builtins(record), ensure_ascii=False)


def _value(result: Shaped) -> Any:
    match result:
        case Listing():
            return {"items": msgspec.to_builtins(result.items)}
        case Record() | Report():
            return msgspec.to_builtins(result.record)
        case Text():
            return msgspec.to_builtins(result.value)
        case Message():
            return {**msgspec.to_builtins(result.facts), "status": result.status, "message": result.message}
