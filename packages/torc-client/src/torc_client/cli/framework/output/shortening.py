"""Long values made short, so that a row stays one line and values stay different."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rich.cells import cell_len

Cut = Callable[[str, int, str], str]
"""Returns the text, if it is too long, with this mark in place of a part of it."""

# Values that decide where the values of a column are cut.
_SAMPLE = 1000


def best_cut(values: Sequence[str], width: int) -> Cut:
    """Return the cut after which the fewest values of a column look the same.

    If it makes no difference, a text loses its end, and a single word such as a name or a path its middle.
    """
    too_long = [value for value in values[:_SAMPLE] if cell_len(value) > width]
    has_words = any(" " in value for value in too_long)
    cuts: list[Cut] = [without_end, without_middle] if has_words else [without_middle, without_end]
    cuts += [without_start, partial(around, _common_start(too_long))]
    return max(cuts, key=lambda cut: len({cut(value, width, "…") for value in too_long}))


def _common_start(texts: Sequence[str]) -> int:
    """Return how many characters at their start are the same in all texts."""
    columns = enumerate(zip(*texts, strict=False))
    return next((place for place, characters in columns if len(set(characters)) > 1), min(map(len, texts), default=0))


def around(start: int, text: str, width: int, mark: str) -> str:
    """Shorten a text at both ends, so that it begins a little before the character at `start`."""
    lead = max(0, start - width // 4)
    return without_end(f"{mark}{text[lead:]}", width, mark) if lead and cell_len(text) > width else text


def without_end(text: str, width: int, mark: str) -> str:
    """Shorten a text at its end."""
    if cell_len(text) <= width:
        return text
    return f"{start_of(text, width - len(mark))}{mark}" if width > len(mark) else mark[:width]


def without_middle(text: str, width: int, mark: str) -> str:
    """Shorten a text in its middle."""
    if cell_len(text) <= width:
        return text
    room = width - len(mark)
    return f"{start_of(text, room - room // 2)}{mark}{end_of(text, room // 2)}" if room > 1 else mark[:width]


def without_start(text: str, width: int, mark: str) -> str:
    """Shorten a text at its start."""
    if cell_len(text) <= width:
        return text
    return f"{mark}{end_of(text, width - len(mark))}" if width > len(mark) else mark[:width]


def start_of(text: str, width: int) -> str:
    """Return as much of the start of a text as these columns of a terminal hold."""
    return text[: _fitting(text, width)]


def end_of(text: str, width: int) -> str:
    """Return as much of the end of a text as these columns of a terminal hold."""
    return text[len(text) - _fitting(text[::-1], width) :]


def _fitting(text: str, width: int) -> int:
    """Return how many characters of the text are at most `width` columns wide."""
    used = 0
    for place, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return place
    return len(text)


def lines_of(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, broken at blanks only; a longer word has a line of its own."""
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" ") if cell_len(paragraph) > width else [paragraph]:
            longer = f"{line} {word}" if line else word
            if line and cell_len(longer) > width:
                yield line
                longer = word
            line = longer
        yield line
