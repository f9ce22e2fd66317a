"""Lists for people: a table, or, where that would be narrower than its words, a block for each record."""

from collections.abc import Iterator
from typing import Any

import msgspec
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from torc_client.cli.output.text import inert, words
from torc_client.cli.results import Column, Listing

# Statuses that people look for. The terminal's own colours: they suit its background.
_STYLES = {
    "completed": "green",
    "succeeded": "green",
    "running": "cyan",
    "failed": "red",
    "terminated": "red",
    "canceled": "yellow",
    "pending_failed": "yellow",
}
# What is longer than this may be broken into lines, but not into narrower ones.
_BREAKABLE = 20
_BORDERS = 3


def listing(result: Listing, width: int) -> Iterator[RenderableType]:
    """Yield a list for a terminal of `width` columns."""
    if not result.items:
        yield Text(inert(f"No {result.plural} found{f' for {result.title}' if result.title else ''}."))
        return
    if result.title:
        yield Text(inert(f"{result.plural[0].upper()}{result.plural[1:]} of {result.title}"))
    rows = [[_cell(column, item) for column in result.columns] for item in result.items]
    widths = [
        max(len(column.heading), *(row[place].cell_len for row in rows)) for place, column in enumerate(result.columns)
    ]
    if sum(min(each, _BREAKABLE) + _BORDERS for each in widths) < width:
        yield _table(result, rows, widths)
    else:
        yield from _blocks(result, rows)
    count = len(rows)
    yield Text(f"Total: {count} {result.singular if count == 1 else result.plural}")


def _table(result: Listing, rows: list[list[Text]], widths: list[int]) -> Table:
    table = Table(box=box.ROUNDED)
    for column, width in zip(result.columns, widths, strict=True):
        is_whole = width <= _BREAKABLE
        table.add_column(
            column.heading, justify="right" if column.right else "left", overflow="fold", no_wrap=is_whole,
            min_width=min(width, _BREAKABLE),
        )  # fmt: skip
    for row in rows:
        table.add_row(*row)
    return table


def _blocks(result: Listing, rows: list[list[Text]]) -> Iterator[RenderableType]:
    """Yield each record with its members one below the other; what is empty is left out."""
    for row in rows:
        block = Table.grid(padding=(0, 2))
        block.add_column(no_wrap=True, style="bold")
        block.add_column(overflow="fold")
        for column, cell in zip(result.columns, row, strict=True):
            if cell:
                block.add_row(column.heading, cell)
        yield block
        yield Text("")


def _cell(column: Column, item: Any) -> Text:
    value = msgspec.to_builtins(getattr(item, column.member))
    text = inert(column.text(value) if column.text and value is not None else words(value))
    return Text(text, style=_STYLES.get(text, "") if column.member == "status" else "")
