"""A timeline as shapes for SVG: rectangles in lanes, ticks of the time axis, and the curve of busy CPUs. Pure.

Positions along the time are percent of the width, so that the drawing fits any window; heights are pixels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from torc_client.api.records import TimelineCount, TimelineLane, TimelineRectangle, TimelineResponse
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.text import duration
from torc_dash.timeline_window import Window

_GAP, _LEAST_LANE = 5.0, 18.0
# Lanes and rows: few are higher, so that all together have about this height.
_LOWEST, _HIGHEST, _TOGETHER = 26.0, 80.0, 260.0
_LOWEST_ROW, _HIGHEST_ROW = 7.0, 22.0
_BETWEEN_ROWS = 1.5
# Bars have names only if there are few and they are high enough.
_ROW_WITH_NAME, _MOST_NAMES = 16.0, 150
# A single attempt among many is visible, and so is one that ran for a moment.
_THINNEST, _NARROWEST = 2.0, 0.15
_MOST_TICKS = 5
_STEPS = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    10800, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000,
)  # fmt: skip


@dataclass(frozen=True)
class MarkPart:
    """The part of a rectangle that shows attempts of one status."""

    status: str
    y: float
    height: float


@dataclass(frozen=True)
class Mark:
    """A rectangle: where it is, what it says, and the page with its jobs."""

    x: float
    width: float
    parts: tuple[MarkPart, ...]
    title: str
    href: str
    name: str = ""


@dataclass(frozen=True)
class DrawnLane:
    """A lane: its name, its band, when its nodes were active as (x, width), and its rectangles, in rows or by bins."""

    name: str
    href: str
    y: float
    height: float
    active: tuple[tuple[float, float], ...]
    marks: tuple[Mark, ...]
    by_bins: bool


@dataclass(frozen=True)
class TimeTick:
    """A time on the axis, in UTC."""

    x: float
    text: str


@dataclass(frozen=True)
class TimelineDrawing:
    """All lanes with the axis, and the paths of CPUs in a box of `bins` by 100."""

    lanes: tuple[DrawnLane, ...]
    height: float
    ticks: tuple[TimeTick, ...]
    bins: int
    busy: str
    nodes: str
    window: Window


LinkOf = Callable[[TimelineLane, TimelineRectangle | None], str]


def draw(found: TimelineResponse, window: Window, link_of: LinkOf, *, is_same_scale: bool) -> TimelineDrawing:
    """Draw a timeline. With `is_same_scale`, equal heights are as many jobs in all lanes."""
    highest = max((_at_once(one) for lane in found.lanes for one in lane.rectangles), default=1.0)
    height = _fitting(len(found.lanes), _LOWEST, _HIGHEST)
    row = _fitting(sum(lane.num_rows for lane in found.lanes), _LOWEST_ROW, _HIGHEST_ROW)
    with_names = row >= _ROW_WITH_NAME and sum(len(lane.rectangles) for lane in found.lanes) <= _MOST_NAMES
    lanes, y = [], _GAP
    for lane in found.lanes:
        most = highest if is_same_scale else max((_at_once(one) for one in lane.rectangles), default=1.0)
        drawn = _draw_lane(lane, _Band(y, height, most, row, with_names=with_names), window.seconds, link_of)
        lanes.append(drawn)
        y += drawn.height + _GAP
    highest_cpus = max([*found.busy_cpus, *found.node_cpus, 1e-9])
    return TimelineDrawing(
        tuple(lanes), y, ticks(window), max(len(found.busy_cpus), 1),
        _area(found.busy_cpus, highest_cpus), _area(found.node_cpus, highest_cpus), window,
    )  # fmt: skip


def is_by_bins(lane: TimelineLane) -> bool:
    """Whether the rectangles of a lane are bins, not attempts."""
    return any(sum(each.num_attempts for each in one.counts) > 1 for one in lane.rectangles)


def words(counts: Sequence[TimelineCount]) -> str:
    """Return counts as text: "12 completed, 1 failed"."""
    return ", ".join(f"{each.num_attempts:,} {each.status.value.replace('_', ' ')}" for each in counts)


def title_of(one: TimelineRectangle) -> str:
    """Return what a rectangle says: job, status and duration, or numbers."""
    if one.job_id is None:
        return f"{words(one.counts)}; {_at_once(one):.3g} at once on average"
    attempt = f", attempt {one.attempt_id}" if (one.attempt_id or 1) > 1 else ""
    status = one.counts[0].status.value.replace("_", " ")
    name = inert_line(one.job_name or f"Job {one.job_id}")
    return f"{name}{attempt}: {status}, {duration(one.job_seconds)}"


def ticks(window: Window, most: int = _MOST_TICKS) -> tuple[TimeTick, ...]:
    """Return round times in a window, in UTC. A tick at which the day changes has the date."""
    step = next((step for step in _STEPS if window.seconds / step <= most), _STEPS[-1])
    first = -(-window.start // step)
    found, day = [], ""
    for number in range(most + 1):
        time = (first + number) * step
        if time > window.end:
            break
        moment = datetime.fromtimestamp(time, UTC)
        date = f"{moment:%Y-%m-%d}"
        clock = "" if step >= 86400 else f"{moment:%H:%M}" if step >= 60 else f"{moment:%H:%M:%S}"
        if step < 1:
            clock += f".{moment.microsecond // 1000:03d}"
        text = clock if date == day else f"{date[5:] if clock else date} {clock}".strip()
        found.append(TimeTick(_percent(time - window.start, window.seconds), text))
        day = date
    return tuple(found)


@dataclass(frozen=True)
class _Band:
    """Where a lane is: its top, its height if it shows bins, the number of jobs that is as high, and of a row."""

    y: float
    height: float
    most: float
    row: float
    with_names: bool


def _draw_lane(lane: TimelineLane, band: _Band, seconds: float, link_of: LinkOf) -> DrawnLane:
    by_bins = is_by_bins(lane)
    height = band.height if by_bins else max(lane.num_rows * band.row, _LEAST_LANE)
    marks = []
    for one in lane.rectangles:
        left, right = max(one.start_seconds, 0.0), min(one.end_seconds, seconds)
        if by_bins:
            tall = max(height * _at_once(one) / band.most, _THINNEST)
            parts = _stacked(one.counts, band.y + height - tall, tall)
        else:
            top = band.y + one.row * band.row + _BETWEEN_ROWS / 2
            parts = (MarkPart(one.counts[0].status.value, round(top, 1), round(band.row - _BETWEEN_ROWS, 1)),)
        width = max(_percent(right - left, seconds), _NARROWEST)
        marks.append(
            Mark(
                min(_percent(left, seconds), 100 - _NARROWEST), width, parts, title_of(one), link_of(lane, one),
                name=inert_line(one.job_name or "") if band.with_names and not by_bins else "",
            )
        )  # fmt: skip
    active = tuple(
        (_percent(each.start_seconds, seconds), _percent(each.end_seconds - each.start_seconds, seconds))
        for each in lane.active
    )
    return DrawnLane(inert_line(lane.key), link_of(lane, None), band.y, height, active, tuple(marks), by_bins)


def _fitting(number: int, lowest: float, highest: float) -> float:
    return min(max(_TOGETHER / max(number, 1), lowest), highest)


def _stacked(counts: Sequence[TimelineCount], y: float, height: float) -> tuple[MarkPart, ...]:
    """Return parts whose heights are the shares of the statuses. Each is visible; what did not succeed is above."""
    if len(counts) == 1:
        return (MarkPart(counts[0].status.value, round(y, 1), round(height, 1)),)
    total = sum(each.num_attempts for each in counts)
    ordered = sorted(counts, key=lambda each: each.status not in UNSUCCESSFUL)
    shares = [max(height * each.num_attempts / total, _THINNEST) for each in ordered]
    scale = height / sum(shares)
    parts, at = [], y
    for each, share in zip(ordered, shares, strict=True):
        parts.append(MarkPart(each.status.value, round(at, 1), round(share * scale, 1)))
        at += share * scale
    return tuple(parts)


def _at_once(one: TimelineRectangle) -> float:
    """Return the mean number of attempts that run in a rectangle."""
    return one.job_seconds / max(one.end_seconds - one.start_seconds, 1e-9)


def _area(values: Sequence[float], highest: float) -> str:
    """Return path data of an area in steps, in a box in which each value is one unit wide and the highest 100 high."""
    steps = "".join(f"V{100 - 100 * value / highest:.1f}H{place}" for place, value in enumerate(values, 1))
    return f"M0 100{steps}V100Z" if steps else ""


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 3)
