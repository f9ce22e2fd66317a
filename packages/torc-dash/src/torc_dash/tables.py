"""Tables as data: from a page's query string to one bounded call, and from its answer to rows and links.

Everything here is a pure function. The server filters, sorts and cuts; this module only decides what to ask for and
how the answer looks, so a table of 100,000 rows costs what one page of it costs.
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
# An offset is a 64-bit integer on the wire: a page number beyond this is a typing error.
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
    """A column: the member it sorts by (if the server can) and how a record becomes its cell."""

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
    """A filter that the server offers for a list. `read` turns the text of the form into the value of the call."""

    name: str
    label: str
    kind: FilterKind = FilterKind.TEXT
    read: Callable[[str], object] = str
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class TableOf(Generic[Record]):
    """What the dashboard shows of one list of the service."""

    noun: str
    columns: tuple[Column[Record], ...]
    filters: tuple[Filter, ...]
    empty: str
    default_sort: str = "id"
    default_reverse: bool = False


@dataclass(frozen=True)
class Wish:
    """What a page asked for, after everything that makes no sense was left out; `problems` say what was."""

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
    """The envelope of every list answer."""

    @property
    def items(self) -> Sequence[Record_co]:
        """The rows of this page."""

    @property
    def total_count(self) -> int:
        """How many rows match, on all pages."""


@dataclass(frozen=True)
class Heading:
    """A column's heading: where a click on it leads, and how the table is sorted by it now."""

    title: str
    href: str | None
    sorted: str | None


@dataclass(frozen=True)
class Field:
    """A filter as a form field, with what it holds now."""

    name: str
    label: str
    kind: FilterKind
    value: str
    choices: tuple[str, ...]
    hint: str


@dataclass(frozen=True)
class Table:
    """Everything that the table template needs."""

    noun: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    fields: tuple[Field, ...]
    problems: tuple[str, ...]
    empty: str
    filtered: bool
    total: int
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


def read_wish(of: TableOf[Any], query: Mapping[str, str]) -> Wish:
    """Read a query string; whatever is unknown or broken falls back to the default and is named in `problems`."""
    problems: list[str] = []
    sortable = {column.key for column in of.columns if column.sortable}
    sort = query.get("sort", "")
    reverse = query.get("reverse") == "1"
    if sort not in sortable:
        if sort:
            problems.append(f"There is no column {sort!r} to sort by.")
        sort, reverse = of.default_sort, of.default_reverse
    texts: dict[str, str] = {}
    values: dict[str, object] = {}
    for offered in of.filters:
        text = query.get(offered.name, "").strip()
        if not text:
            continue
        texts[offered.name] = text
        try:
            values[offered.name] = offered.read(text)
        except ValueError:
            problems.append(f"{offered.label}: {text!r} is not {_expected(offered)}; this filter is not applied.")
    size = _bounded(query.get("size"), DEFAULT_PAGE_SIZE, max(PAGE_SIZES))
    return Wish(sort, reverse, _bounded(query.get("page"), 1, LAST_PAGE), size, texts, values, tuple(problems))


def shape(of: TableOf[Record], wish: Wish, page: Page[Record], path: str, fixed: Mapping[str, str]) -> Table:
    """Lay out one page of a list. `fixed` are the members of the query that every link of this table keeps."""
    pages = max(1, -(-page.total_count // wish.size))
    first = (wish.page - 1) * wish.size + 1 if page.items else 0

    def link(**changes: str) -> str:
        query = {**fixed, **_query(of, wish), **changes}
        return href(path, {name: text for name, text in query.items() if text})

    return Table(
        noun=of.noun,
        headings=tuple(_heading(column, wish, link) for column in of.columns),
        rows=tuple(tuple(column.cell(record) for column in of.columns) for record in page.items),
        fields=tuple(
            Field(offer.name, offer.label, offer.kind, wish.texts.get(offer.name, ""), offer.choices, offer.hint)
            for offer in of.filters
        ),
        problems=wish.problems,
        empty=of.empty,
        filtered=bool(wish.values),
        total=page.total_count,
        first=first,
        last=first + len(page.items) - 1 if page.items else 0,
        page=wish.page,
        pages=pages,
        size=wish.size,
        sizes=tuple(sorted({*PAGE_SIZES, wish.size})),
        sort=wish.sort,
        reverse=wish.reverse,
        previous_href=link(page=str(min(wish.page - 1, pages))) if wish.page > 1 else None,
        next_href=link(page=str(wish.page + 1)) if wish.page < pages else None,
        here=link(page=str(wish.page)),
        clear_href=href(path, dict(fixed)),
    )


def href(path: str, query: Mapping[str, str]) -> str:
    """Return `path` with a query string; every value is escaped."""
    return f"{path}?{urlencode(query)}" if query else path


def integer(text: str) -> int:
    """Read a whole number that fits the wire; raises ValueError."""
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number


def flag(text: str) -> bool:
    """Read a check box or a yes/no choice; raises ValueError."""
    try:
        return {"yes": True, "no": False}[text.lower()]
    except KeyError:
        raise ValueError(text) from None


def _expected(offered: Filter) -> str:
    if offered.choices:
        return "one of " + ", ".join(offered.choices)
    return "a whole number" if offered.kind is FilterKind.NUMBER else "a value that this filter knows"


def _bounded(text: str | None, default: int, highest: int) -> int:
    try:
        number = int(text or default)
    except ValueError:
        return default
    return min(number, highest) if number >= 1 else default


def _query(of: TableOf[Any], wish: Wish) -> dict[str, str]:
    """Return what a link must carry to show the same rows again, without the defaults."""
    query = dict(wish.texts)
    if (wish.sort, wish.reverse) != (of.default_sort, of.default_reverse):
        query["sort"] = wish.sort
        if wish.reverse:
            query["reverse"] = "1"
    if wish.size != DEFAULT_PAGE_SIZE:
        query["size"] = str(wish.size)
    return query


def _heading(column: Column[Any], wish: Wish, link: Callable[..., str]) -> Heading:
    if not column.sortable:
        return Heading(column.title, None, None)
    if column.key != wish.sort:
        return Heading(column.title, link(sort=column.key, reverse=""), None)
    return Heading(
        column.title,
        link(sort=column.key, reverse="" if wish.reverse else "1"),
        "descending" if wish.reverse else "ascending",
    )
