"""The largest bodies that operations accept. `fields` and `json_fields` have the longest texts and lists.

The bounds of a body follow from its shape, so a new operation has bounds without being listed here. They are checked on
the bytes, before any object is made: a value of two bytes can become an object of a hundred.
"""

from dataclasses import dataclass
from functools import cache

import marshmallow

from torc_server.resources.fields import Member, members_of
from torc_server.resources.json_fields import AnyJson, JsonObject, Many, Part

MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest body: its bytes, and its values, which are the items of lists and the members of objects.

    The setting `--max-request-body-mb` limits the bytes too.
    """

    num_bytes: int
    num_values: int


# A job can depend on a million jobs.
ONE_RECORD = Bounds(num_bytes=32 * MIB, num_values=1_100_000)
# 100,001 jobs with all their members are three million values. Only the setting limits the bytes.
MANY_RECORDS = Bounds(num_bytes=2**40, num_values=5_000_000)


@cache
def bounds_of(shape: type[marshmallow.Schema] | Member) -> Bounds:
    """Return the bounds of a body: those of many records also for values that users choose, such as user data."""
    members = [shape] if isinstance(shape, Member) else list(members_of(shape).values())
    return MANY_RECORDS if any(_is_large(each) for each in members if not each.read_only) else ONE_RECORD


def _is_large(member: Member) -> bool:
    return (isinstance(member, Many) and isinstance(member.item, Part)) or (
        isinstance(member, AnyJson) and not isinstance(member, JsonObject)
    )
