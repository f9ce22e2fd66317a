"""Lists for a terminal: a table, or a block for each record where the terminal is too narrow for a table.

rich does not draw the table: it takes minutes for a hundred thousand rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import msgspec
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from torc_client.cli.framework.output.text import words
from torc_client.cli.framework.results import Column, Listing
from torc_client.edge.terminal_text import inert

# Colors of statuses, from the terminal's palette, so that they suit its background.
_STYLES = {
    "completed": Style(color="green"),
    "succeeded": Style(color="green"),
    "running": Style(color="cyan"),
    "failed": Style(color="red"),
    "terminated": Style(color="red"),
    "canceled": Style(color="yellow"),
    "pending_failed": Style(color="yellow"),
}
_HEADING = Style(bold=True)
# A cell is wrapped to at least this width.
_BREAKABLE = 20
_BORDERS = 3


def listing(result: Listing, width: int) -> Iterator[RenderableType]:
    """Yield the lines of a list for a terminal of `width` columns."""
    count = len(result.items)
    total = max(count, result.total or 0)
    noun = result.singular if total == 1 else result.plural
    if not total:
        yield Text(inert(f"No {result.plural} found{f' for {result.title}' if result.title else ''}."))
        return
    if not count:
        yield Text(inert(f"Shown: 0 of {total} {noun}"))
        return
    if result.title:
        yield Text(inert(f"{result.plural[0].upper()}{result.plural[1:]} of {result.title}"))
    columns = [each for each in result.columns if not each.if_any or any(each.of(item) for item in result.items)]
    rows = [[_cell(column, item) for column in columns] for item in result.items]
    natural = [
        max(cell_len(column.heading), *(cell_len(row[place]) for row in rows)) for place, column in enumerate(columns)
    ]
    widths = _fitted(natural, width)
    if widths is not None:
        yield _Grid(columns, rows, widths)
    else:
        yield from _blocks(columns, rows)
    yield Text(f"Total: {count} {noun}" if count == total else f"Shown: {count} of {total} {noun}")


def _fitted(natural: Sequence[int], width: int) -> list[int] | None:
    """Return the widths that columns get in a terminal; None where not even words would fit.

    What is long gives way, the longest first.
    """
    room = width - _BORDERS * len(natural) - 1
    if sum(min(each, _BREAKABLE) for each in natural) > room:
        return None
    widths = list(natural)
    while (surplus := sum(widths) - room) > 0:
        longest = max(widths)
        second = max((each for each in widths if each < longest), default=0)
        which = [place for place, each in enumerate(widths) if each == longest]
        step = min(longest - max(second, _BREAKABLE), -(-surplus // len(which)))
        for place in which:
            widths[place] -= max(1, step)
    return widths


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table with a header, drawn line by line."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]

    def __rich_console__(self, console: Console, _options: ConsoleOptions) -> Iterator[Segment]:
        """Draw it."""
        headings = [
            _padded(column.heading, width, column.right)
            for column, width in zip(self.columns, self.widths, strict=True)
        ]
        yield from (Segment(self._rule("╭┬╮")), Segment.line(), Segment("│"))
        for heading in headings:
            yield from (Segment(f" {heading} ", _HEADING), Segment("│"))
        yield from (Segment.line(), Segment(self._rule("├┼┤")), Segment.line())
        status = next((place for place, column in enumerate(self.columns) if column.member == "status"), None)
        for row in self.rows:
            style = _STYLES.get(row[status]) if status is not None else None
            for line in self._lines(row, console):
                if style is None or status is None or line[status].isspace():
                    yield Segment(f"│ {' │ '.join(line)} │\n")
                    continue
                yield Segment(f"│ {''.join(f'{cell} │ ' for cell in line[:status])}")
                yield Segment(line[status], style)
                yield Segment(f"{''.join(f' │ {cell}' for cell in line[status + 1 :])} │\n")
        yield Segment(f"{self._rule('╰┴╯')}\n")

    def _rule(self, corners: str) -> str:
        lines = corners[1].join("─" * (width + 2) for width in self.widths)
        return f"{corners[0]}{lines}{corners[2]}"

    def _lines(self, row: Sequence[str], console: Console) -> Iterator[list[str]]:
        """Yield the lines of one row: one, but where something is broken."""
        broken = [_broken(cell, width, console) for cell, width in zip(row, self.widths, strict=True)]
        for line in zip_longest(*broken, fillvalue=""):
            yield [
                _padded(cell, width, column.right)
                for cell, width, column in zip(line, self.widths, self.columns, strict=True)
            ]


def _padded(cell: str, width: int, is_right: bool) -> str:
    blanks = " " * (width - cell_len(cell))
    return f"{blanks}{cell}" if is_right else f"{cell}{blanks}"


def _broken(cell: str, width: int, console: Console) -> list[str]:
    """Return the lines of a cell, broken between words if possible."""
    if cell_len(cell) <= width and "\n" not in cell:
        return [cell]
    return [line.plain.rstrip() for line in Text(cell).wrap(console, width, overflow="fold")]


def _blocks(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[RenderableType]:
    """Yield each record as a block with one line for each member that has a value."""
    for row in rows:
        block = Table.grid(padding=(0, 2))
        block.add_column(no_wrap=True, style="bold")
        block.add_column(overflow="fold")
        for column, cell in zip(columns, row, strict=True):
            if cell:
                style = _STYLES.get(cell, "") if column.member == "status" else ""
                block.add_row(column.heading, Text(cell, style=style))
        yield block
        yield Text("")


def _cell(column: Column, item: Any) -> str:
    value = column.of(item)
    if type(value) is not str:
        value = msgspec.to_builtins(value)
    text = column.text(value) if column.text and value is not None else words(value)
    # A YAML block ends with a line break, which would print an empty line.
    return inert(text.rstrip("\n"))
