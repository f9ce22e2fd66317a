"""A schema as a type that msgspec compiles: the fast twin of marshmallow's judgement."""

from functools import cache
from typing import Any, NotRequired, TypedDict

import marshmallow

from torc_server.resources.fields import members_of


@cache
def compiled(schema: type[marshmallow.Schema]) -> Any:
    """Make the schema a type for msgspec: a dict that has only what was sent."""
    members: dict[str, Any] = {}
    for name, member in members_of(schema).items():
        native = member.native() | None if member.allow_none else member.native()
        members[name] = native if member.required else NotRequired[native]
    make: Any = TypedDict  # the type is made at run time, from the declaration
    return make(schema.__name__, members)
