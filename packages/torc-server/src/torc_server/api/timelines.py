"""What ran when in a workflow."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call, Parameter
from torc_server.engine.errors import RuleBroken
from torc_server.engine.states import JobStatus
from torc_server.engine.timeline.attempts import HOSTS, LANES
from torc_server.engine.timeline.history import MOST_ATTEMPTS
from torc_server.engine.timeline.rectangles import Rectangle
from torc_server.engine.timeline.timeline import (
    MOST_BINS,
    MOST_LANES,
    MOST_RECTANGLES,
    USUAL_BINS,
    USUAL_LANES,
    DrawnLane,
    Request,
    Timeline,
    timeline,
)
from torc_server.engine.timestamps import moment, timestamp
from torc_server.resources.fields import Integer, JobStatusField, Number, Record, Text, Timestamp, Word
from torc_server.resources.json_fields import Many, Part
from torc_server.store.transaction import Transaction


class TimelineCount(Record):
    """Attempts of one status."""

    status = JobStatusField("Status of the jobs after the attempts; `running` if they run.", required=True)
    num_attempts = Integer("Number of attempts.", required=True)


class TimelineRectangle(Record):
    """Attempts that ran in a time. Times are seconds since `start_time` of the timeline."""

    start_seconds = Number("When the first of them began, or the start of the bin.", required=True)
    end_seconds = Number("When the last of them ended, or the end of the bin.", required=True)
    row = Integer("The row of the lane. Rectangles of a row do not overlap.", required=True)
    counts = Many(Part(TimelineCount), "Number of attempts by status.", required=True)
    job_seconds = Number("How long the attempts ran within the rectangle, in all.", required=True)
    job_id = Integer("The job, if it is one attempt.")
    attempt_id = Integer("The attempt, if it is one.")
    job_name = Text("Name of the job, if it is one attempt; cut if it is long.")


class TimelinePeriod(Record):
    """A time in which a compute node of a host was active, in seconds since `start_time` of the timeline."""

    start_seconds = Number("When the node registered.", required=True)
    end_seconds = Number("When the node stopped, or now.", required=True)


class TimelineLane(Record):
    """A host or a group of jobs, with the attempts that ran there."""

    key = Text("Name of the host, or key of the group.", required=True)
    num_rows = Integer("Number of rows.", required=True)
    counts = Many(Part(TimelineCount), "Number of attempts by status.", required=True)
    job_seconds = Number("How long attempts ran, in all.", required=True)
    active = Many(
        Part(TimelinePeriod), "When the compute nodes of the host were active. Empty for a group.", required=True
    )
    rectangles = Many(Part(TimelineRectangle), "The attempts, in the order of their starts.", required=True)


class TimelineResponse(Record):
    """What ran when in a run of a workflow, and how busy the compute nodes were."""

    run_id = Integer("The run.", required=True)
    num_attempts = Integer("Attempts of the run that have ended or run now, in all.", required=True)
    left_out_attempts = Integer(
        f"Attempts that are left out because they have no readable time. Of a run, the first {MOST_ATTEMPTS} are read.",
        required=True,
    )
    run_start_time = Timestamp("When the first attempt of the run began. Absent if none did.")
    run_end_time = Timestamp("When the last attempt ended; now if one runs. Absent if none began.")
    start_time = Timestamp("When the timeline begins. Absent if nothing has run and no time was asked for.")
    end_time = Timestamp("When the timeline ends.")
    counts = Many(Part(TimelineCount), "Number of attempts in this time by status, in all lanes.", required=True)
    lanes = Many(Part(TimelineLane), f"The lanes; they have at most {MOST_RECTANGLES} rectangles.", required=True)
    total_lanes = Integer("Number of all lanes.", required=True)
    bin_seconds = Number("Length of a bin of the following lists. Absent without `start_time`.")
    running = Many(Number(), "The mean number of jobs that run, by bin, in all lanes.", required=True)
    busy_cpus = Many(Number(), "The mean number of CPUs that these jobs require, by bin.", required=True)
    node_cpus = Many(Number(), "The mean number of CPUs of active compute nodes, by bin.", required=True)
    busy_cpu_seconds = Number("CPU seconds that jobs required in this time.", required=True)
    node_cpu_seconds = Number("CPU seconds that active compute nodes had in this time.", required=True)


_YEARS = (1971, 2200)
_QUERY = (
    Parameter("run_id", Integer("The run. The current one if absent.", at_least=0)),
    Parameter("start", Timestamp("Begin at this time, RFC 3339. At the start of the run if absent.")),
    Parameter("end", Timestamp("End at this time, RFC 3339. At the end of the run if absent.")),
    Parameter("lanes", Word("What has a lane.", component="TimelineLanes", words=LANES, default=HOSTS)),
    Parameter("bins", Integer(f"Number of bins, at most {MOST_BINS}.", at_least=1, default=USUAL_BINS)),
    Parameter("limit", Integer(f"Number of lanes, at most {MOST_LANES}.", at_least=1, default=USUAL_LANES)),
    Parameter("offset", Integer("Number of lanes before the first one.", at_least=0, default=0)),
)


@of_workflow(
    "get_timeline", "GET", "timeline", answer=TimelineResponse, query=_QUERY, errors=(422,),
    extension=True,
)  # fmt: skip
def get_timeline(tx: Transaction, call: Call) -> dict[str, Any]:
    """Show what ran when: the attempts of a run in lanes by host or by group of jobs, and how busy the nodes were.

    Lanes of few attempts have a rectangle for each. Others have a rectangle for each bin in which attempts ran, so
    that the answer is small, whatever the number of jobs.
    """
    query = call.query
    start, end = _time(query, "start"), _time(query, "end")
    if start is not None and end is not None and end <= start:
        raise RuleBroken("end must be later than start", field="end", value=query["end"])
    request = Request(
        query["lanes"], query.get("run_id"), start, end, query["bins"], query["limit"], query["offset"]
    )  # fmt: skip
    return _answer(timeline(tx, call.workflow_id, request, call.now))


def _time(query: Mapping[str, Any], name: str) -> int | None:
    if (text := query.get(name)) is None:
        return None
    read = moment(text)
    if read is None or not _YEARS[0] <= read.year < _YEARS[1]:
        raise RuleBroken(
            f"{name} must be a time with an offset, such as 2026-01-02T03:04:05Z, from {_YEARS[0]} to {_YEARS[1]}",
            field=name,
            value=text,
        )
    return int(read.timestamp() * 1000)


def _answer(found: Timeline) -> dict[str, Any]:
    span, window = found.span, found.window
    edges = [] if window is None else window.edges()
    lengths = [(after - before) / 1000 for before, after in pairwise(edges)]
    origin = 0 if window is None else window.start
    return {
        "run_id": found.run_id,
        "num_attempts": found.num_attempts,
        "left_out_attempts": found.left_out,
        **({} if span is None else {"run_start_time": _text(span.start), "run_end_time": _text(span.end)}),
        **(
            {}
            if window is None
            else {
                "start_time": _text(window.start),
                "end_time": _text(window.end),
                "bin_seconds": window.width / 1000,
            }
        ),
        "counts": _counts(found.counts),
        "lanes": [_lane(each, origin) for each in found.lanes],
        "total_lanes": found.total_lanes,
        "running": _rounded(found.running),
        "busy_cpus": _rounded(found.busy_cpus),
        "node_cpus": _rounded(found.node_cpus),
        "busy_cpu_seconds": _total(found.busy_cpus, lengths),
        "node_cpu_seconds": _total(found.node_cpus, lengths),
    }


def _lane(drawn: DrawnLane, origin: int) -> dict[str, Any]:
    return {
        "key": drawn.name,
        "num_rows": drawn.num_rows,
        "counts": _counts(drawn.counts),
        "job_seconds": drawn.work / 1000,
        "active": [
            {"start_seconds": (start - origin) / 1000, "end_seconds": (end - origin) / 1000}
            for start, end in drawn.active
        ],
        "rectangles": [_rectangle(each, origin) for each in drawn.rectangles],
    }


def _rectangle(one: Rectangle, origin: int) -> dict[str, Any]:
    return {
        "start_seconds": (one.start - origin) / 1000,
        "end_seconds": (one.end - origin) / 1000,
        "row": one.row,
        "counts": _counts(one.counts),
        "job_seconds": one.work / 1000,
        **({} if one.job_id is None else {"job_id": one.job_id, "attempt_id": one.attempt_id}),
        **({} if one.job_name is None else {"job_name": one.job_name}),
    }


def _counts(counts: Mapping[JobStatus, int]) -> list[dict[str, Any]]:
    return [{"status": status.word, "num_attempts": number} for status, number in counts.items()]


def _rounded(means: list[float]) -> list[float]:
    return [round(mean, 3) for mean in means]


def _total(means: list[float], lengths: list[float]) -> float:
    return round(sum(mean * length for mean, length in zip(means, lengths, strict=True)), 3)


def _text(ms: int) -> str:
    return timestamp(datetime.fromtimestamp(ms / 1000, UTC))


TIMELINE_OPERATIONS = (get_timeline,)
