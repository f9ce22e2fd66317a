"""Request bodies as typed objects, for operations whose body is not a stored record.

A field is declared once: its annotation has the type, which the type checker knows, and the member, from which
validation and document follow. `record_of` makes the record of the fields.
"""

from functools import cache
from typing import Any

import msgspec

from torc_server.resources.fields import UNSET, Member, Record


class TypedBody(msgspec.Struct, kw_only=True, frozen=True):
    """A body whose fields are annotated as ``Annotated[int, Integer("What it is.", required=True)]``.

    A subclass says ``kw_only=True, frozen=True`` itself, since msgspec does not inherit them. A field without a default
    is required. A member that is absent or null gets the default. ``rename={field: member}`` gives a field another name
    than its member.
    """


@cache
def record_of(body: type[TypedBody]) -> type[Record]:
    """Make the record of a typed body. Raises TypeError if a field and its member contradict each other."""
    members: dict[str, Member] = {}
    for each in msgspec.structs.fields(body):
        member = next(found for found in each.type.__metadata__ if isinstance(found, Member))
        if member.required is not each.required or member.default not in (UNSET, each.default):
            raise TypeError(f"{body.__name__}.{each.name} contradicts its member")
        members[each.encode_name] = member
    attributes: dict[str, Any] = {"__doc__": body.__doc__, "__module__": body.__module__, "body_type": body}
    return type(body.__name__, (Record,), {**attributes, **members})


def typed(record: type[Any], values: dict[str, Any]) -> Any:
    """Return the values of a valid body as the type that its record was made of, or as they are."""
    body_type: type[TypedBody] | None = getattr(record, "body_type", None)
    return values if body_type is None else msgspec.convert(values, body_type)
