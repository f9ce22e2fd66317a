"""What jobs used, as figures: quantiles, counts, and some of the jobs. Pure.

The figures of some rows are combined from those of parts of them, so that parts which did not change are read once.
"""

import heapq
import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from torc_server.edge.lacked_resources import KillCodes, Limits, lack_of
from torc_server.engine.states import JobStatus

MOST_TOP = 5
MOST_POINTS = 500
_QUARTER, _HALF = 0.25, 0.5


class UseRow(NamedTuple):
    """The result of a job. What was not measured is None."""

    job_id: int
    return_code: int
    status: int
    memory_bytes: int | None
    cpu_percent: float | None
    seconds: float


class Quantiles(NamedTuple):
    """Of some values: each is one of them, by the nearest rank."""

    least: float
    p25: float
    p50: float
    p75: float
    p90: float
    p99: float
    most: float


def _integers() -> "array[int]":
    return array("q")


def _numbers() -> "array[float]":
    return array("d")


@dataclass(slots=True)
class Use:
    """The figures of some results. The values are sorted, the rows of `sample` by their keys."""

    results: int = 0
    unsuccessful: int = 0
    out_of_memory: int = 0
    out_of_time: int = 0
    memory_bytes: "array[int]" = field(default_factory=_integers)
    cpu_percent: "array[float]" = field(default_factory=_numbers)
    seconds: "array[float]" = field(default_factory=_numbers)
    most_memory: list[UseRow] = field(default_factory=list)
    longest: list[UseRow] = field(default_factory=list)
    sample: list[UseRow] = field(default_factory=list)


def use_of(rows: Sequence[UseRow], limits: Limits, codes: KillCodes) -> Use:
    """Return the figures of results of jobs with equal requirements."""
    use = Use(len(rows))
    for row in rows:
        if row.status == JobStatus.COMPLETED:
            continue
        use.unsuccessful += 1
        lack = lack_of(
            row.return_code,
            limits,
            codes,
            peak_bytes=row.memory_bytes,
            seconds=row.seconds,
            is_terminated=row.status == JobStatus.TERMINATED,
        )
        if lack is not None:
            use.out_of_memory += lack.is_of_memory
            use.out_of_time += not lack.is_of_memory
    use.memory_bytes = array("q", sorted([row.memory_bytes for row in rows if row.memory_bytes]))
    use.cpu_percent = array("d", sorted([row.cpu_percent for row in rows if row.cpu_percent]))
    use.seconds = array("d", sorted([row.seconds for row in rows]))
    # Only rows that are as large as the largest ones are compared.
    least_bytes, least_seconds = (values[-MOST_TOP:][0] if values else 0 for values in (use.memory_bytes, use.seconds))
    _select(
        use,
        [row for row in rows if row.memory_bytes and row.memory_bytes >= least_bytes],
        [row for row in rows if row.seconds >= least_seconds],
        rows,
    )
    return use


def combined(parts: Sequence[Use]) -> Use:
    """Return the figures of all results that the parts have the figures of."""
    if len(parts) == 1:
        return parts[0]
    use = Use(
        sum(part.results for part in parts),
        sum(part.unsuccessful for part in parts),
        sum(part.out_of_memory for part in parts),
        sum(part.out_of_time for part in parts),
        # Sorting sorted runs only merges them.
        array("q", sorted(chain.from_iterable(part.memory_bytes for part in parts))),
        array("d", sorted(chain.from_iterable(part.cpu_percent for part in parts))),
        array("d", sorted(chain.from_iterable(part.seconds for part in parts))),
    )
    _select(
        use,
        chain.from_iterable(part.most_memory for part in parts),
        chain.from_iterable(part.longest for part in parts),
        chain.from_iterable(part.sample for part in parts),
    )
    return use


def _select(use: Use, memory: Iterable[UseRow], longest: Iterable[UseRow], sample: Iterable[UseRow]) -> None:
    use.most_memory = _top(memory, lambda row: row.memory_bytes or 0)
    use.longest = _top(longest, lambda row: row.seconds)
    use.sample = sorted(sample, key=_sample_key)[:MOST_POINTS]


def _top(rows: Iterable[UseRow], value: Callable[[UseRow], float]) -> list[UseRow]:
    return heapq.nlargest(MOST_TOP, rows, key=lambda row: (value(row), -row.job_id))


def _sample_key(row: UseRow) -> int:
    """Return a number that looks random and is always the same for a job, so that a sample stays the same."""
    return (row.job_id * 2654435761) & 0xFFFFFFFF


def quantiles(values: Sequence[float]) -> Quantiles | None:
    """Return the quantiles of sorted values; None if there are none."""
    if not values:
        return None
    last = len(values) - 1
    p25, p50, p75, p90, p99 = (
        values[min(last, math.ceil(share * len(values)) - 1)] for share in (_QUARTER, _HALF, 1 - _QUARTER, 0.9, 0.99)
    )
    return Quantiles(values[0], p25, p50, p75, p90, p99, values[last])


def shares(sizes: Sequence[int], total: int) -> list[int]:
    """Divide `total` among members that take up to their sizes, as evenly as possible."""
    given = [0] * len(sizes)
    left = total
    for place, number in enumerate(sorted(range(len(sizes)), key=lambda each: sizes[each])):
        given[number] = min(sizes[number], left // (len(sizes) - place))
        left -= given[number]
    return given
