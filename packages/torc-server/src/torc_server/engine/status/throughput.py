"""How many jobs end in which time, and when a workflow will probably end.

The rate counts the attempts of this run that ended in the last 10 minutes, or since the first one ended if that is
less. The time to the end is the number of jobs that are left, divided by the rate. It is unknown if no job runs, if
fewer than 3 attempts ended in that time, or if nothing is left.
"""

from dataclasses import dataclass
from datetime import datetime

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

# Numbers of attempts that ended, by time. A time that SQLite cannot read is left out.
ENDED = Statement("""
SELECT CAST(strftime('%s', completion_time) AS INTEGER) / :grain * :grain AS second, COUNT(*) AS ended
FROM result WHERE workflow_id = :workflow_id AND run_id = :run_id
GROUP BY second HAVING second IS NOT NULL ORDER BY second
""")
_MINUTE = 60


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
    # Few groups are fast. Only what lasts less than an hour is read to the second.
    grain = _MINUTE
    rows = tx.rows(ENDED, {**run, "grain": grain})
    if rows and rows[-1]["second"] - rows[0]["second"] < MOST_BINS * _MINUTE:
        grain = 1
        rows = tx.rows(ENDED, {**run, "grain": grain})
    if not rows:
        return Throughput(None, 1, [], None, left, None)
    first, last = rows[0]["second"], rows[-1]["second"]
    width = ((last - first) // grain // MOST_BINS + 1) * grain
    bins = [0] * ((last - first) // width + 1)
    for second, ended in rows:
        bins[(second - first) // width] += ended
    end = now.timestamp()
    since = max(int(end - RATE_SECONDS) // grain * grain, first)
    recent = sum(ended for second, ended in rows if second >= since)
    rate = recent / max(end - since, 1.0)
    is_known = bool(left and counts[JobStatus.RUNNING] and recent >= FEWEST_FOR_ESTIMATE)
    return Throughput(first, width, bins, 60 * rate, left, left / rate if is_known else None)
