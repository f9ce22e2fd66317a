"""Types for msgspec that are made of marshmallow schemas, for fast validation."""

from functools import cache
from typing import Any, NotRequired, TypedDict

import marshmallow
import msgspec

from torc_server.resources.fields import members_of


@cache
def compiled(schema: type[marshmallow.Schema], raw_lists: frozenset[str] = frozenset()) -> Any:
    """Make a type for msgspec of a schema: a dict with only the members that were sent.

    The items of the lists in `raw_lists` are left as JSON text.
    """
    members: dict[str, Any] = {}
    for name, member in members_of(schema).items():
        native = list[msgspec.Raw] if name in raw_lists else member.native()
        optional = native | None if member.allow_none else native
        members[name] = optional if member.required else NotRequired[optional]
    make: Any = TypedDict  # the type is made at run time, from the declaration
    return make(schema.__name__, members)
