"""Which columns of a table a terminal shows, and how wide each is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torc_client.shortening import width_of

# A blank on each side, and the line between two columns.
BORDER = 3
# A value is shortened, or wrapped, to at least this width.
_SHORTEST = 16
# The same for the most important columns.
_LEADING = 3
_SHORTEST_LEADING = 24
_SHORTEST_WRAPPED = 24
# A word of this length, such as a path, is not shortened in a value that is wrapped, if there is space for it.
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Extent:
    """What a column needs: its heading, the width of its longest value, and how it may become narrower.

    `longest_word` is the width of the longest word if the values are wrapped.
    """

    heading: str
    longest: int
    is_whole: bool = False
    longest_word: int | None = None

    def least(self, *, leads: bool) -> int:
        """Return the width below which the column is not shown; `leads` is whether it is one of the most important."""
        value = self.longest
        if self.longest_word is not None:
            value = min(value, max(_SHORTEST_WRAPPED, min(self.longest_word, _LONGEST_WORD)))
        elif not self.is_whole:
            value = min(value, _SHORTEST_LEADING if leads else _SHORTEST)
        return max(value, *(width_of(word) for word in self.heading.split(" ")))

    @property
    def least_wrapped(self) -> int:
        """The width below which a column whose values are wrapped is not shown. Words that are longer are shortened."""
        value = min(self.longest, _SHORTEST_WRAPPED)
        return max(value, *(width_of(word) for word in self.heading.split(" ")))

    @property
    def most(self) -> int:
        """The width of a column that is not narrowed."""
        return max(self.longest, width_of(self.heading))


def natural(extents: Iterable[Extent]) -> dict[int, int]:
    """Return the widths of all columns, by place, where there is no limit."""
    return {place: extent.most for place, extent in enumerate(extents)}


def fitted(extents: Sequence[Extent], order: Sequence[int], width: int, *, keep_all: bool = False) -> dict[int, int]:
    """Return the widths of the columns that are shown, by place.

    `order` has the places, the most important first. A column that does not fit beside more important ones is left
    out, unless `keep_all`; the first is always shown.
    """
    widths: dict[int, int] = {}
    spare = width - 1
    for rank, place in enumerate(order):
        least = extents[place].least(leads=rank < _LEADING)
        if least + BORDER > spare and extents[place].longest_word is not None:
            least = extents[place].least_wrapped
        if not widths or least + BORDER <= spare or keep_all:
            widths[place] = least
            spare -= least + BORDER
    _share(widths, spare, {place: extents[place].longest for place in widths})
    spare = width - 1 - sum(each + BORDER for each in widths.values())
    for place in order:
        if place in widths and 0 < (lacking := extents[place].most - widths[place]) <= spare:
            widths[place] += lacking
            spare -= lacking
    return {place: widths[place] for place in sorted(widths)}


def _share(widths: dict[int, int], spare: int, wanted: dict[int, int]) -> None:
    """Divide spare width among the columns whose values are shortened, those that lack least first."""
    lacking = sorted((wanted[place] - width, place) for place, width in widths.items() if wanted[place] > width)
    for done, (lack, place) in enumerate(lacking):
        given = max(0, min(lack, spare // (len(lacking) - done)))
        widths[place] += given
        spare -= given
