"""The results of commands. `output` prints them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

NO_CSV = ("csv is for lists; this is a single record.", "Choose -f table or -f json.")
"""Message and hint for a single record in the format csv."""


class Column(Struct, frozen=True):
    """A column of a table: its heading, its member of the record, and a function that formats the value.

    `value` takes a part of the member. `title` is the heading in csv, where that of its member in `shapes.py` does not
    fit. With `if_any`, a table has the column only if a record has a value there; csv always has it.

    Values on the right and those of `whole` columns are never shortened. With `wraps`, which has an effect on the last
    column only, a long value takes several lines.
    """

    heading: str
    member: str
    text: Callable[[Any], str] | None = None
    right: bool = False
    title: str = ""
    value: Callable[[Any], Any] | None = None
    if_any: bool = False
    whole: bool = False
    wraps: bool = False

    def of(self, record: Any) -> Any:
        """Return the value of the column in a record."""
        found = getattr(record, self.member)
        return found if self.value is None or found is None else self.value(found)


class Added(Struct, frozen=True):
    """A member that JSON output adds to a record: the value of the member `source`, or `text` of this value."""

    source: str
    text: Callable[[Any], Any] | None = None


class Shape(Struct, frozen=True):
    """How JSON output differs from the members of a result; `shapes.py` has all shapes.

    `added` are members that each record gets. `lists` are lists beside `items`: of one member of each record, or of the
    records if the member is "". If `is_bare`, a list is printed without an object around it.
    """

    added: Mapping[str, Added] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    is_bare: bool = False


PLAIN = Shape()


class Listing(Struct, frozen=True):
    """A list of records. `title` names what they belong to.

    `when_empty` is printed after an empty list: how to create such records. `total` is the number of all matching
    records if `items` may be a part of them.

    A narrow terminal shows only some of the columns: first the members in `importance`, then the first column and one
    that wraps, then the others in their order. `more` are columns that a table has only if they are asked for.
    `notes` are sentences below the table.
    """

    items: Sequence[Any]
    columns: Sequence[Column]
    singular: str
    plural: str
    title: str | None = None
    when_empty: str = ""
    total: int | None = None
    shape: Shape = PLAIN
    importance: Sequence[str] = ()
    more: Sequence[Column] = ()
    notes: Sequence[str] = ()


class Record(Struct, frozen=True):
    """One record. If `failed`, the exit code is 1.

    A table shows `members` in this order (default: all), after `sentences`; JSON has all members.
    """

    record: Any
    title: str | None = None
    failed: bool = False
    members: Sequence[str] = ()
    shape: Shape = PLAIN
    sentences: Sequence[str] = ()


class Text(Struct, frozen=True):
    """A text, printed unchanged. JSON has `value` instead. If `failed`, the exit code is 1.

    A terminal breaks the lines of one that `is_message` between words.
    """

    text: str
    value: Any
    failed: bool = False
    is_message: bool = False


class Report(Struct, frozen=True):
    """A record that contains a list: JSON has `record`, csv has the list, a table has `sentences` and the list.

    `closing` are sentences below the list, such as the next command.
    """

    record: Any
    listing: Listing
    sentences: Sequence[str] = ()
    failed: bool = False
    closing: Sequence[str] = ()


class Message(Struct, frozen=True):
    """The message of a command that changed something.

    JSON has the members of `record`, which was created or deleted, and `facts`. A member of the record takes precedence
    over a fact of the same name, and over `status` and `message`. `records` are the `items` of JSON.
    """

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    status: str = "success"
    record: Any = None
    records: Sequence[Any] | None = None
    shape: Shape = PLAIN


class RawText(Struct, frozen=True):
    """A text that is the same in every format."""

    text: str


Shaped = Listing | Record | Text | Report | Message
Result = Shaped | RawText
