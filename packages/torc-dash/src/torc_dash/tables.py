"""Tables as data: from a page's query string to one bounded call, and from its answer to rows and links.

All functions are pure. The server filters, sorts and pages; this module only computes the arguments of the call and
the layout of the response. So a table with 100,000 rows costs as much as one page of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlencode

Record = TypeVar("Record")
Record_co = TypeVar("Record_co", covariant=True)

PAGE_SIZES = (25, 50, 100, 250)
DEFAULT_PAGE_SIZE = 50
# An offset is a 64-bit integer on the wire, so larger page numbers are limited to this one.
LAST_PAGE = 10_000_000


class CellKind(StrEnum):
    """How a cell is drawn; the templates have one branch for each."""

    TEXT = "text"
    NUMBER = "number"
    CODE = "code"
    STATUS = "status"
    TIME = "time"
    LINK = "link"
    PROGRESS = "progress"


@dataclass(frozen=True)
class Slice:
    """One coloured piece of a progress bar, in percent of its width."""

    status: str
    count: int
    start_percent: float
    width_percent: float


@dataclass(frozen=True)
class Cell:
    """One value of a table, as text; nothing in it is HTML."""

    text: str
    kind: CellKind = CellKind.TEXT
    href: str | None = None
    slices: tuple[Slice, ...] = ()


@dataclass(frozen=True)
class Column(Generic[Record]):
    """A column: the member to sort by (if the server can) and the function from a record to its cell."""

    key: str
    title: str
    cell: Callable[[Record], Cell]
    sortable: bool = True


class FilterKind(StrEnum):
    """Which form field a filter gets."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True)
class Filter:
    """A filter of a list. `read` converts the text of the form to the argument of the call."""

    name: str
    label: str
    kind: FilterKind = FilterKind.TEXT
    read: Callable[[str], object] = str
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class TableDefinition(Generic[Record]):
    """What the dashboard shows of one list of the server."""

    noun: str
    columns: tuple[Column[Record], ...]
    filters: tuple[Filter, ...]
    empty: str
    default_sort: str = "id"
    default_reverse: bool = False


@dataclass(frozen=True)
class TableQuery:
    """The valid part of what a page asked for; `problems` describes the invalid parts."""

    sort: str
    reverse: bool
    page: int
    size: int
    texts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of the list call."""
        return {
            "offset": (self.page - 1) * self.size,
            "limit": self.size,
            "sort_by": self.sort,
            "reverse_sort": self.reverse,
            **self.values,
        }


class Page(Protocol[Record_co]):
    """The envelope of every list response."""

    @property
    def items(self) -> Sequence[Record_co]:
        """The rows of this page."""

    @property
    def total_count(self) -> int:
        """The number of matching rows on all pages."""


@dataclass(frozen=True)
class Heading:
    """A column's heading: the link that sorts by it, and the current order."""

    title: str
    href: str | None
    sorted: str | None


@dataclass(frozen=True)
class Field:
    """A filter as a form field, with its current value."""

    name: str
    label: str
    kind: FilterKind
    value: str
    choices: tuple[str, ...]
    hint: str


@dataclass(frozen=True)
class Table:
    """All values that the table template needs."""

    noun: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    fields: tuple[Field, ...]
    problems: tuple[str, ...]
    empty: str
    filtered: bool
    total: int
    total_text: str
    """The number of matching rows with its noun: `1 job`, `1,234 jobs`."""

    first: int
    last: int
    page: int
    pages: int
    size: int
    sizes: tuple[int, ...]
    sort: str
    reverse: bool
    previous_href: str | None
    next_href: str | None
    here: str
    clear_href: str


