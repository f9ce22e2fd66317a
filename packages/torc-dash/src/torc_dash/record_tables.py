"""Tables of records as data: from a page's query string to one bounded call, and from its answer to rows and links.

All functions are pure. The server filters, sorts and pages, so a table with 100,000 rows costs as much as one page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from torc_client.edge.filter_language import OPERATORS
from torc_client.vocabulary.rows import Row, problem_of, sortable
from torc_client.vocabulary.words import ColumnWords, QuickFilter, RecordWords
from torc_dash.record_cells import RecordCell, cell_of
from torc_dash.tables import DEFAULT_PAGE_SIZE, LAST_PAGE, PAGE_SIZES, href

_PARAMETERS = ("filter", "columns", "sort", "reverse", "size", "page")


@dataclass(frozen=True)
class RecordQuery:
    """The valid part of what a page asked for. With a `problem` of the filter, nothing is requested."""

    filter: str
    problem: str
    sort: str
    reverse: bool
    page: int
    size: int
    columns: tuple[ColumnWords, ...]
    chosen: str
    """The names of the columns in the address; empty for the usual ones."""

    extra: Mapping[str, str] = field(default_factory=dict)
    """Parameters that the page keeps, such as `all_runs`."""

    def arguments(self, words: RecordWords) -> dict[str, Any]:
        """Return the arguments of the list call that the list has."""
        known = words.parameters
        every = {
            "offset": (self.page - 1) * self.size,
            "limit": self.size,
            "sort_by": self.sort,
            "reverse_sort": self.reverse,
            "filter": self.filter or None,
        }
        return {name: value for name, value in every.items() if name in known and value is not None}


def read_record_query(
    words: RecordWords, query: Mapping[str, str], now: datetime, extra: Sequence[str] = ()
) -> RecordQuery:
    """Parse a query string. Invalid values are replaced by defaults, except for the filter, whose problem is shown."""
    text = query.get("filter", "").strip()
    sort = query.get("sort", "")
    is_sorted = sort in sortable(words)
    chosen = query.get("columns", "")
    names = [name for name in chosen.split(",") if name]
    known = {column.member: column for column in words.columns}
    columns = tuple(known[name] for name in dict.fromkeys(names) if name in known)
    return RecordQuery(
        filter=text,
        problem=problem_of(words, text, now),
        sort=sort if is_sorted else words.sort,
        reverse=query.get("reverse") == "1" if is_sorted else words.is_reversed,
        page=_bounded(query.get("page"), 1, LAST_PAGE),
        size=_bounded(query.get("size"), DEFAULT_PAGE_SIZE, max(PAGE_SIZES)),
        columns=columns or words.usual_columns,
        chosen=",".join(column.member for column in columns),
        extra={name: query[name] for name in extra if query.get(name)},
    )


@dataclass(frozen=True)
class SortHeading:
    """A heading: the address that sorts by it, and the current order."""

    title: str
    kind: str
    href: str
    sorted: str


@dataclass(frozen=True)
class Chip:
    """A quick filter. Its address removes it while it is `chosen`."""

    label: str
    href: str
    chosen: bool
    count: str = ""


@dataclass(frozen=True)
class ColumnChoice:
    """A column that the reader can show."""

    member: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class RecordRow:
    """A row: its id, the address that it leads to, and its cells."""

    id: int | None
    href: str
    cells: tuple[RecordCell, ...]


@dataclass(frozen=True)
class RecordTable:
    """All values that the template of a table needs."""

    noun: str
    path: str
    can_filter: bool
    filter: str
    problem: str
    hints: tuple[str, ...]
    example: str
    chips: tuple[Chip, ...]
    headings: tuple[SortHeading, ...]
    rows: tuple[RecordRow, ...]
    choices: tuple[ColumnChoice, ...]
    kept: tuple[tuple[str, str], ...]
    """Parameters that the forms of the table send unchanged."""

    empty: str
    total: int
    total_text: str
    first: int
    last: int
    page: int
    pages: int
    sizes: tuple[tuple[int, str], ...]
    size: int
    previous_href: str
    next_href: str
    csv_href: str
    clear_href: str


@dataclass(frozen=True)
class Found:
    """The rows of a page, and the number of all that match."""

    rows: Sequence[Row]
    total: int


def shape_records(
    words: RecordWords, asked: RecordQuery, found: Found, path: str, links: Mapping[int, str] | None = None
) -> RecordTable:
    """Lay out a page of records. `links` are the addresses of rows by id."""
    pages = max(1, -(-found.total // asked.size))
    first = (asked.page - 1) * asked.size + 1 if found.rows else 0

    def link(base: str = path, **changes: str) -> str:
        query = {**asked.extra, **_query(words, asked), **changes}
        return href(base, {name: text for name, text in query.items() if text})

    can_sort = sortable(words)
    columns = asked.columns if asked.chosen else tuple(each for each in asked.columns if _is_used(each, found.rows))
    shown = {column.member for column in asked.columns}
    return RecordTable(
        noun=words.plural,
        path=path,
        can_filter="filter" in words.parameters,
        filter=asked.filter,
        problem=asked.problem,
        hints=hints(words),
        example=" ".join((f"{words.bare_field}~sweep", *(quick.text for quick in words.quick[:1]))),
        chips=tuple(_chip(quick, asked.filter, link) for quick in words.quick),
        headings=tuple(_sort_heading(column, asked, can_sort, link) for column in columns),
        rows=tuple(_record_row(row, columns, links or {}) for row in found.rows),
        choices=tuple(ColumnChoice(each.member, each.heading, each.member in shown) for each in words.columns),
        kept=tuple({**asked.extra, **_query(words, asked)}.items()),
        empty=words.when_empty,
        total=found.total,
        total_text=f"{found.total:,} {words.singular if found.total == 1 else words.plural}",
        first=first,
        last=first + len(found.rows) - 1 if found.rows else 0,
        page=asked.page,
        pages=pages,
        sizes=tuple((size, link(size=str(size))) for size in sorted({*PAGE_SIZES, asked.size})),
        size=asked.size,
        previous_href=link(page=str(min(asked.page - 1, pages))) if asked.page > 1 else "",
        next_href=link(page=str(asked.page + 1)) if asked.page < pages else "",
        csv_href=link(f"{path}.csv", size=""),
        clear_href=href(path, dict(asked.extra)),
    )


def hints(words: RecordWords) -> tuple[str, ...]:
    """Return beginnings of words for the completion of a filter."""
    found: list[str] = []
    for name, known in words.filter_fields.items():
        operator = OPERATORS[known.kind][0]
        found += [f"{name}={word}" for word in known.words] or [
            name if known.kind == "flag" else f"{name}{'~' if known.kind == 'text' else operator}"
        ]
    return tuple(found)


def with_counts(table: RecordTable, counts: Sequence[int | None]) -> RecordTable:
    """Return the table with the number of matching records on each chip."""
    chips = tuple(
        replace(chip, count="" if number is None else f"{number:,}")
        for chip, number in zip(table.chips, counts, strict=True)
    )
    return replace(table, chips=chips)


def _chip(quick: QuickFilter, text: str, link: Any) -> Chip:
    words = text.split()
    chosen = quick.text in words
    rest = " ".join(word for word in words if word != quick.text)
    return Chip(quick.label, link(filter=rest if chosen else f"{rest} {quick.text}".strip()), chosen)


def _is_used(column: ColumnWords, rows: Sequence[Row]) -> bool:
    return not column.if_any or any(row.value(column) not in (None, "", []) for row in rows)


def _record_row(row: Row, columns: Sequence[ColumnWords], links: Mapping[int, str]) -> RecordRow:
    id = getattr(row.record, "id", None)  # noqa: A001 - the contract's name
    return RecordRow(id, links.get(id or 0, ""), tuple(cell_of(column, row) for column in columns))


def _sort_heading(column: ColumnWords, asked: RecordQuery, can_sort: frozenset[str], link: Any) -> SortHeading:
    title, kind = column.heading, column.kind.value
    if column.member not in can_sort:
        return SortHeading(title, kind, "", "")
    if column.member != asked.sort:
        return SortHeading(title, kind, link(sort=column.member, reverse=""), "")
    order = "descending" if asked.reverse else "ascending"
    return SortHeading(title, kind, link(sort=column.member, reverse="" if asked.reverse else "1"), order)


def _query(words: RecordWords, asked: RecordQuery) -> dict[str, str]:
    """Return the parameters of a link to the same rows, without the defaults."""
    query = {"filter": asked.filter, "columns": asked.chosen}
    if (asked.sort, asked.reverse) != (words.sort, words.is_reversed):
        query |= {"sort": asked.sort, "reverse": "1" if asked.reverse else ""}
    if asked.size != DEFAULT_PAGE_SIZE:
        query["size"] = str(asked.size)
    return {name: text for name, text in query.items() if text}


def _bounded(text: str | None, default: int, highest: int) -> int:
    try:
        number = int(text or default)
    except ValueError:
        return default
    return min(number, highest) if number >= 1 else default
