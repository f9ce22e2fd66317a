"""Attempts in the order of their starts and of their ends: how many run at a time is found without reading all. Pure.

The number of attempts that run at a time is the number that began before it, less the number that ended before it. How
long they ran until then follows in the same way from the sums of their starts and ends. Both are two binary searches.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate, chain, pairwise


class Ordered:
    """Times in order with values, of which sums from the first one on are kept."""

    __slots__ = ("sums", "times")

    def __init__(self, values: int) -> None:
        self.times = array("q")
        # Doubles are exact here: the values are small, and times are counted from the first one.
        self.sums = tuple(array("d", [0.0]) for _ in range(values))

    def add(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Add times with their values. It is fast if few known ones are later."""
        ordered = sorted(rows)
        if not ordered:
            return
        place = bisect_left(self.times, ordered[0][0])
        if place < len(self.times):
            ordered = sorted(chain(self._from(place), ordered))
            del self.times[place:]
            for sums in self.sums:
                del sums[place + 1 :]
        times, *columns = zip(*ordered, strict=True)
        self.times.extend(times)
        for sums, values in zip(self.sums, columns, strict=True):
            sums.extend(accumulate(values, initial=sums.pop()))

    def _from(self, place: int) -> Iterable[tuple[int, ...]]:
        values = ([int(after - before) for before, after in pairwise(sums[place:])] for sums in self.sums)
        return zip(self.times[place:], *values, strict=True)


class Series:
    """Attempts with their times and a whole number for each. `origin` is a time before or near them."""

    __slots__ = ("ends", "longest", "origin", "starts")

    def __init__(self, origin: int) -> None:
        self.origin = origin
        self.starts, self.ends = Ordered(3), Ordered(3)
        self.longest = 0

    def add(self, attempts: Iterable[tuple[int, int, int]]) -> None:
        """Add attempts: start, end, and the number."""
        known = list(attempts)
        origin = self.origin
        self.starts.add((start, start - origin, number, number * (start - origin)) for start, _, number in known)
        self.ends.add((end, end - origin, number, number * (end - origin)) for _, end, number in known)
        self.longest = max(self.longest, max((end - start for start, end, _ in known), default=0))

    def begun(self, time: int) -> int:
        """Return how many began before a time."""
        return bisect_left(self.starts.times, time)

    def ended(self, time: int) -> int:
        """Return how many ended at a time or before."""
        return bisect_right(self.ends.times, time)

    def number_in(self, start: int, end: int) -> int:
        """Return how many ran between two times."""
        return self.begun(end) - self.ended(start)

    def sum_in(self, start: int, end: int) -> int:
        """Return the sum of the numbers of those that ran between two times."""
        return int(self.starts.sums[1][self.begun(end)] - self.ends.sums[1][self.ended(start)])

    def work_until(self, time: int, *, weighted: bool = False) -> float:
        """Return how long attempts ran before a time, in all; if `weighted`, each times its number."""
        begun, ended, since = self.begun(time), self.ended(time), time - self.origin
        if not weighted:
            return (begun - ended) * since - (self.starts.sums[0][begun] - self.ends.sums[0][ended])
        weight = self.starts.sums[1][begun] - self.ends.sums[1][ended]
        return weight * since - (self.starts.sums[2][begun] - self.ends.sums[2][ended])

    def numbers_of(self, start: int, end: int) -> list[int]:
        """Return the numbers of the attempts that began between two times."""
        sums = self.starts.sums[1]
        return [int(sums[place + 1] - sums[place]) for place in range(self.begun(start), self.begun(end))]


def means(all_series: Iterable[Series], edges: list[int], *, weighted: bool) -> list[float]:
    """Return how many attempts ran on average in each bin; if `weighted`, the mean of the sum of their numbers."""
    totals = [0.0] * (len(edges) - 1)
    for series in all_series:
        until = [series.work_until(edge, weighted=weighted) for edge in edges]
        totals = [total + after - before for total, (before, after) in zip(totals, pairwise(until), strict=True)]
    return [total / (high - low) for total, (low, high) in zip(totals, pairwise(edges), strict=True)]
