"""The parameters of lists: position and length of a page, its order, and the filter."""

from collections.abc import Mapping

from torc_server.api.operation import Call, Parameter
from torc_server.resources.fields import Boolean, Integer, Member, Text
from torc_server.resources.filtering import Conditions, FilterText, Probes, conditions_of
from torc_server.resources.generation import Generation
from torc_server.resources.lists import MAX_LIMIT, PAGE_LIMIT, is_sort_key

PAGING = (
    Parameter("offset", Integer("Number of records to skip.", nullable=False, default=0, default_shown=False)),
    Parameter("limit", Integer(f"Maximum number of records, at most {MAX_LIMIT}; {PAGE_LIMIT} if absent.")),
)
SORTING = (
    Parameter("sort_by", Text("The member to sort by. The id if absent.")),
    Parameter("reverse_sort", Boolean("Sort in descending order.", default=False, default_shown=False)),
)
# COMPAT 0.12, 0.35, 1.0: their programs expect that a list is sorted by its first key where a key does not exist. Other
# clients get an error. Remove it when none of these clients is left.
_LENIENT = frozenset({Generation.V012, Generation.V035, Generation.V100})


def limit_of(call: Call, *, default: int = PAGE_LIMIT) -> int:
    """Return the limit of a list. Without one, clients of 1.0 expect the longest page."""
    limit: int | None = call.query.get("limit")
    if limit is not None:
        return limit
    return MAX_LIMIT if call.generation is Generation.V100 else default


def sort_key_of(call: Call, members: Mapping[str, Member], default: str) -> str:
    """Return the member to sort by."""
    name: str = call.query.get("sort_by") or default
    return default if call.generation in _LENIENT and not is_sort_key(members, name) else name


FILTER = "filter"


def filter_parameter(probes: Probes) -> Parameter:
    """Return the parameter that filters a list by its fields."""
    return Parameter(FILTER, FilterText(probes), extension=True)


def filter_of(call: Call, probes: Probes) -> Conditions | None:
    """Return the conditions of the filter of a call; None without one. Raises RuleBroken."""
    text: str | None = call.query.get(FILTER)
    return conditions_of(text, probes, call.now) if text and text.strip() else None
