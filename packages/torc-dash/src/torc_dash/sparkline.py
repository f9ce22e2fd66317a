"""Numbers over time as bars for SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 30.0
# A bin with one job is visible.
_LOWEST = 1.5


@dataclass(frozen=True)
class SparkBar:
    """A bar, one unit wide."""

    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Sparkline:
    """The bars of numbers, of which `most` is the largest."""

    bars: tuple[SparkBar, ...]
    width: int
    height: float
    most: int


def sparkline(numbers: Sequence[int]) -> Sparkline | None:
    """Return the bars; None without numbers. A number of 0 has no bar."""
    most = max(numbers, default=0)
    if not most:
        return None
    heights = [max(HEIGHT * number / most, _LOWEST) if number else 0.0 for number in numbers]
    bars = tuple(
        SparkBar(at, round(HEIGHT - height, 2), round(height, 2)) for at, height in enumerate(heights) if height
    )
    return Sparkline(bars, len(numbers), HEIGHT, most)
