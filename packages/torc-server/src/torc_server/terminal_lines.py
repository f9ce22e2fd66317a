"""Lines for a terminal, which breaks words where a line is too long for it."""

import textwrap


def wrapped(text: str, columns: int) -> list[str]:
    """Break a text for a terminal at blanks only."""
    return textwrap.wrap(text, columns, break_long_words=False, break_on_hyphens=False)
