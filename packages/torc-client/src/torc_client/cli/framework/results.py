"""What commands return. How it looks is the business of `cli.output`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

NO_CSV = ("csv is for lists; this is a single record.", "Choose -f table or -f json.")
"""Cause and remedy, where a single record is asked for as csv."""


class Column(Struct, frozen=True):
    """A column of a table: its heading, the member it shows, and how."""

    heading: str
    member: str
    text: Callable[[Any], str] | None = None
    right: bool = False


class Listing(Struct, frozen=True):
    """Records of one kind. `singular` and `plural` name them; `title` says whose they are.

    `when_empty` says what to do where there are none.
    """

    items: Sequence[Any]
    columns: Sequence[Column]
    singular: str
    plural: str
    title: str | None = None
    when_empty: str = ""


class Record(Struct, frozen=True):
    """One record or report, member by member. One that `failed` is shown too, and the exit code is 1.

    `members` are those that people see, in this order; JSON has all.
    """

    record: Any
    title: str | None = None
    failed: bool = False
    members: Sequence[str] = ()


class Text(Struct, frozen=True):
    """A text that is shown as it is; JSON has `value` instead. Where it `failed`, the exit code is 1."""

    text: str
    value: Any
    failed: bool = False


class Report(Struct, frozen=True):
    """Figures with a list among them: JSON has the whole `record`, csv the list, people `sentences` and the list."""

    record: Any
    listing: Listing
    sentences: Sequence[str] = ()
    failed: bool = False


class Message(Struct, frozen=True):
    """Something was changed: a sentence, and the facts that JSON has beside it."""

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    status: str = "success"


class RawText(Struct, frozen=True):
    """A text that is the same in every format."""

    text: str


Shaped = Listing | Record | Text | Report | Message
Result = Shaped | RawText