def read_query(definition: TableDefinition[Any], query: Mapping[str, str]) -> TableQuery:
    """Parse a query string. Unknown or invalid values are replaced by defaults and described in `problems`."""
    problems: list[str] = []
    sortable = {column.key for column in definition.columns if column.sortable}
    sort = query.get("sort", "")
    reverse = query.get("reverse") == "1"
    if sort not in sortable:
        if sort:
            problems.append(f"There is no column {sort!r} to sort by.")
        sort, reverse = definition.default_sort, definition.default_reverse
    texts: dict[str, str] = {}
    values: dict[str, object] = {}
    for offered in definition.filters:
        text = query.get(offered.name, "").strip()
        if not text:
            continue
        texts[offered.name] = text
        try:
            values[offered.name] = offered.read(text)
        except ValueError:
            problems.append(f"{offered.label}: {text!r} is not {_expected(offered)}; this filter is not applied.")
    size = _bounded(query.get("size"), DEFAULT_PAGE_SIZE, max(PAGE_SIZES))
    return TableQuery(sort, reverse, _bounded(query.get("page"), 1, LAST_PAGE), size, texts, values, tuple(problems))


def shape(
    definition: TableDefinition[Record], asked: TableQuery, page: Page[Record], path: str, fixed: Mapping[str, str]
) -> Table:
    """Lay out one page of a list. `fixed` has the parameters that every link of this table keeps."""
    pages = max(1, -(-page.total_count // asked.size))
    first = (asked.page - 1) * asked.size + 1 if page.items else 0

    def link(**changes: str) -> str:
        query = {**fixed, **_query(definition, asked), **changes}
        return href(path, {name: text for name, text in query.items() if text})

    return Table(
        noun=definition.noun,
        headings=tuple(_heading(column, asked, link) for column in definition.columns),
        rows=tuple(tuple(column.cell(record) for column in definition.columns) for record in page.items),
        fields=tuple(
            Field(offer.name, offer.label, offer.kind, asked.texts.get(offer.name, ""), offer.choices, offer.hint)
            for offer in definition.filters
        ),
        problems=asked.problems,
        empty=definition.empty,
        filtered=bool(asked.values),
        total=page.total_count,
        total_text=_counted(page.total_count, definition.noun),
        first=first,
        last=first + len(page.items) - 1 if page.items else 0,
        page=asked.page,
        pages=pages,
        size=asked.size,
        sizes=tuple(sorted({*PAGE_SIZES, asked.size})),
        sort=asked.sort,
        reverse=asked.reverse,
        previous_href=link(page=str(min(asked.page - 1, pages))) if asked.page > 1 else None,
        next_href=link(page=str(asked.page + 1)) if asked.page < pages else None,
        here=link(page=str(asked.page)),
        clear_href=href(path, dict(fixed)),
    )


def href(path: str, query: Mapping[str, str]) -> str:
    """Return `path` with a query string; every value is escaped."""
    return f"{path}?{urlencode(query)}" if query else path


def integer(text: str) -> int:
    """Parse a 64-bit integer. Raises ValueError."""
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number


def flag(text: str) -> bool:
    """Parse a check box or a yes/no choice. Raises ValueError."""
    try:
        return {"yes": True, "no": False}[text.lower()]
    except KeyError:
        raise ValueError(text) from None


def _counted(number: int, plural: str) -> str:
    return f"{number:,} {plural.removesuffix('s') if number == 1 else plural}"


def _expected(offered: Filter) -> str:
    if offered.choices:
        return "one of " + ", ".join(offered.choices)
    return "a whole number" if offered.kind is FilterKind.NUMBER else "a valid value"


def _bounded(text: str | None, default: int, highest: int) -> int:
    try:
        number = int(text or default)
    except ValueError:
        return default
    return min(number, highest) if number >= 1 else default


def _query(definition: TableDefinition[Any], asked: TableQuery) -> dict[str, str]:
    """Return the parameters of a link to the same rows, without the defaults."""
    query = dict(asked.texts)
    if (asked.sort, asked.reverse) != (definition.default_sort, definition.default_reverse):
        query["sort"] = asked.sort
        if asked.reverse:
            query["reverse"] = "1"
    if asked.size != DEFAULT_PAGE_SIZE:
        query["size"] = str(asked.size)
    return query


def _heading(column: Column[Any], asked: TableQuery, link: Callable[..., str]) -> Heading:
    if not column.sortable:
        return Heading(column.title, None, None)
    if column.key != asked.sort:
        return Heading(column.title, link(sort=column.key, reverse=""), None)
    return Heading(
        column.title,
        link(sort=column.key, reverse="" if asked.reverse else "1"),
        "descending" if asked.reverse else "ascending",
    )
