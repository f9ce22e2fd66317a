"""A table with a header, drawn line by line.

rich does not draw it: it takes minutes for a hundred thousand rows.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style

from torc_client.cli.framework.results import Column
from torc_client.shortening import Cut, best_cut, lines_of, width_of, without_middle

# Colors of statuses, from the terminal's palette, so that they suit its background.
STYLES = {
    "completed": Style(color="green"),
    "succeeded": Style(color="green"),
    "running": Style(color="cyan"),
    "failed": Style(color="red"),
    "terminated": Style(color="red"),
    "canceled": Style(color="yellow"),
    "pending_failed": Style(color="yellow"),
}
_HEADING = Style(bold=True)
_IN_ASCII = str.maketrans("╭┬╮├┼┤╰┴╯─│", "+++++++++-|")


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns, their widths, and the cells of each row.

    `narrow` has the places of columns with values that are longer than the column is wide.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    narrow: Collection[int] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Draw it."""
        mark, bar = ("...", "|") if options.ascii_only else ("…", "│")
        yield from self._header(options.ascii_only)
        status = next((place for place, column in enumerate(self.columns) if _is_status(column)), None)
        cuts = self._cuts()
        wrapped = self._wrapped()
        for row in self.rows:
            style = STYLES.get(row[status]) if status is not None else None
            for line in self._lines(row, cuts, wrapped, mark):
                if style is None or status is None or line[status].isspace():
                    yield Segment(f"{bar} {f' {bar} '.join(line)} {bar}\n")
                    continue
                yield Segment(f"{bar} {''.join(f'{cell} {bar} ' for cell in line[:status])}")
                yield Segment(line[status], style)
                yield Segment(f"{''.join(f' {bar} {cell}' for cell in line[status + 1 :])} {bar}\n")
        yield Segment(f"{self._rule('╰┴╯', options.ascii_only)}\n")

    def _header(self, ascii_only: bool) -> Iterator[Segment]:
        bar = "|" if ascii_only else "│"
        yield Segment(f"{self._rule('╭┬╮', ascii_only)}\n")
        headings = [lines_of(column.heading, width) for column, width in zip(self.columns, self.widths, strict=True)]
        for line in zip_longest(*headings, fillvalue=""):
            yield Segment(bar)
            for heading, width, column in zip(line, self.widths, self.columns, strict=True):
                yield from (Segment(f" {_padded(heading, width, column.right)} ", _HEADING), Segment(bar))
            yield Segment.line()
        yield Segment(f"{self._rule('├┼┤', ascii_only)}\n")

    def _rule(self, corners: str, ascii_only: bool) -> str:
        lines = corners[1].join("─" * (width + 2) for width in self.widths)
        rule = f"{corners[0]}{lines}{corners[2]}"
        return in_ascii(rule) if ascii_only else rule

    def _cuts(self) -> dict[int, Cut]:
        """Return how the values of each column are shortened that has a value that is too long."""
        return {place: best_cut([row[place] for row in self.rows], self.widths[place]) for place in self.narrow}

    def _wrapped(self) -> int | None:
        """Return the place of the column whose values take several lines."""
        last = len(self.columns) - 1
        return last if self.columns[last].wraps else None

    def _lines(self, row: Sequence[str], cuts: dict[int, Cut], wrapped: int | None, mark: str) -> Iterator[list[str]]:
        """Yield the lines of one row: one, unless its last cell is wrapped."""
        if not cuts:
            yield self._line(row)
            return
        cells = [[cell] for cell in row]
        for place, cut in cuts.items():
            width = self.widths[place]
            if place == wrapped:
                words = lines_of(row[place], width)
                cells[place] = [without_middle(line, width, mark) for line in words]
            else:
                cells[place] = [cut(row[place], width, mark)]
        for line in zip_longest(*cells, fillvalue=""):
            yield self._line(line)

    def _line(self, cells: Sequence[str]) -> list[str]:
        return [
            _padded(cell, width, column.right)
            for cell, width, column in zip(cells, self.widths, self.columns, strict=True)
        ]


def _is_status(column: Column) -> bool:
    return column.member == "status" or column.heading == "State"


def in_ascii(frame: str) -> str:
    """Return a drawn frame for a terminal that has no characters to draw with."""
    return frame.translate(_IN_ASCII)


def _padded(cell: str, width: int, is_right: bool) -> str:
    blanks = " " * (width - width_of(cell))
    return f"{blanks}{cell}" if is_right else f"{cell}{blanks}"
