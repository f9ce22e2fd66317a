"""Workloads, their rows with targets, and outcomes. Pure."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Sizes = Mapping[str, int]


class NotMeasured(Exception):  # noqa: N818 - it is an answer, not an error
    """A value cannot be measured on this machine. The text is the reason, for the table."""


@dataclass(frozen=True, slots=True)
class Target:
    """Target of a row, in the row's unit."""

    limit: float
    is_floor: bool

    def is_met(self, value: float) -> bool:
        """Whether a value meets the target."""
        return value >= self.limit if self.is_floor else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.is_floor else '≤'} {self.limit:,.10g}"


def at_least(limit: float) -> Target:
    """A target where more is better."""
    return Target(limit, is_floor=True)


def at_most(limit: float) -> Target:
    """A target where less is better."""
    return Target(limit, is_floor=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: one value of a round, or the ratio of two values of the same round."""

    title: str
    value: str
    unit: str = ""
    per: str | None = None
    target: Target | None = None
    needs_full_size: bool = False
    """The target is stated for the full size: a smaller one neither meets nor misses it."""

    def of(self, measured: Mapping[str, float]) -> float | None:
        """Return the row's value in a round; None if it was not measured."""
        value = measured.get(self.value)
        if self.per is None or value is None:
            return value
        divisor = measured.get(self.per)
        return value / divisor if divisor else None


@dataclass(slots=True)
class Round:
    """The measured values of one round. `directory` is empty at its start."""

    directory: Path
    cache: Path
    """Folder that is kept between runs: environments of peers, compiled programs."""
    is_warm_up: bool = False
    number: int = 0
    measured: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    """Reasons for values that are not in `measured`, by name."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A program that measures: its sizes in the quick and the full set, its rows, and the work of one round."""

    name: str
    title: str
    rows: tuple[Row, ...]
    run: Callable[[Round, Sizes], None]
    full: Sizes
    quick: Sizes | None = None
    """None: only in the full set."""
    runs: int | None = None
    """Number of rounds, for workloads that are too long for the usual number."""
    has_warm_up: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The median of several values and their spread."""

    median: float
    least: float
    most: float
    values: tuple[float, ...]

    @property
    def spread(self) -> float:
        """Interquartile range divided by the median."""
        if len(self.values) < 2 or self.median == 0:
            return 0.0
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return (high - low) / abs(self.median)


def summary(values: Sequence[float]) -> Summary:
    """Summarize at least one value."""
    return Summary(median=statistics.median(values), least=min(values), most=max(values), values=tuple(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A row with its summary, or the reason for a missing one."""

    row: Row
    summary: Summary | None
    is_met: bool | None
    """None without a target or a value, or if the target is for another size."""
    reason: str = ""


def outcomes(workload: Workload, rounds: Sequence[Round], *, is_full: bool) -> list[Outcome]:
    """Summarize each row over the rounds."""
    return [_outcome(row, rounds, is_full=is_full) for row in workload.rows]


def _outcome(row: Row, rounds: Sequence[Round], *, is_full: bool) -> Outcome:
    values = [value for value in (row.of(each.measured) for each in rounds) if value is not None]
    if not values:
        return Outcome(row=row, summary=None, is_met=None, reason=_reason(row, rounds))
    result = summary(values)
    is_judged = row.target is not None and (is_full or not row.needs_full_size)
    is_met = row.target.is_met(result.median) if row.target is not None and is_judged else None
    return Outcome(row=row, summary=result, is_met=is_met)


def _reason(row: Row, rounds: Sequence[Round]) -> str:
    names = [row.value] + ([row.per] if row.per is not None else [])
    found = (each.reasons[name] for each in rounds for name in names if name in each.reasons)
    return next(found, "not measured")


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that `percent` of the values do not exceed (nearest rank). Raises ValueError for no values."""
    if not values:
        raise ValueError("no values to take a percentile of")
    rank = max(1, -(-len(values) * percent // 100))
    return sorted(values)[int(rank) - 1]


def in_turn(names: Sequence[str], number: int) -> Iterator[str]:
    """Return the names in another order for each round, so that a slow minute or a warm cache favours none of them."""
    start = number % len(names)
    yield from names[start:]
    yield from names[:start]
