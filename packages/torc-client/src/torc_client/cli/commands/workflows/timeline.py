"""`torc workflows timeline`."""

from dataclasses import dataclass
from typing import Any

import click

from torc_client.api.enums import TimelineLanes
from torc_client.api.records import TimelineCount, TimelineLane, TimelineResponse
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.text import duration, parse_timestamp, timestamp

_CELLS = 40
_HEIGHTS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class ChartedLane:
    """A host or a group of jobs, with a chart of how many of its jobs ran."""

    key: str
    attempts: str
    job_time: str
    chart: str


def chart(lane: TimelineLane, seconds: float) -> str:
    """Return how many attempts ran over the time of a timeline, as a line of blocks: the highest is the most."""
    cell = seconds / _CELLS
    heights = [0.0] * _CELLS
    for one in lane.rectangles:
        start, end = max(one.start_seconds, 0.0), min(one.end_seconds, seconds)
        at_once = one.job_seconds / (one.end_seconds - one.start_seconds)
        for place in range(min(int(start / cell), _CELLS - 1), min(int(end / cell), _CELLS - 1) + 1):
            within = min(end, (place + 1) * cell) - max(start, place * cell)
            heights[place] += at_once * max(within, 0.0) / cell
    highest = max(heights, default=0.0)
    if highest == 0:
        return ""
    # What ran for a moment is visible.
    return "".join(_HEIGHTS[-int(-8 * height // highest)] for height in heights).rstrip()


def _words(counts: list[TimelineCount]) -> str:
    return ", ".join(f"{each.num_attempts} {each.status.value}" for each in counts)


def _charted(found: TimelineResponse) -> list[ChartedLane]:
    start, end = (parse_timestamp(each or "") for each in (found.start_time, found.end_time))
    seconds = 0.0 if start is None or end is None else (end - start).total_seconds()
    return [
        ChartedLane(lane.key, _words(lane.counts), duration(lane.job_seconds), chart(lane, seconds) if seconds else "")
        for lane in found.lanes
    ]


def _sentences(found: TimelineResponse) -> list[str]:
    sentences = [] if found.num_attempts else ["Nothing has run in this run yet."]
    if found.start_time and found.end_time:
        counts = f": {_words(found.counts)}" if found.counts else ""
        sentences.append(f"Run {found.run_id}, {timestamp(found.start_time)} to {timestamp(found.end_time)}{counts}")
    if found.node_cpu_seconds > 0:
        busy, nodes = found.busy_cpu_seconds, found.node_cpu_seconds
        share = f"{100 * busy / nodes:.0f} % ({duration(busy)} of {duration(nodes)})"
        sentences.append(f"CPU time of the compute nodes in use: {share}")
    if found.left_out_attempts:
        sentences.append(f"Attempts left out, without a readable time: {found.left_out_attempts}")
    return sentences


@command(short_help="Show what ran when, and how busy the nodes were.")
@workflow_argument
@click.option("--lanes", type=click.Choice(["hosts", "groups"]), default="hosts", help="A row for each host or group.")
@click.option("--run-id", type=click.IntRange(min=0), help="The run.  [default: the current one]")
@click.option("--start", help="Begin at this time, such as 2026-01-02T03:04:05Z.  [default: the start of the run]")
@click.option("--end", help="End at this time.  [default: the end of the run]")
@click.option("-l", "--limit", type=click.IntRange(1, 200), default=40, help="Maximum number of rows.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Number of rows to skip.")
async def timeline(app: App, workflow_id: int | None, lanes: str, **options: Any) -> Report:
    """Show what ran when on each host or in each group of jobs, and which share of the CPUs was in use.

    The chart shows how many jobs of the row ran: the highest block is the most. Each attempt of a job counts. -f json
    has the start and end of each attempt, or bins of them if there are many.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        found: TimelineResponse = await client.workflows.get_timeline(
            workflow_id, lanes=TimelineLanes(lanes), **options
        )
    columns = (
        Column("Host" if lanes == "hosts" else "Group", "key"),
        Column("Attempts", "attempts"),
        Column("Ran for", "job_time", right=True),
        Column("Jobs over time", "chart", whole=True),
    )
    listing = Listing(_charted(found), columns, "lane", "lanes", title, total=found.total_lanes)
    return Report(found, listing, _sentences(found))
