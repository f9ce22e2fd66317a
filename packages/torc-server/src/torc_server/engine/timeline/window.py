"""A window of time, cut into bins of equal length. Times are milliseconds since 1970. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """The time from `start` to `end`, without `end`. The last bin can be shorter than the others."""

    start: int
    end: int
    width: int

    @classmethod
    def of(cls, start: int, end: int, bins: int) -> "Window":
        """Cut a time into at most this number of bins."""
        return cls(start, end, -(-(end - start) // bins))

    @property
    def bins(self) -> int:
        """The number of bins."""
        return -(-(self.end - self.start) // self.width)

    def coarser(self, bins: int) -> "Window":
        """Join neighboring bins, so that there are at most this number."""
        return Window(self.start, self.end, self.width * -(-self.bins // bins))

    def edge(self, number: int) -> int:
        """Return the start of a bin; of the one after the last, the end of the window."""
        return min(self.start + number * self.width, self.end)

    def edges(self) -> list[int]:
        """Return the starts of all bins, and the end."""
        return [self.edge(number) for number in range(self.bins + 1)]

    def means(self, spans: Iterable[tuple[int, int, int]]) -> list[float]:
        """Return the mean height of each bin. A span is (start, end, height), and spans add up."""
        # Of the bins that a span fills, only the first one and the one after the last are noted.
        steps, lacking = [0] * (self.bins + 1), [0] * self.bins
        for begin, finish, height in spans:
            start, end = max(begin, self.start), min(finish, self.end)
            if start >= end:
                continue
            first, last = (start - self.start) // self.width, (end - 1 - self.start) // self.width
            steps[first] += height
            steps[last + 1] -= height
            lacking[first] += height * (start - self.edge(first))
            lacking[last] += height * (self.edge(last + 1) - end)
        heights, height = [], 0
        for number, lack in enumerate(lacking):
            height += steps[number]
            length = self.edge(number + 1) - self.edge(number)
            heights.append((height * length - lack) / length)
        return heights
