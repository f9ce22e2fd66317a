"""Some lines of a log in memory, and the place in them where the screen begins. Pure.

Lines are added at both ends while the user scrolls, and dropped at the other end: the memory is bounded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from torc_client.log_files.line_windows import Line
from torc_client.log_files.patterns import Severity, pattern_of, possible_in
from torc_client.log_files.terminal_text import PLAIN, decoded, segments_of
from torc_client.log_files.terminal_text import Style as TextStyle
from torc_client.tui.text.rows import ShownLine

MOST_LINES: Final = 2_000
MOST_BYTES: Final = 4 * 1024 * 1024

RowCount = Callable[[int], int]
"""The number of rows of the line at an index."""


@dataclass(frozen=True, slots=True, order=True)
class Top:
    """The first row of the screen: the index of a line, and a row of it."""

    index: int = 0
    row: int = 0


def moved(top: Top, rows: int, line_count: int, row_count: RowCount) -> Top:
    """Return the top after moving by some rows, backwards if negative. It stays within the lines."""
    index, row = top.index, top.row + rows
    while row < 0 and index > 0:
        index -= 1
        row += row_count(index)
    while index < line_count - 1 and row >= (count := row_count(index)):
        row -= count
        index += 1
    if not line_count:
        return Top()
    return Top(index, max(0, min(row, row_count(index) - 1)))


def bottom_top(height: int, line_count: int, row_count: RowCount) -> Top:
    """Return the top with which the last row is the last one of the screen, or the first top if all rows fit."""
    index, rows = line_count, 0
    while index > 0 and rows < height:
        index -= 1
        rows += row_count(index)
    return Top(index, max(0, rows - height))


@dataclass(slots=True)
class LineBuffer:
    """Lines that follow each other in a log."""

    lines: list[ShownLine] = field(default_factory=list)
    explains: bool = True
    """Whether known errors are found in the lines."""

    @property
    def start(self) -> int:
        """The offset of the first line."""
        return self.lines[0].line.offset if self.lines else 0

    @property
    def end(self) -> int:
        """The offset after the last line."""
        return self.lines[-1].line.end if self.lines else 0

    @property
    def follow_from(self) -> int:
        """The offset from which more is read: that of the last line if it is not complete."""
        if not self.lines:
            return 0
        last = self.lines[-1].line
        return last.end if last.has_newline else last.offset

    def show(self, lines: Sequence[Line], first_number: int | None) -> None:
        """Forget all lines, and take others."""
        self.lines = self._shown(lines, first_number, PLAIN)

    def append(self, lines: Sequence[Line], first_number: int | None = None) -> int:
        """Add lines at the end, where they replace an incomplete one. Return how many were dropped in front."""
        if not lines:
            return 0
        while self.lines and self.lines[-1].line.offset >= lines[0].offset:
            del self.lines[-1]
        last = self.lines[-1] if self.lines else None
        if first_number is None and last is not None and last.number is not None:
            first_number = last.number + 1
        self.lines += self._shown(lines, first_number, last.end_style if last else PLAIN)
        dropped = self._surplus(self.lines)
        del self.lines[:dropped]
        return dropped

    def prepend(self, lines: Sequence[Line]) -> int:
        """Add lines in front, and drop as many at the end as are too many. Return how many were added."""
        first = self.lines[0].number if self.lines else None
        number = None if first is None else first - len(lines)
        self.lines[:0] = self._shown(lines, number, PLAIN)
        dropped = self._surplus(self.lines[::-1])
        del self.lines[len(self.lines) - dropped :]
        return len(lines)

    def number_from(self, offset: int, number: int) -> None:
        """Set the numbers of all lines, given that of the line at an offset. Nothing if that line is not here."""
        at = next((index for index, one in enumerate(self.lines) if one.line.offset == offset), None)
        if at is not None:
            self.lines = [replace(one, number=number + index - at) for index, one in enumerate(self.lines)]

    def index_at(self, offset: int) -> int:
        """Return the index of the line with an offset, or of the nearest one before it."""
        return next((at for at in range(len(self.lines) - 1, 0, -1) if self.lines[at].line.offset <= offset), 0)

    def _shown(self, lines: Sequence[Line], number: int | None, style: TextStyle) -> list[ShownLine]:
        possible = []
        if self.explains:
            joined = b"\n".join(line.content for line in lines)
            possible = [one for one in possible_in(joined) if one.severity is Severity.ERROR]
        # The meaning is shown once, as errors often repeat themselves.
        explained = {one.known.name for one in self.lines if one.known is not None}
        shown: list[ShownLine] = []
        for at, line in enumerate(lines):
            segments, style = segments_of(decoded(line.content), style)
            known = pattern_of(line.content, possible) if possible else None
            if known is not None and known.name in explained:
                known = None
            if known is not None:
                explained.add(known.name)
            shown.append(ShownLine(line, None if number is None else number + at, tuple(segments), style, known))
        return shown

    @staticmethod
    def _surplus(lines: Sequence[ShownLine]) -> int:
        """Return how many of the first lines are too many, or too long in total."""
        surplus, size_bytes = 0, sum(len(one.line.content) for one in lines)
        while len(lines) - surplus > MOST_LINES or (size_bytes > MOST_BYTES and len(lines) - surplus > 1):
            size_bytes -= len(lines[surplus].line.content)
            surplus += 1
        return surplus
