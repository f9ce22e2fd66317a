"""Long values made short, so that a row stays one line and values stay different."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rich.cells import cell_len


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text without control characters takes."""
    return len(text) if text.isascii() else cell_len(text)


Cut = Callable[[str, int, str], str]
"""Returns the text, if it is too long, with this mark in place of a part of it."""

# Values that decide where the values of a column are cut.
_SAMPLE = 200
# How many parts of a text are tried, each half as wide as the column.
_WINDOWS = 12


def best_cut(values: Sequence[str], width: int) -> Cut:
    """Return the cut after which the fewest values of a column look the same.

    A text of several words loses its end or its middle, so that a command begins with its program. If that is a path,
    its folders are lost first, unless they make the difference. A single word such
    as a name or a path may lose any part; if it makes no difference, its middle.
    """
    too_long = [value for value in values[:_SAMPLE] if width_of(value) > width]
    if 2 * sum(" " in value for value in too_long) > len(too_long):
        cuts: list[Cut] = [without_end, without_middle]
        if too_long[0].startswith("/"):
            cuts = [*(partial(without_folders, cut) for cut in cuts), *cuts]
    else:
        step = max(1, width // 2)
        starts = range(step, step * _WINDOWS, step)
        cuts = [without_middle, without_end, without_start, *(partial(around, start) for start in starts)]
    return max(cuts, key=lambda cut: len({cut(value, width, "…") for value in too_long}))


def around(start: int, text: str, width: int, mark: str) -> str:
    """Shorten a text so that its part from the character `start` on is seen; a text that ends before, at its start."""
    if width_of(text) <= width:
        return text
    rest = f"{mark}{text[start:]}"
    return without_end(rest, width, mark) if width_of(rest) >= width else without_start(text, width, mark)


def without_folders(cut: Cut, text: str, width: int, mark: str) -> str:
    """Shorten a command whose program is a path at the folders, and then by another cut."""
    program, blank, arguments = text.partition(" ")
    if width_of(text) <= width or "/" not in program[1:]:
        return cut(text, width, mark)
    return cut(f"{mark}/{program.rpartition('/')[2]}{blank}{arguments}", width, mark)


def without_end(text: str, width: int, mark: str) -> str:
    """Shorten a text at its end."""
    if width_of(text) <= width:
        return text
    return f"{start_of(text, width - len(mark))}{mark}" if width > len(mark) else mark[:width]


def without_middle(text: str, width: int, mark: str) -> str:
    """Shorten a text in its middle."""
    if width_of(text) <= width:
        return text
    room = width - len(mark)
    return f"{start_of(text, room - room // 2)}{mark}{end_of(text, room // 2)}" if room > 1 else mark[:width]


def without_start(text: str, width: int, mark: str) -> str:
    """Shorten a text at its start."""
    if width_of(text) <= width:
        return text
    return f"{mark}{end_of(text, width - len(mark))}" if width > len(mark) else mark[:width]


def start_of(text: str, width: int) -> str:
    """Return as much of the start of a text as these columns of a terminal hold."""
    return text[: _fitting(text, width)]


def end_of(text: str, width: int) -> str:
    """Return as much of the end of a text as these columns of a terminal hold."""
    start = len(text) - _fitting(text[::-1], width)
    while start < len(text) and not width_of(text[start]):  # an accent without its letter
        start += 1
    return text[start:]


def _fitting(text: str, width: int) -> int:
    """Return how many characters of the text are at most `width` columns wide."""
    used = 0
    for place, character in enumerate(text):
        used += width_of(character)
        if used > width:
            return place
    return len(text)


def lines_of(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, broken at blanks only; a longer word has a line of its own."""
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" ") if width_of(paragraph) > width else [paragraph]:
            longer = f"{line} {word}" if line else word
            if line and width_of(longer) > width:
                yield line
                longer = word
            line = longer
        yield line
