"""The lines of a log as rows of a terminal: colours as styles, wrapped or cut, never a control character. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from itertools import accumulate
from textwrap import wrap
from typing import Final

from rich.cells import chop_cells
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from torc_client.log_files.line_windows import Line
from torc_client.log_files.patterns import Pattern
from torc_client.log_files.terminal_text import Segment as TextSegment
from torc_client.log_files.terminal_text import Style as TextStyle
from torc_client.terminal_console import terminal_console
from torc_client.text import size

_CONTROL: Final = Style(dim=True, reverse=True)
_MATCH: Final = Style(reverse=True, bold=True)
_HIT_NUMBER: Final = Style(reverse=True, bold=True)
_NUMBER: Final = Style(dim=True)
_MEANING: Final = Style(bold=True, italic=True)
_CUT: Final = Style(dim=True, italic=True)
_TAB = 8
_MOST_MARKS = 200
# Only for `Text.render`, which asks a console for styles by name; it writes nothing.
_CONSOLE = terminal_console(StringIO())


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with its number, if that is known, and its text by style."""

    line: Line
    number: int | None
    segments: tuple[TextSegment, ...]
    end_style: TextStyle
    known: Pattern | None = None
    """The known error in the line."""

    @property
    def plain(self) -> str:
        """The text without colours."""
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class LineLook:
    """How lines are shown.

    `digits` is the width of line numbers, 0 for none. `left` is the first column of lines that are not wrapped.
    `marked` is marked in each line. `hit` is the offset of the line that the user searched.
    """

    width: int = 80
    wraps: bool = True
    left: int = 0
    digits: int = 4
    marked: re.Pattern[str] | None = None
    hit: int | None = None

    @property
    def text_width(self) -> int:
        """The columns beside the line numbers."""
        return max(1, self.width - (self.digits + 1 if self.digits else 0))


@lru_cache(maxsize=256)
def rows_of(shown: ShownLine, look: LineLook) -> tuple[Strip, ...]:
    """Return the rows of a line, at least one. A known error has its meaning below."""
    text = _text(shown, look)
    if look.wraps:
        parts = [_strip(part) for part in _wrapped(text, look.text_width)]
    else:
        parts = [_strip(text).crop(look.left, look.left + look.text_width)]
    if shown.known is not None:
        meaning = f"↑ {shown.known.meaning}. {shown.known.remedy}"
        parts += [_strip(Text(part, _MEANING)) for part in wrap(meaning, look.text_width)]
    if not look.digits:
        return tuple(parts)
    number = "" if shown.number is None else str(shown.number)
    style = _HIT_NUMBER if shown.line.offset == look.hit else _NUMBER
    first = Strip([Segment(f"{number:>{look.digits}}", style), Segment(" ")])
    others = Strip([Segment(" " * (look.digits + 1))])
    return tuple(Strip.join([others if at else first, part]) for at, part in enumerate(parts))


def _text(shown: ShownLine, look: LineLook) -> Text:
    text = Text(no_wrap=True, end="")
    for segment in shown.segments:
        text.append(segment.text, _CONTROL if segment.is_control else _rich_style(segment.style))
    if look.marked is not None:
        for _, found in zip(range(_MOST_MARKS), look.marked.finditer(text.plain), strict=False):
            text.stylize(_MATCH, *found.span())
    text.expand_tabs(_TAB)
    if shown.line.hidden_bytes:
        text.append(f" … {size(shown.line.hidden_bytes)} more in this line", _CUT)
    return text


@lru_cache(maxsize=1024)
def _rich_style(style: TextStyle) -> Style:
    return Style(
        color=style.foreground.replace("-", "_") or None,
        bgcolor=style.background.replace("-", "_") or None,
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
        strike=style.struck or None,
        reverse=style.inverse or None,
    )


def _wrapped(text: Text, width: int) -> Iterable[Text]:
    pieces = chop_cells(text.plain, width)
    if len(pieces) <= 1:
        return [text]
    return text.divide(accumulate(map(len, pieces[:-1])))


def _strip(text: Text) -> Strip:
    return Strip(_segments(text))


def _segments(text: Text) -> Iterator[Segment]:
    for segment in text.render(_CONSOLE):
        if segment.text:
            yield segment
