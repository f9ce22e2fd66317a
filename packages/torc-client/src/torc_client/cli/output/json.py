"""Results as JSON: lists as `{"items": [...]}`, everything else as a flat object."""

import json
from typing import Any

import msgspec

from torc_client.cli.results import Detail, Done, Listing, Result, Written


def as_json(result: Result) -> str:
    """Return the text of a result."""
    return json.dumps(_value(result), indent=2, ensure_ascii=False)


def _value(result: Result) -> Any:
    match result:
        case Listing():
            return {"items": msgspec.to_builtins(result.items)}
        case Detail():
            return msgspec.to_builtins(result.record)
        case Written():
            return msgspec.to_builtins(result.value)
        case Done():
            return {**msgspec.to_builtins(result.facts), "status": result.status, "message": result.message}
