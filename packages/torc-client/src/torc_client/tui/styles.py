"""Styles of parts of lines. Without colors only bold and reverse remain: red and blue would become dark gray."""

from functools import lru_cache
from typing import Any

from rich.style import Style


@lru_cache(maxsize=256)
def style_of_words(words: str, *, no_color: bool = False) -> Style:
    """Return the style that words such as "bold red" describe."""
    style = Style.parse(words or "none")
    return Style(bold=style.bold, reverse=style.reverse) if no_color else style


def has_no_color(app: Any) -> bool:
    """Whether the user wants no colors (NO_COLOR)."""
    return bool(app.no_color)
