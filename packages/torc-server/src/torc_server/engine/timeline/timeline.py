"""The timeline of a run of a workflow: lanes of rectangles, at most 2,000, and how busy the compute nodes were."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from torc_server.engine.ids import RunId, WorkflowId
from torc_server.engine.states import JobStatus
from torc_server.engine.timeline.attempts import GROUPS, HOSTS, Attempt
from torc_server.engine.timeline.history import History, Run, ended_attempts, running_attempts
from torc_server.engine.timeline.lanes import LaneSource, Node, group_lanes, host_lanes, joined, nodes_of
from torc_server.engine.timeline.rectangles import Rectangle, StatusSeries, in_bins, in_rows
from torc_server.engine.timeline.series import Series, means
from torc_server.engine.timeline.window import Window
from torc_server.engine.workflows import workflow_row
from torc_server.store.row_ids import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

MOST_RECTANGLES = 2_000
USUAL_BINS, MOST_BINS = 200, 500
USUAL_LANES, MOST_LANES = 40, 200
# More attempts at the same time are not drawn in rows, but as one rectangle for each bin.
MOST_ROWS = 16

NAMES = Statement("""
SELECT job.id, substr(job.name, 1, 200) FROM json_each(:job_ids) AS asked CROSS JOIN job ON job.id = asked.value
""")


@dataclass(frozen=True, slots=True)
class Request:
    """What to draw. Without `run_id` the current run, without `start` and `end` the whole run. Times are in ms."""

    lanes: str = HOSTS
    run_id: int | None = None
    start: int | None = None
    end: int | None = None
    bins: int = USUAL_BINS
    limit: int = USUAL_LANES
    offset: int = 0


@dataclass(slots=True)
class DrawnLane:
    """A lane with its attempts in the window: their number by status, how long they ran, and rectangles in rows."""

    name: str
    active: list[tuple[int, int]]
    counts: dict[JobStatus, int]
    work: float
    rectangles: list[Rectangle] = field(default_factory=list)

    @property
    def num_rows(self) -> int:
        """The number of rows."""
        return 1 + max((each.row for each in self.rectangles), default=0)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawn lanes, and the means for each bin of the window: jobs that run, their CPUs, and CPUs of active nodes.

    `span` is the time from the first start to the last end of the run, None if nothing has run. `window` is None if no
    time was asked for either. The counts are those of all lanes.
    """

    run_id: int
    num_attempts: int
    left_out: int
    span: Window | None
    window: Window | None
    lanes: list[DrawnLane]
    total_lanes: int
    counts: dict[JobStatus, int]
    running: list[float]
    busy_cpus: list[float]
    node_cpus: list[float]


def timeline(tx: Transaction, workflow_id: WorkflowId, request: Request, now: datetime) -> Timeline:
    """Return the timeline of a run. Raises NotFound."""
    current = workflow_row(tx, workflow_id)["run_id"]
    run_id = current if request.run_id is None else request.run_id
    run = Run(workflow_id, RunId(run_id), run_id == current, int(now.timestamp() * 1000))
    with ended_attempts(tx, run) as ended:
        return _timeline(tx, run, request, (ended, running_attempts(tx, run)))


def _timeline(tx: Transaction, run: Run, request: Request, histories: Sequence[History]) -> Timeline:
    span = _span(histories)
    nodes = nodes_of(tx, run)
    lanes = group_lanes(tx, run) if request.lanes == GROUPS else host_lanes(nodes, span)
    window = _window(request, span)
    drawn: list[DrawnLane] = []
    if window is not None:
        shown = lanes[request.offset : request.offset + min(request.limit, MOST_LANES)]
        drawn = _draw(window, [(lane, _series_of(histories, request.lanes, lane)) for lane in shown])
        _name(tx, drawn)
    totals = [(status, series) for each in histories for status, series in each.attempts.totals.items()]
    edges = [] if window is None else window.edges()
    return Timeline(
        run_id=run.run_id,
        num_attempts=sum(len(each.attempts) + each.left_out for each in histories),
        left_out=sum(each.left_out for each in histories),
        span=span,
        window=window,
        lanes=drawn,
        total_lanes=len(lanes),
        counts={} if window is None else _counts(totals, window),
        running=means((series for _, series in totals), edges, weighted=False) if edges else [],
        busy_cpus=means((series for _, series in totals), edges, weighted=True) if edges else [],
        node_cpus=[] if window is None else window.means(_capacities(nodes)),
    )


