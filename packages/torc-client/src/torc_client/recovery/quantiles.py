"""Quantiles of what jobs used. Pure."""

import math
from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Quantile(StrEnum):
    """A quantile, by the nearest rank: it is one of the values."""

    P50 = "p50"
    P90 = "p90"
    P99 = "p99"
    MOST = "max"

    @property
    def share(self) -> float:
        """The share of the values that are at most the quantile."""
        return _SHARES[self]

    def of(self, values: Iterable[float | None]) -> float:
        """Return the quantile of the values that are not None; 0 without such values."""
        ordered = sorted(value for value in values if value is not None)
        return ordered[max(0, math.ceil(self.share * len(ordered)) - 1)] if ordered else 0

    def ignored(self, number: int) -> int:
        """Return how many of some values are above the quantile."""
        return number - max(1, math.ceil(self.share * number)) if number else 0


_SHARES: Final = {Quantile.P50: 0.5, Quantile.P90: 0.9, Quantile.P99: 0.99, Quantile.MOST: 1.0}
