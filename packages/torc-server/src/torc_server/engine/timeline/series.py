"""Attempts in the order of their starts and of their ends: how many run at a time is found without reading all. Pure.

The number of attempts that run at a time is the number that began before it, less the number that ended before it. How
long they ran until then follows in the same way from the sums of their starts and ends. Both are two binary searches.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from operator import mul, sub


class Ordered:
    """Times in order, each with a whole number, and sums from the first one on: of times, numbers, and their products.

    The times in sums are counted from `origin`. Without `weighted`, there are no sums of products.
    """

    __slots__ = ("_is_weighted", "_origin", "numbers", "products", "since", "times")

    def __init__(self, origin: int, *, weighted: bool) -> None:
        self._origin, self._is_weighted = origin, weighted
        self.times = array("q")
        # Doubles are exact here: the numbers are small, and times are counted from one near them.
        self.since, self.numbers, self.products = array("d", [0.0]), array("d", [0.0]), array("d", [0.0])

    def add(self, times: Sequence[int], numbers: Sequence[int]) -> None:
        """Add times with their numbers. It is fast if few known ones are later."""
        place = bisect_left(self.times, min(times))
        if place < len(self.times):
            numbers = [*self.number_at(range(place, len(self.times))), *numbers]
            times = [*self.times[place:], *times]
            del self.times[place:], self.since[place + 1 :], self.numbers[place + 1 :], self.products[place + 1 :]
        order = sorted(range(len(times)), key=times.__getitem__)
        ordered = [times[each] for each in order]
        weights = [numbers[each] for each in order]
        since = [time - self._origin for time in ordered]
        self.times.extend(ordered)
        _continue(self.since, since)
        _continue(self.numbers, weights)
        if self._is_weighted:
            _continue(self.products, map(mul, since, weights))

    def number_at(self, places: Iterable[int]) -> list[int]:
        """Return the numbers at some places."""
        sums = self.numbers
        return [int(sums[place + 1] - sums[place]) for place in places]


def _continue(sums: "array[float]", values: Iterable[int]) -> None:
    sums.extend(accumulate(values, initial=sums.pop()))


class Series:
    """Attempts with their times and a whole number for each. `origin` is a time before or near them.

    If it is weighted, it also has the work of attempts times their numbers.
    """

    __slots__ = ("ends", "longest", "origin", "starts")

    def __init__(self, origin: int, *, weighted: bool = False) -> None:
        self.origin = origin
        self.starts, self.ends = Ordered(origin, weighted=weighted), Ordered(origin, weighted=weighted)
        self.longest = 0

    def add(self, starts: Sequence[int], ends: Sequence[int], numbers: Sequence[int]) -> None:
        """Add attempts. There must be one."""
        self.starts.add(starts, numbers)
        self.ends.add(ends, numbers)
        self.longest = max(self.longest, *map(sub, ends, starts))

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
        return int(self.starts.numbers[self.begun(end)] - self.ends.numbers[self.ended(start)])

    def work_until(self, time: int, *, weighted: bool = False) -> float:
        """Return how long attempts ran before a time, in all; if `weighted`, each times its number."""
        begun, ended, since = self.begun(time), self.ended(time), time - self.origin
        if not weighted:
            return (begun - ended) * since - (self.starts.since[begun] - self.ends.since[ended])
        weight = self.starts.numbers[begun] - self.ends.numbers[ended]
        return weight * since - (self.starts.products[begun] - self.ends.products[ended])

    def numbers_of(self, start: int, end: int) -> list[int]:
        """Return the numbers of the attempts that began between two times."""
        return self.starts.number_at(range(self.begun(start), self.begun(end)))


def means(all_series: Iterable[Series], edges: list[int], *, weighted: bool) -> list[float]:
    """Return how many attempts ran on average in each bin; if `weighted`, the mean of the sum of their numbers."""
    totals = [0.0] * (len(edges) - 1)
    for series in all_series:
        until = [series.work_until(edge, weighted=weighted) for edge in edges]
        totals = [total + after - before for total, (before, after) in zip(totals, pairwise(until), strict=True)]
    return [total / (high - low) for total, (low, high) in zip(totals, pairwise(edges), strict=True)]
