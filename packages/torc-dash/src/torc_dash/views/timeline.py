"""What ran when in a workflow: lanes of hosts or groups, and how busy the compute nodes were."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from torc_client.api.enums import JobStatus, TimelineLanes
from torc_client.api.records import TimelineLane, TimelineRectangle, TimelineResponse
from torc_client.edge.filter_language import quoted
from torc_dash import addresses
from torc_dash.addresses import ID
from torc_dash.rendering import respond
from torc_dash.timeline_drawing import TimelineDrawing, draw
from torc_dash.timeline_tables import (
    LaneRow,
    PeriodRow,
    RectangleRow,
    Sums,
    has_bins,
    lane_rows,
    period_rows,
    rectangle_rows,
    sums_of,
)
from torc_dash.timeline_window import Here, Window, Zoom, address_of, text_of, times_of, window_of, zooms
from torc_dash.upstream import CLIENT
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

LANES_OF_PAGE = 40
_RUNS_LISTED = 6


@dataclass(frozen=True)
class ViewLink:
    """One of several views, as a link."""

    title: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class Pages:
    """Which lanes the page shows, and the addresses of those before and after."""

    text: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Content:
    """What ran, as a drawing and as tables."""

    drawing: TimelineDrawing
    statuses: tuple[JobStatus, ...]
    has_bins: bool
    sums: Sums
    lane_rows: tuple[LaneRow, ...]
    period_rows: tuple[PeriodRow, ...]
    rectangle_rows: tuple[RectangleRow, ...] | None
    rectangles: int
    all_rectangles_href: str


@dataclass(frozen=True)
class TimelinePage:
    """The values of the template. Without content, nothing ran in the window; without a window, nothing ran at all."""

    frame: WorkflowFrame
    kinds: tuple[ViewLink, ...]
    runs: tuple[ViewLink, ...]
    run_id: int
    current_run_id: int
    zooms: tuple[Zoom, ...]
    window: Window | None
    whole_href: str
    kind: str
    pages: Pages | None
    content: Content | None


async def page(request: web.Request) -> web.Response:
    """Show a timeline. `start` and `end` select the time, `lanes` hosts or groups, `run` the run."""
    workflow_id = workflow_id_of(request)
    asked = _asked(request.query)
    frame, found = await asyncio.gather(
        load_frame(request, workflow_id, "timeline"),
        request.app[CLIENT].workflows.get_timeline(
            workflow_id,
            run_id=int(asked["run"]) if "run" in asked else None,
            start=asked.get("start"),
            end=asked.get("end"),
            lanes=TimelineLanes(asked.get("lanes", "hosts")),
            limit=LANES_OF_PAGE,
            offset=int(asked.get("offset", "0")),
        ),
    )
    return respond(request, "pages/timeline.html", _page(frame, found, asked))


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of the request that are understood; others are left out, as if they were not there."""
    asked = times_of(query)
    for name in ("run", "offset"):
        text = query.get(name, "")
        if text.isascii() and text.isdigit() and len(text) < 10:
            asked[name] = text
    if query.get("lanes") == "groups":
        asked["lanes"] = "groups"
    if query.get("table") == "1":
        asked["table"] = "1"
    return asked


def _page(frame: WorkflowFrame, found: TimelineResponse, asked: dict[str, str]) -> TimelinePage:
    def here(**changes: str | int | None) -> str:
        return address_of(frame.id, asked, **changes)

    window = window_of(found.start_time, found.end_time)
    kind = asked.get("lanes", "hosts")
    current = found.run_id if frame.status.run_id is None else frame.status.run_id
    return TimelinePage(
        frame=frame,
        kinds=(
            ViewLink("Hosts", here(lanes=None, offset=None, table=None), kind == "hosts"),
            ViewLink("Groups", here(lanes="groups", offset=None, table=None), kind == "groups"),
        ),
        runs=_runs(current, found.run_id, here),
        run_id=found.run_id,
        current_run_id=current,
        zooms=() if window is None else zooms(window, found, here),
        window=window,
        whole_href=here(start=None, end=None),
        kind=kind,
        pages=_pages(found, int(asked.get("offset", "0")), kind, here),
        content=None if window is None or not found.counts else _content(frame, found, asked, window),
    )


def _content(frame: WorkflowFrame, found: TimelineResponse, asked: dict[str, str], window: Window) -> Content:
    kind = asked.get("lanes", "hosts")

    def link_of(lane: TimelineLane, one: TimelineRectangle | None) -> str:
        if one is not None and one.job_id is not None:
            return addresses.job(one.job_id, run=found.run_id, attempt=one.attempt_id)
        words = f"{'group' if kind == 'groups' else 'host'}={quoted(lane.key)}"
        if one is None:
            return addresses.jobs(frame.id, filter=words)
        if all(each.status is JobStatus.RUNNING for each in one.counts):
            return addresses.jobs(frame.id, filter=f"{words} status=running")
        start, end = (text_of(window.start + seconds) for seconds in (one.start_seconds, one.end_seconds))
        return addresses.jobs_within(frame.id, words, start, end)

    return Content(
        drawing=draw(found, window, link_of, is_same_scale=kind == "hosts"),
        statuses=tuple(each.status for each in found.counts),
        has_bins=has_bins(found),
        sums=sums_of(found),
        lane_rows=lane_rows(found, lambda lane: link_of(lane, None)),
        period_rows=period_rows(found, window),
        rectangle_rows=rectangle_rows(found, window, link_of, all_of_them="table" in asked),
        rectangles=sum(len(lane.rectangles) for lane in found.lanes),
        all_rectangles_href=address_of(frame.id, asked, table=1),
    )


def _runs(current: int, shown: int, here: Here) -> tuple[ViewLink, ...]:
    """Return links to the last runs. A single one needs no choice."""
    # Runs count from 1. The number 0 is that of a workflow before its first run.
    listed = sorted({*range(max(current - _RUNS_LISTED + 1, 1), current + 1), shown, current})
    if len(listed) == 1:
        return ()
    return tuple(
        ViewLink(str(run), here(run=None if run == current else run, start=None, end=None, offset=None), run == shown)
        for run in listed
    )


def _pages(found: TimelineResponse, offset: int, kind: str, here: Here) -> Pages | None:
    shown, total = len(found.lanes), found.total_lanes
    if shown == total:
        return None
    before = here(offset=max(offset - LANES_OF_PAGE, 0) or None, table=None) if offset else None
    after = here(offset=offset + shown, table=None) if offset + shown < total and shown else None
    first = f"{offset + 1:,} to {offset + shown:,}" if shown else "None"
    return Pages(f"{kind.capitalize()}: {first} of {total:,}", before, after)


ROUTES = (web.get(f"/workflows/{ID}/timeline", page, name="timeline"),)
