"""How many jobs end in which time, and when a workflow will probably end.

The rate counts the attempts of this run that ended in the last 10 minutes, or since the first one ended if that is
less. The time to the end is the number of jobs that are left, divided by the rate. It is unknown if no job runs, if
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
FIRST = Statement("SELECT MIN(completion_time) FROM result WHERE workflow_id = :workflow_id AND run_id = :run_id")
LAST = Statement("SELECT MAX(completion_time) FROM result WHERE workflow_id = :workflow_id AND run_id = :run_id")
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
    rate = ended.recent / max(end - ended.since, 1.0)
    is_known = bool(left and counts[JobStatus.RUNNING] and ended.recent >= FEWEST_FOR_ESTIMATE)
    return Throughput(ended.first, ended.width, ended.bins, 60 * rate, left, left / rate if is_known else None)


@dataclass(frozen=True, slots=True)
class _Ended:
    """The ended attempts by time, and how many of them ended since a time not long ago."""

    first: int
    width: int
    bins: list[int]
    since: float
    recent: int


def _counted(tx: Transaction, run: dict[str, int], end: float) -> _Ended | None:
    """Count by the index, which reads no results."""
    first_text, last_text = tx.value(FIRST, run), tx.value(LAST, run)
    if first_text is None or last_text is None:
        return None
    try:
        first, last = (int(datetime.fromisoformat(text).timestamp()) for text in (first_text, last_text))
    except (ValueError, OverflowError):  # such as month 13
        return _read(tx, run, end)
    first, width = _bins_of(first, last)
    edges = [*range(first, last + 1, width), None]
    bins = [_between(tx, run, since, until) for since, until in pairwise(edges)]
    since = max(end - RATE_SECONDS, first)
    return _Ended(first, width, bins, since, _between(tx, run, int(since), None))


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
    return _Ended(first, width, bins, since, sum(ended for second, ended in rows if second >= since))
