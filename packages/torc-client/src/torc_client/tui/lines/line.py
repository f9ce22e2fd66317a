"""Lines of text with styles, some of which lead to something. Pure."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size


@dataclass(frozen=True, slots=True)
class LineTarget:
    """What a line leads to: jobs that match a filter, the log of a job, a job, a view, or a node of a graph."""

    view: str = ""
    filter: str = ""
    log_of: int = 0
    job_id: int = 0
    node: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line with one style. The text has no control characters."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line. One with a target can have the cursor."""

    parts: tuple[Part, ...] = ()
    target: LineTarget | None = None

    @property
    def text(self) -> str:
        """The text without styles."""
        return "".join(part.text for part in self.parts)

    def cut(self, width: int) -> "TextLine":
        """Return the line in at most `width` columns; a longer one ends with an ellipsis."""
        if cell_len(self.text) <= width:
            return self
        kept, room = [], width - 1
        for part in self.parts:
            length = cell_len(part.text)
            if length > room:
                kept.append(Part(set_cell_size(part.text, room), part.style))
                break
            kept.append(part)
            room -= length
        return TextLine((*kept, Part("…")), self.target)


def changed_columns(old: TextLine, new: TextLine) -> int:
    """Return how many columns from the left differ: the number up to the last one with another text or style."""
    if old == new:
        return 0
    before, after = _cells(old), _cells(new)
    if before is None or after is None:  # characters of two columns
        return max(cell_len(old.text), cell_len(new.text))
    columns = max(len(before), len(after))
    for cells in (before, after):
        cells.extend([_BLANK] * (columns - len(cells)))
    while columns and before[columns - 1] == after[columns - 1]:
        columns -= 1
    return columns


_BLANK = (" ", "")


def _cells(given: TextLine) -> list[tuple[str, str]] | None:
    """Return the characters with their styles; None if some are not of one column."""
    cells = [(character, part.style) for part in given.parts for character in part.text]
    return cells if cell_len(given.text) == len(cells) else None


def line(text: str, style: str = "", target: LineTarget | None = None) -> TextLine:
    """Return a line of one style."""
    return TextLine((Part(text, style),), target)


def heading(text: str) -> TextLine:
    """Return a heading."""
    return line(text, "bold")


def paragraph(
    mark: str, text: str, width: int, style: str = "", target: LineTarget | None = None, *, text_style: str = ""
) -> list[TextLine]:
    """Return a text in lines of at most `width` columns. A mark precedes the first; the target is that of the first."""
    indent = cell_len(mark) + 1
    rows = _wrapped(text, max(width - indent, 20)) or [""]
    first = TextLine((Part(f"{mark} ", style), Part(rows[0], text_style)), target)
    return [first, *(TextLine((Part(" " * indent), Part(row, text_style))) for row in rows[1:])]


def table(
    rows: Iterable[tuple[tuple[Part, ...], LineTarget | None]], right: frozenset[int] = frozenset()
) -> list[TextLine]:
    """Return rows of cells as lines with columns. The columns `right` are aligned to the right."""
    given = list(rows)
    widths: list[int] = []
    for cells, _ in given:
        widths += [0] * (len(cells) - len(widths))
        for place, cell in enumerate(cells):
            widths[place] = max(widths[place], cell_len(cell.text))
    lines = []
    for cells, target in given:
        parts = []
        for place, cell in enumerate(cells):
            space = " " * (widths[place] - cell_len(cell.text))
            parts.append(Part(f"{space}{cell.text}" if place in right else f"{cell.text}{space}", cell.style))
            parts.append(Part("  "))
        lines.append(TextLine(tuple(parts[:-1]), target))
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    """Wrap a text at blanks. Characters of two columns count twice."""
    if cell_len(text) == len(text):
        return textwrap.wrap(text, width)
    return textwrap.wrap(text, max(width // 2, 10))