def _span(histories: Sequence[History]) -> Window | None:
    totals = [series for each in histories for series in each.attempts.totals.values()]
    if not totals:
        return None
    start, end = min(each.starts.times[0] for each in totals), max(each.ends.times[-1] for each in totals)
    return Window.of(start, end, 1)


def _window(request: Request, span: Window | None) -> Window | None:
    start = request.start if request.start is not None else None if span is None else span.start
    end = request.end if request.end is not None else None if span is None else span.end
    if start is None or end is None:
        return None
    return Window.of(start, max(end, start + 1), min(request.bins, MOST_BINS))


def _series_of(histories: Sequence[History], kind: str, lane: LaneSource) -> list[StatusSeries]:
    return [
        StatusSeries(status, series, each.attempts)
        for each in histories
        for key in lane.keys
        for status, series in each.attempts.series_of(kind, key).items()
    ]


def _counts(of_status: Iterable[tuple[JobStatus, Series]], window: Window) -> dict[JobStatus, int]:
    counts: Counter[JobStatus] = Counter()
    for status, series in of_status:
        counts[status] += series.number_in(window.start, window.end)
    return {status: number for status, number in sorted(counts.items()) if number}


def _capacities(nodes: Iterable[Node]) -> Iterator[tuple[int, int, int]]:
    for node in nodes:
        if node.start is not None and node.end is not None:
            yield node.start, node.end, node.num_cpus


def _draw(window: Window, lanes: Sequence[tuple[LaneSource, list[StatusSeries]]]) -> list[DrawnLane]:
    drawn = [
        DrawnLane(
            lane.name,
            joined(lane.active, window),
            _counts(((each.status, each.series) for each in of_lane), window),
            sum(each.series.work_until(window.end) - each.series.work_until(window.start) for each in of_lane),
        )
        for lane, of_lane in lanes
    ]
    numbers = [sum(each.counts.values()) for each in drawn]
    allowed = allowed_rectangles(numbers, min(window.bins, MOST_RECTANGLES // max(len(lanes), 1)))
    for each, (_, of_lane), number, most in zip(drawn, lanes, numbers, allowed, strict=True):
        rows = in_rows(_attempts(of_lane, window), MOST_ROWS) if number <= most else None
        each.rectangles = in_bins(of_lane, window.coarser(most)) if rows is None else rows
    return drawn


def _attempts(of_lane: Sequence[StatusSeries], window: Window) -> Iterator[Attempt]:
    for each in of_lane:
        yield from each.attempts.within(each.series, window.start, window.end)


def allowed_rectangles(numbers: Sequence[int], bins: int) -> list[int]:
    """Return how many rectangles each lane may have. What lanes of few attempts do not need is left for others.

    A lane of that many attempts or fewer can be drawn attempt by attempt, and another one by bins.
    """
    allowed = [bins] * len(numbers)
    left, waiting = MOST_RECTANGLES, len(numbers)
    for place in sorted(range(len(numbers)), key=lambda place: numbers[place]):
        waiting -= 1
        allowed[place] = numbers[place] if numbers[place] <= left - waiting * bins else bins
        left -= allowed[place]
    return allowed


def _name(tx: Transaction, lanes: Iterable[DrawnLane]) -> None:
    """Add the names of jobs to rectangles of one attempt."""
    single = [one for lane in lanes for one in lane.rectangles if one.job_id is not None]
    asked = json_numbers([*{one.job_id for one in single if one.job_id is not None}])
    names = {row[0]: row[1] for row in tx.rows(NAMES, {"job_ids": asked})}
    for one in single:
        one.job_name = names.get(one.job_id)
