"""Names of user data records: given where a spec has none, and held against those that the server makes itself."""

from collections.abc import Iterable

from torc_client.spec.expansion import ABOUT_EXPANSION, PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# Beginning of the names under which the server keeps what jobs that add jobs hand on.
RESERVED = "__torc_lineage__"


def name_user_data(records: Iterable[Record], problems: Problems) -> None:
    """Name those without a name by their places, as older specs may have them."""
    for number, record in enumerate(records, start=1):
        if "name" in record:
            continue
        place = f"user_data[{number - 1}]"
        record["name"] = f"user_data_{number}"
        if ABOUT_EXPANSION.isdisjoint(record):
            problems.warn(place, f"has no name and is called {record['name']!r}; give it one by which jobs can name it")
        else:
            problems.add(place, "the field 'name' is missing; add one with its parameters, such as 'data_{i}'")
            for field in ABOUT_EXPANSION & record.keys():  # else it would be told again that names are alike
                del record[field]


def check_user_data_names(records: Iterable[Record], problems: Problems) -> None:
    """See that no name is one of the server's own."""
    for record in records:
        if record["name"].startswith(RESERVED):
            message = f"names that begin with {RESERVED!r} are the server's own; choose another"
            problems.add(f"{record[PLACE]}.name", message)
