"""What jobs used, as shapes for SVG: box plots, and points of memory and run time. Pure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from torc_client.api.records import UseOfJob
from torc_client.edge.terminal_text import inert_line
from torc_client.graph.canvas import cut
from torc_client.recovery.outcomes import RequiredResources
from torc_client.recovery.use_summary import UseComparison, amount_text
from torc_client.recovery.utilization import Resource

PLOT_WIDTH: Final = 480.0
_LABEL_WIDTH = 116.0
_RIGHT = 34.0
_ROW_HEIGHT = 30.0
_AXIS_HEIGHT = 22.0
_LABEL_COLUMNS = 15
_MOST_TICKS = 5
_SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200)
_DAY = 86_400.0
# Further away than this factor, what was required would squeeze all jobs into a corner.
_FAR = 8


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: its place, and its text."""

    at: float
    text: str


@dataclass(frozen=True)
class Box:
    """The quantiles of some jobs as places on the axis. `required` is None if nothing was required."""

    label: str
    title: str
    y: float
    least: float
    p25: float
    p50: float
    p75: float
    p90: float
    p99: float
    most: float
    required: float | None


@dataclass(frozen=True)
class BoxPlot:
    """Boxes above each other on one axis."""

    label: str
    height: float
    boxes: tuple[Box, ...]
    ticks: tuple[Tick, ...]
    width: float = PLOT_WIDTH
    left: float = _LABEL_WIDTH


def box_plot(rows: Sequence[tuple[str, UseComparison]]) -> BoxPlot:
    """Draw the same resource of several sets of jobs. There is at least one."""
    resource = rows[0][1].resource
    most = max(max(one.used.most, one.required or 0) for _, one in rows) or 1
    scale = (PLOT_WIDTH - _LABEL_WIDTH - _RIGHT) / (most * 1.02)

    def at(amount: float) -> float:
        return round(_LABEL_WIDTH + amount * scale, 1)

    boxes = tuple(_box(label, one, 4 + number * _ROW_HEIGHT, at) for number, (label, one) in enumerate(rows))
    ticks = _ticks(resource, most, at)
    label = f"{resource.value} by quantiles. {'. '.join(box.title for box in boxes)}"
    return BoxPlot(label, 4 + len(rows) * _ROW_HEIGHT + _AXIS_HEIGHT, boxes, ticks)


def _box(label: str, one: UseComparison, y: float, at: Callable[[float], float]) -> Box:
    used = one.used
    return Box(
        label=cut(inert_line(label), _LABEL_COLUMNS),
        title=f"{inert_line(label)}: {_summary(one)}",
        y=y,
        least=at(used.least),
        p25=at(used.p25),
        p50=at(used.p50),
        p75=at(used.p75),
        p90=at(used.p90),
        p99=at(used.p99),
        most=at(used.most),
        required=at(one.required) if one.required else None,
    )


def _summary(one: UseComparison) -> str:
    used = one.used
    return (
        f"{one.text(used.least)} to {one.text(used.most)}, half of them {one.text(used.p25)} to {one.text(used.p75)},"
        f" median {one.text(used.p50)}, 99 % at most {one.text(used.p99)}"
    )


def _ticks(resource: Resource, most: float, at: Callable[[float], float]) -> tuple[Tick, ...]:
    return tuple(Tick(at(value), amount_text(resource, value) if value else "0") for value in axis(resource, most))


def axis(resource: Resource, most: float) -> list[float]:
    """Return at most six round amounts from 0 to `most`."""
    step = _step(resource, most / _MOST_TICKS)
    return [number * step for number in range(int(most / step) + 1)]


def _step(resource: Resource, least: float) -> float:
    """Return the smallest round amount that is at least `least`."""
    if resource is Resource.MEMORY:
        return 2.0 ** math.ceil(math.log2(max(least, 1)))
    if resource is Resource.CPU or least < 1:
        power = 10.0 ** math.floor(math.log10(max(least, 1e-6)))
        return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)
    return next((float(seconds) for seconds in _SECONDS if seconds >= least), _DAY * math.ceil(least / _DAY))


@dataclass(frozen=True)
class Point:
    """A job: its run time and its memory as a place."""

    x: float
    y: float
    title: str
    is_failed: bool


@dataclass(frozen=True)
class Scatter:
    """Jobs by run time and memory. Lines mark what was required; `outside` names what is too far from the jobs."""

    label: str
    points: tuple[Point, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    required_x: float | None
    required_y: float | None
    outside: str = ""
    width: float = 420.0
    height: float = 284.0
    left: float = 74.0
    bottom: float = 240.0


def scatter(sample: Sequence[UseOfJob], required: RequiredResources) -> Scatter | None:
    """Draw jobs whose memory was measured; None if there are fewer than two."""
    jobs = [job for job in sample if job.memory_bytes]
    if len(jobs) < 2:
        return None
    empty = Scatter("", (), (), (), None, None)
    most_seconds, runtime = _scale(max(job.seconds for job in jobs), required.runtime_seconds)
    most_bytes, memory = _scale(max(job.memory_bytes or 0 for job in jobs), required.memory_bytes)
    named = (("memory", memory, required.memory_bytes), ("run time", runtime, required.runtime_seconds))
    width, height = empty.width - empty.left - 34, empty.bottom - 12

    def x_of(seconds: float) -> float:
        return round(empty.left + width * seconds / most_seconds, 1)

    def y_of(size_bytes: float) -> float:
        return round(empty.bottom - height * size_bytes / most_bytes, 1)

    points = [
        Point(
            x_of(job.seconds),
            y_of(job.memory_bytes or 0),
            f"{inert_line(job.job_name)}: {amount_text(Resource.MEMORY, job.memory_bytes or 0)},"
            f" {amount_text(Resource.RUNTIME, job.seconds)}{'' if job.return_code == 0 else ', failed'}",
            job.return_code != 0,
        )
        for job in jobs
    ]
    # Failed jobs are few, and are drawn above the others.
    ordered = tuple(sorted(points, key=lambda point: point.is_failed))
    return Scatter(
        f"Memory and run time of {len(points)} jobs",
        ordered,
        _ticks(Resource.RUNTIME, most_seconds, x_of),
        _ticks(Resource.MEMORY, most_bytes, y_of),
        None if runtime is None else x_of(runtime),
        None if memory is None else y_of(memory),
        " and ".join(name for name, drawn, asked in named if asked and drawn is None),
    )


def _scale(used: float, required: float | None) -> tuple[float, float | None]:
    """Return the end of an axis, and what was required if that is near what was used."""
    if not required or required > _FAR * used:
        return used or 1, None
    return max(used, required), required
