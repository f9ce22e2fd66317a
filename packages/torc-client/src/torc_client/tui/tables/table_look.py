"""How the rows of a table are laid out in columns. Pure, except for the time at which rows arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from torc_client.tui.tables.keys_of_tables import sort_keys
from torc_client.tui.tables.query import ListedRecords, TableQuery
from torc_client.tui.tables.table_cells import Cell, Placed, cell_of, most_skipped, placed, width_of
from torc_client.vocabulary.rows import Row

_DIGITS = "¹²³⁴⁵⁶⁷⁸"
GUTTER = 2
"""Cells in front of the columns, for the marks of the cursor and of selected rows."""


@dataclass(frozen=True, slots=True)
class TableLine:
    """A row as it is drawn."""

    row: Row
    record_id: int | None
    cells: tuple[Cell, ...]


class TableLook:
    """The widths of columns, and which of them are in view."""

    def __init__(self, source: ListedRecords) -> None:
        self.columns = source.shown
        self.sort_members = sort_keys(source.words)
        self._widths: dict[int, int] = {}
        self._filled: frozenset[int] = frozenset()
        self._skipped = 0
        self._placed: tuple[int, list[Placed]] | None = None

    def line(self, row: Row, now: datetime) -> TableLine:
        """Return a row as it is drawn."""
        record = row.record
        record_id = getattr(record, "id", None) or getattr(record, "job_id", None)
        return TableLine(row, record_id, tuple(cell_of(column, row, now) for column in self.columns))

    def begin(self) -> None:
        """Forget the widths: other rows follow."""
        self._widths, self._filled, self._placed = {}, frozenset(), None

    def widen(self, lines: Sequence[TableLine], query: TableQuery) -> bool:
        """Make columns as wide as their cells, and return whether the columns changed.

        They never become narrower, so that columns stay where they are while the rows scroll.
        """
        before = dict(self._widths), self._filled
        for at, column in enumerate(self.columns):
            widest = max((width_of(column, line.cells[at].text) for line in lines), default=0)
            known = self._widths.get(at, 0)
            if widest:
                self._filled |= {at}
            if not column.if_any or widest or known:
                self._widths[at] = max(known, widest, cell_len(self.heading(at, query)))
        is_changed = before != (self._widths, self._filled)
        if is_changed:
            self._placed = None
        return is_changed

    def skip(self, by: int) -> None:
        """Show columns further to the right, or to the left if negative."""
        most = most_skipped(self.columns, {at: self._widths[at] for at in self._filled})
        self._skipped = max(0, min(self._skipped + by, most))
        self._placed = None

    def placed(self, width: int) -> list[Placed]:
        """Return the columns in view in a width."""
        if self._placed is None or self._placed[0] != width:
            empty = frozenset(range(len(self.columns))) - self._filled
            self._placed = width, placed(self.columns, self._widths, width - GUTTER, self._skipped, empty)
        return self._placed[1]

    def heading(self, at: int, query: TableQuery) -> str:
        """Return the heading of a column, with its digit and the order: "Name²▲"."""
        column = self.columns[at]
        digit = _DIGITS[self.sort_members.index(column.member)] if column.member in self.sort_members else ""
        arrow = ("▼" if query.reverse else "▲") if column.member == query.sort else ""
        return f"{column.heading}{digit}{arrow}"

    def headings(self, width: int, query: TableQuery) -> str:
        """Return the line of headings."""
        return " " * GUTTER + " ".join(one.fitted(self.heading(one.index, query)) for one in self.placed(width))

    def segments(self, line: TableLine, width: int, base: Style, *, has_colours: bool) -> list[Segment]:
        """Return the cells of a row."""
        segments: list[Segment] = []
        for one in self.placed(width):
            cell = line.cells[one.index]
            style = base + Style.parse(cell.style) if cell.style and has_colours else base
            segments += [Segment(one.fitted(cell.text), style), Segment(" ", base)]
        return segments

    def member_at(self, x: int, width: int) -> str:
        """Return the member whose heading is at a position; empty if the list cannot be sorted by it."""
        found = next((one.column.member for one in self.placed(width) if 0 <= x - GUTTER - one.start < one.width), "")
        return found if found in self.sort_members else ""
