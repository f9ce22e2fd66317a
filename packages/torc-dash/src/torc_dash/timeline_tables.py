"""The content of a timeline as rows of tables, and what it says in all. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from torc_client.api.records import TimelineLane, TimelineRectangle, TimelineResponse
from torc_client.edge.terminal_text import inert_line
from torc_client.text import duration
from torc_dash.timeline_drawing import LinkOf, is_by_bins, title_of, words
from torc_dash.timeline_window import Window

# The rectangles are listed if there are no more than these, or if the reader asks for all.
FEW_RECTANGLES = 100
_PERIODS = 20


@dataclass(frozen=True)
class LaneRow:
    """A lane as a row."""

    name: str
    href: str
    attempts: str
    time: str


@dataclass(frozen=True)
class PeriodRow:
    """A part of the window: when it begins in seconds since 1970, jobs that run, CPUs, and the share in use."""

    start: float
    running: str
    busy_cpus: str
    node_cpus: str
    share: str


@dataclass(frozen=True)
class RectangleRow:
    """A rectangle as a row."""

    lane: str
    start: float
    end: float
    title: str
    href: str


@dataclass(frozen=True)
class Sums:
    """What a timeline says in all, as texts."""

    counts: str
    share: str | None
    time: str | None
    idle: str | None
    left_out: str | None


def lane_rows(found: TimelineResponse, href_of: Callable[[TimelineLane], str]) -> tuple[LaneRow, ...]:
    """Return a row for each lane."""
    return tuple(
        LaneRow(
            inert_line(lane.key), href_of(lane), words(lane.counts) or "none",
            duration(lane.job_seconds) if lane.job_seconds else "",
        )
        for lane in found.lanes
    )  # fmt: skip


def period_rows(found: TimelineResponse, window: Window) -> tuple[PeriodRow, ...]:
    """Return at most twenty rows: means of neighboring bins."""
    bins = len(found.running)
    width = -(-bins // _PERIODS)
    rows = []
    for first in range(0, bins, width):
        running, busy, nodes = (
            sum(values[first : first + width]) / len(values[first : first + width])
            for values in (found.running, found.busy_cpus, found.node_cpus)
        )
        start = window.start + first * (found.bin_seconds or 0.0)
        rows.append(PeriodRow(start, f"{running:,.1f}", f"{busy:,.1f}", f"{nodes:,.1f}", percent(busy, nodes) or ""))
    return tuple(rows)


def rectangle_rows(
    found: TimelineResponse, window: Window, link_of: LinkOf, *, all_of_them: bool
) -> tuple[RectangleRow, ...] | None:
    """Return a row for each rectangle; None if there are many and not all were asked for."""
    pairs: list[tuple[TimelineLane, TimelineRectangle]] = [
        (lane, one) for lane in found.lanes for one in lane.rectangles
    ]
    if len(pairs) > FEW_RECTANGLES and not all_of_them:
        return None
    return tuple(
        RectangleRow(
            inert_line(lane.key), window.start + one.start_seconds, window.start + one.end_seconds, title_of(one),
            link_of(lane, one),
        )
        for lane, one in pairs
    )  # fmt: skip


def sums_of(found: TimelineResponse) -> Sums:
    """Return what a timeline says in all."""
    busy, nodes = found.busy_cpu_seconds, found.node_cpu_seconds
    left_out = found.left_out_attempts
    attempts = "attempt is" if left_out == 1 else "attempts are"
    return Sums(
        counts=words(found.counts),
        share=percent(busy, nodes),
        time=f"{duration(busy)} of {duration(nodes)}" if nodes else None,
        idle=duration(nodes - busy) if nodes > busy else None,
        left_out=f"{left_out:,} {attempts} left out: no readable time is stored." if left_out else None,
    )


def percent(part: float, whole: float) -> str | None:
    """Return a share as text; None of nothing."""
    return f"{100 * part / whole:.0f} %" if whole > 0 else None


def has_bins(found: TimelineResponse) -> bool:
    """Whether a lane shows several attempts as one rectangle."""
    return any(is_by_bins(lane) for lane in found.lanes)
