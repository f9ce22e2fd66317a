"""Values of rows as cells of a terminal, and the columns that fit into a width. Pure.

Nothing in a cell is markup, and control characters are visible as text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.cells import cell_len, set_cell_size

from torc_client.edge.terminal_text import inert_line
from torc_client.tui.tables.marks import MARKS, STYLES
from torc_client.vocabulary.rows import Row, shown_json, shown_time, shown_value
from torc_client.vocabulary.words import ColumnKind, ColumnWords

_TO_THE_RIGHT = {ColumnKind.NUMBER, ColumnKind.JOB, ColumnKind.SIZE, ColumnKind.GIB, ColumnKind.MINUTES,
                 ColumnKind.SECONDS, ColumnKind.PERCENT}  # fmt: skip
_WIDEST = {ColumnKind.JSON: 80, ColumnKind.CODE: 60, ColumnKind.EVENT: 160}
_WIDEST_TEXT = 40
_NARROWEST = 24
# Texts of these columns are cut where the width is too small; others are shown whole or not at all.
_CUT = {ColumnKind.TEXT, ColumnKind.CODE, ColumnKind.JSON, ColumnKind.WORDS, ColumnKind.EVENT}
_LEAST = 8
# Columns that stay in view: the id and the name.
_FIXED = ("id", "name", "job_name")
_GAP = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text in one line, and its style."""

    text: str
    style: str = ""


NOTHING = Cell("")


def cell_of(column: ColumnWords, row: Row, now: datetime) -> Cell:
    """Return the cell of a column."""
    value = row.value(column)
    if value is None or value == "":
        return NOTHING
    kind = column.kind
    if kind is ColumnKind.JSON:
        return Cell(inert_line(shown_json(value)[: 2 * _WIDEST[kind]]))
    if kind in (ColumnKind.TIME, ColumnKind.EVENT_TIME, ColumnKind.AGO):
        return Cell(short_time(shown_time(kind, value), now))
    text = inert_line(shown_value(kind, value)).replace("\t", "\\t")  # a tab would move the columns that follow
    if kind is ColumnKind.STATUS or column.member == "status":
        return Cell(f"{MARKS.get(text, ' ')} {text.replace('_', ' ')}", STYLES.get(text, ""))
    if column.member == "return_code" and value:
        return Cell(text, STYLES["failed"])
    return Cell(text)


def short_time(shown: str, now: datetime) -> str:
    """Return a time of today as the time of day: "12:30:00Z"; others with the date."""
    today = now.astimezone(UTC).strftime("%Y-%m-%d ")
    return inert_line(shown.removeprefix(today))


@dataclass(frozen=True, slots=True)
class Placed:
    """A column in view: where it begins, and its width."""

    column: ColumnWords
    index: int
    start: int
    width: int

    @property
    def is_to_the_right(self) -> bool:
        """Whether its cells are aligned to the right."""
        return self.column.kind in _TO_THE_RIGHT

    def fitted(self, text: str) -> str:
        """Return a text in the width of the column."""
        if cell_len(text) > self.width:
            return set_cell_size(text, self.width - 1) + "…"
        space = " " * (self.width - cell_len(text))
        return space + text if self.is_to_the_right else text + space


def width_of(column: ColumnWords, text: str) -> int:
    """Return the width that a column would like for a text."""
    return min(cell_len(text), _WIDEST.get(column.kind, _WIDEST_TEXT))


def placed(
    columns: Sequence[ColumnWords],
    widths: Mapping[int, int],
    room: int,
    skipped: int = 0,
    empty: frozenset[int] = frozenset(),
) -> list[Placed]:
    """Return the columns that fit into a width, after `skipped` of those that do not stay in view.

    Where the width is too small, first those in `empty` are left out, then long names and commands shrink, then
    columns that do not fit are left out. A column that is never shown has no entry in `widths`.
    """
    there = [at for at in range(len(columns)) if widths.get(at)]
    if sum(widths[at] + _GAP for at in there) - _GAP > room:
        there = [at for at in there if at not in empty]
    fixed = [at for at in there if columns[at].member in _FIXED]
    moving = [at for at in there if at not in fixed][skipped:]
    wanted = {at: widths[at] for at in [*fixed, *moving]}
    too_wide = sum(wanted.values()) + _GAP * (len(wanted) - 1) - room
    for at in [at for at in wanted if columns[at].kind not in _TO_THE_RIGHT and wanted[at] > _NARROWEST]:
        if too_wide > 0 and (at in fixed or columns[at].kind in _WIDEST):
            less = min(too_wide, wanted[at] - _NARROWEST)
            wanted[at] -= less
            too_wide -= less
    found: list[Placed] = []
    start = 0
    for at in sorted(wanted):
        width = min(wanted[at], room - start)
        least = min(wanted[at], _LEAST) if columns[at].kind in _CUT else wanted[at]
        if width >= least:
            found.append(Placed(columns[at], at, start, width))
            start += width + _GAP
    return found


def most_skipped(columns: Sequence[ColumnWords], widths: Mapping[int, int]) -> int:
    """Return how many columns can be scrolled out of view."""
    return max(0, sum(1 for at, each in enumerate(columns) if widths.get(at) and each.member not in _FIXED) - 1)
