"""Types for msgspec that are made of marshmallow schemas, for fast validation."""

from functools import cache
from typing import Annotated, Any, NotRequired, TypedDict

import marshmallow
import msgspec

from torc_server.resources.fields import members_of


@cache
def compiled(schema: type[marshmallow.Schema], raw_lists: frozenset[tuple[str, int]] = frozenset()) -> Any:
    """Make a type for msgspec of a schema: a dict with only the members that were sent.

    `raw_lists` has names of lists, whose items are left as JSON text, and their maximum lengths.
    """
    members: dict[str, Any] = {}
    raw = {name: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=most)] for name, most in raw_lists}
    for name, member in members_of(schema).items():
        native = raw[name] if name in raw else member.native()
        optional = native | None if member.allow_none else native
        members[name] = optional if member.required else NotRequired[optional]
    make: Any = TypedDict  # the type is made at run time, from the declaration
    return make(schema.__name__, members)
