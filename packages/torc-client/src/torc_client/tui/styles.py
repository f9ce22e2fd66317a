"""Styles of parts of lines. Without colors only bold and reverse remain: red and blue would become dark gray."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from rich.segment import Segment
from rich.style import Style

from torc_client.tui.lines.line import Part


@lru_cache(maxsize=256)
def style_of_words(words: str, *, no_color: bool = False) -> Style:
    """Return the style that words such as "bold red" describe."""
    style = Style.parse(words or "none")
    return Style(bold=style.bold, reverse=style.reverse) if no_color else style


def segments_of(parts: Iterable[Part], *, no_color: bool = False) -> list[Segment]:
    """Return the parts of a line for the terminal, with few changes of style, each of which is 40 bytes.

    Blanks look the same in all colors, so they have the style of what precedes them.
    """
    segments: list[Segment] = []
    for part in parts:
        style = style_of_words(part.style, no_color=no_color)
        before = segments[-1].style if segments else None
        if before is not None and (style == before or (part.text.isspace() and _hides_blanks(style, before))):
            segments[-1] = Segment(segments[-1].text + part.text, before)
        elif part.text:
            segments.append(Segment(part.text, style))
    return segments


def _hides_blanks(*styles: Style) -> bool:
    return not any(style.reverse or style.underline or style.strike or style.bgcolor for style in styles)


def has_no_color(app: Any) -> bool:
    """Whether the user wants no colors (NO_COLOR)."""
    return bool(app.no_color)
