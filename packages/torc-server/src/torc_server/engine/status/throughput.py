"""How many jobs end in which time, and when a workflow will probably end.

The rate counts the attempts of this run that ended in the last 10 minutes, or in twice the run time of the latest one
if that is more, or since the start of the one that ended first if that is less: jobs that run side by side end in
waves. The time to the end is the number of jobs that are left, divided by the rate. It is unknown if no job runs, if
fewer than 3 attempts ended in that time, or if nothing is left.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from torc_server.engine.ids import WorkflowId
from torc_server.engine.states import JobStatus
from torc_server.engine.status.progress import job_counts
from torc_server.engine.workflows import workflow_row
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

MOST_BINS = 60
RATE_SECONDS = 600
MOST_RATE_SECONDS = 30 * 86_400
FEWEST_FOR_ESTIMATE = 3
_LEFT = (JobStatus.UNINITIALIZED, JobStatus.BLOCKED, JobStatus.READY, JobStatus.PENDING, JobStatus.RUNNING)

_MINUTE = 60

# Times in UTC in the usual form, which have the order of their texts, are counted by the index.
# Results with other times are in an index with this condition.
OTHER_TIME = """NOT (
    completion_time GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*'
    AND (completion_time GLOB '*Z' OR completion_time GLOB '*+00:00')
)"""
ANY_OTHER_TIME = Statement(
    f"SELECT 1 FROM result INDEXED BY result_other_time"  # noqa: S608 - a constant
    f" WHERE workflow_id = :workflow_id AND run_id = :run_id AND {OTHER_TIME} LIMIT 1"
)
FIRST = Statement("""
SELECT completion_time, exec_time_minutes FROM result WHERE workflow_id = :workflow_id AND run_id = :run_id
ORDER BY completion_time LIMIT 1
""")
LAST = Statement("""
SELECT completion_time, exec_time_minutes FROM result WHERE workflow_id = :workflow_id AND run_id = :run_id
ORDER BY completion_time DESC LIMIT 1
""")
COUNT_BETWEEN = Statement("""
SELECT COUNT(*) FROM result WHERE workflow_id = :workflow_id AND run_id = :run_id
AND completion_time >= :since AND completion_time < :until
""")
# Numbers of attempts that ended, by time. A time that SQLite cannot read is left out.
ENDED = Statement("""
SELECT CAST(strftime('%s', completion_time) AS INTEGER) / :grain * :grain AS second, COUNT(*) AS ended
FROM result WHERE workflow_id = :workflow_id AND run_id = :run_id
GROUP BY second HAVING second IS NOT NULL ORDER BY second
""")


@dataclass(frozen=True, slots=True)
class Throughput:
    """The ended attempts by time; bin number i begins at `starts_at + i * bin_seconds`, in seconds since 1970.

    `starts_at` and `rate_per_minute` are None if no attempt has ended, `seconds_left` is None if it is unknown.
    """

    starts_at: int | None
    bin_seconds: int
    ended: list[int]
    rate_per_minute: float | None
    jobs_left: int
    seconds_left: float | None


def throughput(tx: Transaction, workflow_id: WorkflowId, now: datetime) -> Throughput:
    """Return the throughput of the current run of a workflow. Raises NotFound."""
    workflow = workflow_row(tx, workflow_id)
    counts = job_counts(tx, workflow_id)
    left = sum(counts[status] for status in _LEFT)
    run = {"workflow_id": workflow_id, "run_id": workflow["run_id"]}
    end = now.timestamp()
    ended = _read(tx, run, end) if tx.value(ANY_OTHER_TIME, run) else _counted(tx, run, end)
    if ended is None:
        return Throughput(None, 1, [], None, left, None)
    rate = ended.pace.recent / max(end - ended.pace.since, 1.0)
    return Throughput(ended.first, ended.width, ended.bins, 60 * rate, left, _to_end(ended.pace, counts, end))


def seconds_left(tx: Transaction, workflow_id: WorkflowId, counts: dict[JobStatus, int], now: datetime) -> float | None:
    """Return the time to the end of a workflow with these numbers of jobs. Raises NotFound.

    None if it is unknown, and for results whose times are not in UTC: a status is requested often, and all results
    would have to be read.
    """
    if not counts[JobStatus.RUNNING]:
        return None
    run = {"workflow_id": workflow_id, "run_id": workflow_row(tx, workflow_id)["run_id"]}
    end = now.timestamp()
    times = None if tx.value(ANY_OTHER_TIME, run) else _first_and_last(tx, run)
    return None if times is None else _to_end(_pace(tx, run, times, end), counts, end)


@dataclass(frozen=True, slots=True)
class _Pace:
    """How many attempts ended since a time not long ago."""

    since: float
    recent: int


def _to_end(pace: _Pace, counts: dict[JobStatus, int], end: float) -> float | None:
    left = sum(counts[status] for status in _LEFT)
    if not left or not counts[JobStatus.RUNNING] or pace.recent < FEWEST_FOR_ESTIMATE:
        return None
    return left * max(end - pace.since, 1.0) / pace.recent


@dataclass(frozen=True, slots=True)
class _Ended:
    """The ended attempts by time, and the pace."""

    first: int
    width: int
    bins: list[int]
    pace: _Pace


@dataclass(frozen=True, slots=True)
class _Times:
    """When the first and the last attempt ended, and how long they ran, in seconds."""

    first_end: int
    first_seconds: float
    last_end: int
    last_seconds: float


def _first_and_last(tx: Transaction, run: dict[str, int]) -> _Times | None:
    """Return the times of the first and the last attempt; None without attempts, or for a time such as month 13."""
    first, last = tx.row(FIRST, run), tx.row(LAST, run)
    if first is None or last is None:
        return None
    try:
        first_end, last_end = (int(datetime.fromisoformat(row["completion_time"]).timestamp()) for row in (first, last))
    except (ValueError, OverflowError):
        return None
    first_seconds, last_seconds = (60 * row["exec_time_minutes"] for row in (first, last))
    return _Times(first_end, max(first_seconds, 0.0), last_end, last_seconds)


def _pace(tx: Transaction, run: dict[str, int], times: _Times, end: float) -> _Pace:
    width = min(max(RATE_SECONDS, int(2 * times.last_seconds)), MOST_RATE_SECONDS)
    since = max(end - width, times.first_end - times.first_seconds)
    return _Pace(since, _between(tx, run, int(since), None))


def _counted(tx: Transaction, run: dict[str, int], end: float) -> _Ended | None:
    """Count by the index, which reads no results."""
    times = _first_and_last(tx, run)
    if times is None:
        return _read(tx, run, end)
    first, width = _bins_of(times.first_end, times.last_end)
    edges = [*range(first, times.last_end + 1, width), None]
    bins = [_between(tx, run, since, until) for since, until in pairwise(edges)]
    return _Ended(first, width, bins, _pace(tx, run, times, end))


def _bins_of(first: int, last: int) -> tuple[int, int]:
    """Return the start of the first bin, and the width of all, which are whole minutes after an hour."""
    grain = _MINUTE if last - first >= MOST_BINS * _MINUTE else 1
    first = first // grain * grain
    return first, ((last - first) // grain // MOST_BINS + 1) * grain


def _between(tx: Transaction, run: dict[str, int], since: int | None, until: int | None) -> int:
    # A colon is greater than all digits: no year begins with it.
    bounds = {"since": _text(since), "until": ":" if until is None else _text(until)}
    found: int = tx.value(COUNT_BETWEEN, {**run, **bounds})
    return found


def _text(second: int | None) -> str:
    if second is None:
        return ""
    return datetime.fromtimestamp(second, UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _read(tx: Transaction, run: dict[str, int], end: float) -> _Ended | None:
    """Read the times of all results. Few groups are fast: only what lasts less than an hour is read to the second."""
    grain = _MINUTE
    rows = tx.rows(ENDED, {**run, "grain": grain})
    if rows and rows[-1]["second"] - rows[0]["second"] < MOST_BINS * _MINUTE:
        grain = 1
        rows = tx.rows(ENDED, {**run, "grain": grain})
    if not rows:
        return None
    first, width = _bins_of(rows[0]["second"], rows[-1]["second"])
    bins = [0] * ((rows[-1]["second"] - first) // width + 1)
    for second, ended in rows:
        bins[(second - first) // width] += ended
    since = max(int(end - RATE_SECONDS) // grain * grain, first)
    return _Ended(first, width, bins, _Pace(since, sum(ended for second, ended in rows if second >= since)))
