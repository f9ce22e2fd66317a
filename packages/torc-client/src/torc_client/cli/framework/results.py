"""The results of commands. `output` prints them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

NO_CSV = ("csv is for lists; this is a single record.", "Choose -f table or -f json.")
"""Message and hint for a single record in the format csv."""


class Column(Struct, frozen=True):
    """A column of a table: its heading, its member of the record, and a function that formats the value."""

    heading: str
    member: str
    text: Callable[[Any], str] | None = None
    right: bool = False


class Listing(Struct, frozen=True):
    """A list of records. `title` names what they belong to.

    `when_empty` is printed after an empty list: how to create such records. `total` is the number of all matching
    records if `items` may be a part of them.
    """

    items: Sequence[Any]
    columns: Sequence[Column]
    singular: str
    plural: str
    title: str | None = None
    when_empty: str = ""
    total: int | None = None


class Record(Struct, frozen=True):
    """One record. If `failed`, the exit code is 1.

    A table shows `members` in this order (default: all); JSON has all.
    """

    record: Any
    title: str | None = None
    failed: bool = False
    members: Sequence[str] = ()


class Text(Struct, frozen=True):
    """A text, printed unchanged. JSON has `value` instead. If `failed`, the exit code is 1."""

    text: str
    value: Any
    failed: bool = False


class Report(Struct, frozen=True):
    """A record that contains a list: JSON has `record`, csv has the list, a table has `sentences` and the list."""

    record: Any
    listing: Listing
    sentences: Sequence[str] = ()
    failed: bool = False


class Message(Struct, frozen=True):
    """The message of a command that changed something. JSON has `facts` too."""

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    status: str = "success"


class RawText(Struct, frozen=True):
    """A text that is the same in every format."""

    text: str


Shaped = Listing | Record | Text | Report | Message
Result = Shaped | RawText
