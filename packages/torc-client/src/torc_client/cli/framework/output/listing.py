"""Lists for a terminal: a table with one line for each record, of the columns that fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from rich.console import Console, ConsoleOptions, RenderableType
from rich.style import Style
from rich.text import Text

from torc_client.cli.framework.look import PLAIN_LOOK, ListLook, with_chosen_columns
from torc_client.cli.framework.output.fitting import Extent, fitted, natural
from torc_client.cli.framework.output.grid import Grid
from torc_client.cli.framework.output.text import UNKNOWN, message, words
from torc_client.cli.framework.results import Column, Listing
from torc_client.edge.terminal_text import inert
from torc_client.shortening import width_of
from torc_client.text import count as counted

_REMARK = Style(dim=True)
_EMPTY = frozenset({"", UNKNOWN})


def listing(
    result: Listing, width: int, look: ListLook = PLAIN_LOOK, rows_that_fit: int | None = None
) -> Iterator[RenderableType]:
    """Yield the parts of a list for a terminal of `width` columns, which shows `rows_that_fit` rows at once."""
    result = with_chosen_columns(result, look.columns)
    items = result.items
    total = max(len(items), result.total or 0)
    noun = result.singular if total == 1 else result.plural
    if not total:
        yield message(f"No {result.plural} found{f' for {result.title}' if result.title else ''}.", width)
        return
    # A single further row takes the place of the line that would say that there is one.
    is_page = rows_that_fit is not None and not look.all_rows and total - look.offset > rows_that_fit + 1
    if is_page:
        items = items[:rows_that_fit]
    if not items:
        yield Text(inert(f"Shown: 0 of {total} {noun}"))
        return
    if result.title:
        yield message(f"{result.plural[0].upper()}{result.plural[1:]} of {result.title}", width)
    columns = [each for each in result.columns if not each.if_any or any(each.of(item) for item in items)]
    cells = [[_cell(column, item) for column in columns] for item in items]
    extents = [_extent(column, cells, place, len(columns)) for place, column in enumerate(columns)]
    if look.all_columns:
        widths = natural(extents)
    else:
        order: Sequence[int] = _order(columns, result.importance)
        widths = fitted(extents, order, width, keep_all=bool(look.columns))
        if len(widths) < len(columns) or _is_any_shortened(columns, extents, widths):
            order = _with_facts(order, columns, cells, result.importance)
            widths = fitted(extents, order, width, keep_all=bool(look.columns))
    if len(widths) < len(columns):
        cells = [[row[place] for place in widths] for row in cells]
    narrow = [at for at, (place, each) in enumerate(widths.items()) if each < extents[place].longest]
    yield Grid([columns[place] for place in widths], cells, list(widths.values()), narrow)
    yield Text(f"Total: {total} {noun}" if len(items) == total else f"Shown: {len(items)} of {total} {noun}")
    more = total - look.offset - len(items)
    if is_page and more > 0:
        yield _More(more)
    if hidden := len(columns) - len(widths):
        yield Text(_how_to_see(hidden, look, width), _REMARK)
    yield from (message(note, width) for note in result.notes)


@dataclass(frozen=True, slots=True)
class _More:
    """Says how to see the other rows."""

    count: int

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Draw it."""
        yield Text(f"{'...' if options.ascii_only else '…'} {self.count} more: --all, or --limit N", _REMARK)


def _how_to_see(hidden: int, look: ListLook, width: int) -> str:
    ways = ["--all-columns", "-f json"] if look.has_options else ["-f json"]
    sentence = f"{counted('column', hidden)} not shown: {', '.join(ways)}"
    longer = f"{sentence}{',' * look.has_options} or a wider terminal"
    return longer if len(longer) <= width else sentence


def _with_facts(
    order: Sequence[int], columns: Sequence[Column], cells: Sequence[Sequence[str]], importance: Sequence[str]
) -> Sequence[int]:
    """Return the places of `order` without columns that are empty, or 0, in all rows. A 0 of `importance` is kept."""
    kept = []
    for place in order:
        nothing = _EMPTY if columns[place].member in importance else _EMPTY | {"0"}
        if any(row[place] not in nothing for row in cells):
            kept.append(place)
    return kept or order


def _is_any_shortened(columns: Sequence[Column], extents: Sequence[Extent], widths: Mapping[int, int]) -> bool:
    """Whether values of a column are shortened, that is longer than it and not wrapped."""
    return any(width < extents[place].longest and not columns[place].wraps for place, width in widths.items())


def _order(columns: Sequence[Column], importance: Sequence[str]) -> list[int]:
    """Return the places of the columns, the most important first."""
    rank = {member: place for place, member in enumerate(importance)}
    last = len(columns) - 1
    return sorted(
        range(len(columns)),
        key=lambda place: (
            rank.get(columns[place].member, len(rank)),
            not (place == 0 or (place == last and columns[place].wraps)),
            place,
        ),
    )


def _extent(column: Column, cells: Sequence[Sequence[str]], place: int, count: int) -> Extent:
    longest = max(width_of(row[place]) for row in cells)
    word = None
    if column.wraps and place == count - 1:
        word = max((width_of(word) for row in cells for word in row[place].split(" ")), default=0)
    return Extent(column.heading, longest, is_whole=column.right or column.whole, longest_word=word)


def _cell(column: Column, item: Any) -> str:
    value = column.of(item)
    if type(value) is not str:
        value = msgspec.to_builtins(value)
    text = column.text(value) if column.text and value is not None else words(value)
    # A row is one line; a YAML block ends with a line break.
    return inert(text.strip("\n")).replace("\n", "\\n").replace("\t", " ")
