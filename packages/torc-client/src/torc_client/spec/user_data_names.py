"""Names of user data records: the default name, and names that the server reserves."""

from collections.abc import Iterable

from torc_client.spec.codes import Code
from torc_client.spec.expansion import ABOUT_EXPANSION, PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# The server stores the state of lineages of dynamic jobs under names with this prefix.
RESERVED = "__torc_lineage__"


def name_user_data(records: Iterable[Record], problems: Problems) -> None:
    """Name records without a name by their position. Older specs may have such records."""
    for number, record in enumerate(records, start=1):
        if "name" in record:
            continue
        place = f"user_data[{number - 1}]"
        record["name"] = f"user_data_{number}"
        if ABOUT_EXPANSION.isdisjoint(record):
            reason = f"has no name, so its name is {record['name']!r}"
            problems.warn(Code.UNNAMED_USER_DATA, place, reason, "add a name that jobs can use")
        else:
            fix = "add one with its parameters, such as 'data_{i}'"
            problems.add(Code.MISSING_FIELD, place, "the field 'name' is missing", fix)
            for field in ABOUT_EXPANSION & record.keys():  # otherwise its instances would have equal names
                del record[field]


def check_user_data_names(records: Iterable[Record], problems: Problems) -> None:
    """Check that no name is reserved by the server."""
    for record in records:
        if record["name"].startswith(RESERVED):
            reason = f"the server reserves names that begin with {RESERVED!r}"
            problems.add(Code.RESERVED_NAME, f"{record[PLACE]}.name", reason, "choose another name")
