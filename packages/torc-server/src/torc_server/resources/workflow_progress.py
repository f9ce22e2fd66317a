"""Counts, progress and state of workflows: in lists with `with_progress=true`, and as fields of their filters.

The counts are read from the tally of jobs, so their cost does not depend on the number of jobs.
"""

from torc_server.engine.states import JobStatus
from torc_server.engine.status.throughput import FEWEST_FOR_ESTIMATE, MOST_RATE_SECONDS, OTHER_TIME, RATE_SECONDS
from torc_server.resources.fields import Integer, Number, Record, Text, Timestamp
from torc_server.resources.filtering import Probe, number, words
from torc_server.resources.job_counts import JobStatusCounts
from torc_server.resources.json_fields import Part

_TALLIED = ("uninitialized", "blocked", "completed", "failed", "canceled", "terminated", "disabled", "pending_failed")
STATES = ("empty", "uninitialized", "ready", "running", "held", "completed", "failed", "canceled")


def _tallied(sum_of: str) -> str:
    return f"(SELECT TOTAL({sum_of}) FROM job_tally WHERE job_tally.workflow_id = workflow.id)"  # noqa: S608 - declared


def _counted(*statuses: JobStatus) -> str:
    """Return SQL that counts jobs by the index: few are pending or running."""
    numbers = ", ".join(str(int(status)) for status in statuses)
    return (
        f"(SELECT COUNT(*) FROM job WHERE job.workflow_id = workflow.id AND job.status IN ({numbers})"  # noqa: S608 - numbers
        f" AND {_tallied('ready_or_running')} > 0)"
    )


_ALL = "uninitialized + blocked + ready_or_running + completed + failed + canceled + terminated + disabled"
TOTAL = _tallied(f"{_ALL} + pending_failed")
ACTIVE = _counted(JobStatus.PENDING, JobStatus.RUNNING)
READY = f"({_tallied('ready_or_running')} - {ACTIVE})"
_LEFT = _tallied("uninitialized + blocked + ready_or_running + pending_failed")
_CAN_CHANGE = _tallied("uninitialized + ready_or_running")
_UNSUCCESSFUL = _tallied("failed + terminated + canceled + pending_failed")
# The rule of `torc_client.job_statuses.workflow_state`; a test compares both.
STATE = f"""CASE WHEN workflow.is_canceled THEN 'canceled' WHEN {TOTAL} = 0 THEN 'empty'
    WHEN {_tallied("pending_failed")} > 0 AND {_CAN_CHANGE} = 0 THEN 'held'
    WHEN {_LEFT} = 0 THEN CASE WHEN {_UNSUCCESSFUL} > 0 THEN 'failed' ELSE 'completed' END
    WHEN {ACTIVE} > 0 THEN 'running' WHEN {_tallied("uninitialized")} = {TOTAL} THEN 'uninitialized'
    ELSE 'ready' END"""
_ENDED = _tallied("completed + failed + canceled + terminated")

WORKFLOW_PROBES: dict[str, Probe] = {
    **{name: number(_tallied(name)) for name in _TALLIED},
    "ready": number(READY),
    "pending": number(_counted(JobStatus.PENDING)),
    "running": number(_counted(JobStatus.RUNNING)),
    "jobs": number(TOTAL),
    "progress": number(f"(100.0 * {_ENDED} / nullif({TOTAL}, 0))"),
    "state": words(STATE, STATES),
}


class WorkflowProgressModel(Record):
    """The progress of a workflow in a list."""

    state = Text(f"State of the workflow: {', '.join(STATES)}.", required=True)
    total_jobs = Integer("Number of jobs.", required=True)
    jobs_by_status = Part(JobStatusCounts, "Number of jobs of each status.", required=True)
    active_compute_nodes = Integer("Number of active compute nodes.", required=True)
    first_node_start = Timestamp("Earliest start of a compute node that the workflow has had.")
    seconds_left = Number(
        "Seconds until the jobs that are left have ended, as in `throughput`. Null if that is unknown."
    )


_BY_STATUS = {
    **{status.word: _tallied(status.word) for status in JobStatus if status.word in _TALLIED},
    JobStatus.READY.word: READY,
    JobStatus.PENDING.word: _counted(JobStatus.PENDING),
    JobStatus.RUNNING.word: _counted(JobStatus.RUNNING),
}
_IS_OF_RUN = "result.workflow_id = workflow.id AND result.run_id = workflow.run_id"
_OF_RUN = f"FROM result WHERE {_IS_OF_RUN}"
_ANY_OTHER = f"EXISTS (SELECT 1 FROM result INDEXED BY result_other_time WHERE {_IS_OF_RUN} AND {OTHER_TIME})"  # noqa: S608 - constants
_FIRST_START = f"""(SELECT julianday(result.completion_time) - max(result.exec_time_minutes, 0) / 1440.0 {_OF_RUN}
    ORDER BY result.completion_time LIMIT 1)"""
_LAST_MINUTES = f"(SELECT result.exec_time_minutes {_OF_RUN} ORDER BY result.completion_time DESC LIMIT 1)"
_WIDTH = f"CAST(min(max({RATE_SECONDS}, coalesce(120 * {_LAST_MINUTES}, 0)), {MOST_RATE_SECONDS}) AS INTEGER)"
_RECENT = f"""(SELECT COUNT(*) {_OF_RUN}
    AND result.completion_time >= strftime('%Y-%m-%dT%H:%M:%S', 'now', '-' || {_WIDTH} || ' seconds'))"""
_SPAN = f"min({_WIDTH}, max(1, (julianday('now') - {_FIRST_START}) * 86400))"
_TO_END = _tallied("uninitialized + blocked + ready_or_running")
# The rule of `throughput`, with texts of times: for times of another form the end is unknown.
SECONDS_LEFT = f"""CASE WHEN {_counted(JobStatus.RUNNING)} = 0 OR {_RECENT} < {FEWEST_FOR_ESTIMATE} THEN NULL
    WHEN {_ANY_OTHER} THEN NULL
    ELSE round({_TO_END} * {_SPAN} / {_RECENT}, 1) END"""
_COUNTS = ", ".join(f"'{status.word}', CAST({_BY_STATUS[status.word]} AS INTEGER)" for status in JobStatus)
_OF_NODES = "FROM compute_node AS node WHERE node.workflow_id = workflow.id"
PROGRESS = f"""json_object('state', {STATE}, 'total_jobs', CAST({TOTAL} AS INTEGER),
    'jobs_by_status', json_object({_COUNTS}),
    'seconds_left', {SECONDS_LEFT}, 'active_compute_nodes', (SELECT COUNT(*) {_OF_NODES} AND node.is_active),
    'first_node_start', (SELECT MIN(node.start_time) {_OF_NODES}))"""
