"""What failed in a workflow, how fast it runs, and when it will probably end."""

from datetime import UTC, datetime
from typing import Any

from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine.status.failures import (
    MOST_CLUSTERS,
    MOST_EXAMPLES,
    FailedJob,
    FailureCluster,
    FailureKind,
    failures,
)
from torc_server.engine.status.throughput import MOST_BINS, throughput
from torc_server.engine.timestamps import timestamp
from torc_server.resources.fields import Integer, JobStatusField, Number, Record, Text, Timestamp, Word
from torc_server.resources.json_fields import Many, Part
from torc_server.store.transaction import Transaction


class FailedJobExample(Record):
    """A job that failed."""

    job_id = Integer("The job.", required=True)
    job_name = Text("Its name.", required=True)
    reason = Text("Why it failed, as its runner reported it. Absent if the runner does not know it.")


class FailureClusterModel(Record):
    """Jobs of a group that failed alike."""

    group = Text("Key of the group of the jobs, as in `job_groups`.", required=True)
    status = JobStatusField("Status of the jobs.", required=True)
    kind = Word(
        "How the jobs failed, by their return code.",
        component="FailureKind",
        words=tuple(kind.value for kind in FailureKind),
        required=True,
    )
    return_code = Integer("The return code. Absent if the jobs have no result.")
    num_jobs = Integer("Number of jobs.", required=True)
    newest_completion_time = Timestamp("When the last of the jobs ended. Absent if the jobs have no result.")
    examples = Many(Part(FailedJobExample), f"The first {MOST_EXAMPLES} jobs.", required=True)


class FailuresResponse(Record):
    """The jobs of a workflow that failed, were terminated, or wait for a decision about their failure."""

    total_jobs = Integer("Number of jobs.", required=True)
    clusters = Many(Part(FailureClusterModel), f"The {MOST_CLUSTERS} clusters of most jobs.", required=True)
    clusters_left_off = Integer("Number of further clusters.", required=True)


class ThroughputResponse(Record):
    """How many jobs ended in which time in the current run of a workflow."""

    start_time = Timestamp("When the first bin begins. Absent if no job has ended.")
    bin_seconds = Integer("Length of a bin, in seconds.", required=True)
    ended = Many(Integer(), f"Attempts that ended, by bin: at most {MOST_BINS} bins.", required=True)
    ended_per_minute = Number(
        "Attempts that ended per minute in the last 10 minutes, or since the first one ended. Absent if none has ended."
    )
    jobs_left = Integer("Number of jobs that have not ended, without disabled ones.", required=True)
    seconds_left = Number(
        "Seconds until the jobs that are left have ended at this rate. Absent if no job runs, if fewer than 3 attempts"
        " ended in that time, or if no job is left."
    )


@of_workflow("list_failures", "GET", "failures", answer=FailuresResponse, extension=True)
def list_failures(tx: Transaction, call: Call) -> dict[str, Any]:
    """List what failed: the failed jobs, clustered by group, status and return code."""
    found = failures(tx, call.workflow_id)
    return {
        "total_jobs": found.jobs,
        "clusters": [_cluster(each) for each in found.clusters],
        "clusters_left_off": found.clusters_left_off,
    }


def _cluster(cluster: FailureCluster) -> dict[str, Any]:
    return {
        "group": cluster.group,
        "status": cluster.status.word,
        "kind": cluster.kind.value,
        **({} if cluster.return_code is None else {"return_code": cluster.return_code}),
        "num_jobs": cluster.jobs,
        **({} if cluster.newest is None else {"newest_completion_time": cluster.newest}),
        "examples": [_example(each) for each in cluster.examples],
    }


def _example(job: FailedJob) -> dict[str, Any]:
    reason = {} if job.reason is None else {"reason": job.reason}
    return {"job_id": job.job_id, "job_name": job.name, **reason}


@of_workflow("get_throughput", "GET", "throughput", answer=ThroughputResponse, extension=True)
def get_throughput(tx: Transaction, call: Call) -> dict[str, Any]:
    """Show how many jobs end in which time, and when the workflow will probably end."""
    found = throughput(tx, call.workflow_id, call.now)
    start, rate, left = found.starts_at, found.rate_per_minute, found.seconds_left
    return {
        **({} if start is None else {"start_time": timestamp(datetime.fromtimestamp(start, UTC))}),
        "bin_seconds": found.bin_seconds,
        "ended": found.ended,
        **({} if rate is None else {"ended_per_minute": round(rate, 3)}),
        "jobs_left": found.jobs_left,
        **({} if left is None else {"seconds_left": round(left, 1)}),
    }


STATISTICS_OPERATIONS = (list_failures, get_throughput)
