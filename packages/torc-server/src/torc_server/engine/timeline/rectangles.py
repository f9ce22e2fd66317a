"""Attempts as rectangles: one for each attempt in rows, or one for each bin of a window. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise

from torc_server.engine.ids import AttemptId, JobId
from torc_server.engine.states import JobStatus
from torc_server.engine.timeline.attempts import Attempt, Attempts
from torc_server.engine.timeline.series import Series
from torc_server.engine.timeline.window import Window


@dataclass(slots=True)
class Rectangle:
    """Attempts that ran in a time, drawn in a row of a lane. `work` is how long they ran in it, in all.

    A rectangle of one attempt has its ids. In a row of its own it has the whole time of the attempt, and else it lies
    within the window.
    """

    start: int
    end: int
    row: int
    work: float
    counts: dict[JobStatus, int] = field(default_factory=dict)
    job_id: JobId | None = None
    attempt_id: AttemptId | None = None
    job_name: str | None = None

    def continues(self, other: "Rectangle") -> bool:
        """Whether both are of the same single attempt, this one right after the other."""
        return (
            self.job_id is not None
            and (self.job_id, self.attempt_id, self.start) == (other.job_id, other.attempt_id, other.end)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatusSeries:
    """Attempts of a lane that have a status, and the table in which their places are."""

    status: JobStatus
    series: Series
    attempts: Attempts


def in_rows(attempts: Iterable[Attempt], most_rows: int) -> list[Rectangle] | None:
    """Return a rectangle for each attempt, in as few rows as possible; None if these are too many."""
    found: list[Rectangle] = []
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    rows = 0
    for one in sorted(attempts, key=lambda each: (each.start, each.end, each.job_id)):
        while busy and busy[0][0] <= one.start:
            heappush(free, heappop(busy)[1])
        if not free:
            if rows == most_rows:
                return None
            heappush(free, rows)
            rows += 1
        row = heappop(free)
        heappush(busy, (one.end, row))
        found.append(
            Rectangle(one.start, one.end, row, one.end - one.start, {one.status: 1}, one.job_id, one.attempt_id)
        )
    return found


def in_bins(lane: Sequence[StatusSeries], window: Window) -> list[Rectangle]:
    """Return a rectangle for each bin in which attempts ran. Neighbors of the same single attempt are one."""
    found: list[Rectangle] = []
    for low, high in pairwise(window.edges()):
        one = _of_bin(lane, low, high)
        if one is None:
            continue
        if found and one.continues(found[-1]):
            found[-1].end, found[-1].work = one.end, found[-1].work + one.work
        else:
            found.append(one)
    return found


def _of_bin(lane: Sequence[StatusSeries], low: int, high: int) -> Rectangle | None:
    """Return the rectangle from the first start to the last end in a bin."""
    start, end, work = high, low, 0.0
    counts: dict[JobStatus, int] = {}
    for each in lane:
        series = each.series
        number = series.number_in(low, high)
        if not number:
            continue
        counts[each.status] = counts.get(each.status, 0) + number
        work += series.work_until(high) - series.work_until(low)
        begun, ended = series.begun(low), series.ended(high)
        start = min(start, low if begun > series.ended(low) else series.starts.times[begun])
        end = max(end, high if series.begun(high) > ended else series.ends.times[ended - 1])
    if not counts:
        return None
    found = Rectangle(start, end, 0, work, counts)
    if sum(counts.values()) == 1:
        only = next(each for each in lane if each.series.number_in(low, high))
        attempt = only.attempts[only.series.sum_in(low, high)]
        found.job_id, found.attempt_id = attempt.job_id, attempt.attempt_id
    return found
