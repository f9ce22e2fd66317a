"""What a reader should know about a workflow now, as sentences: failures, obstacles, pace, nodes that end soon. Pure.

They have no control characters: names and hosts are those of users.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from torc_client.api.enums import ExplainCode, FailureKind, JobStatus
from torc_client.api.records import (
    ComputeNodeModel,
    ExplainedReason,
    FailureClusterModel,
    FailuresResponse,
    ThroughputResponse,
)
from torc_client.edge.filter_language import quoted
from torc_client.edge.terminal_text import inert_line
from torc_client.exit_codes import meaning
from torc_client.overview.progress import jobs_in_words
from torc_client.text import duration, parse_timestamp, time_left

MOST_CLUSTERS, MOST_REASONS, MOST_NODES = 6, 6, 3
SOON_SECONDS = 3600.0
ENDING_SOON = "active end_time<+1h end_time>now"
"""The filter of the compute nodes that end soon."""

# These are usual while jobs run, or an overview says them elsewhere.
_USUAL = frozenset(
    {
        ExplainCode.CLAIMABLE, ExplainCode.PENDING_OR_RUNNING, ExplainCode.NO_JOBS, ExplainCode.ALL_OVER,
        ExplainCode.UNINITIALIZED, ExplainCode.WORKFLOW_CANCELED, ExplainCode.CANCELED_BY_FAILURE,
    }
)  # fmt: skip


def sample_of(cluster: FailureClusterModel) -> int | None:
    """Return the job whose log stands for those of a cluster."""
    return cluster.examples[0].job_id if cluster.examples else None


def selection_of(cluster: FailureClusterModel) -> str:
    """Return the filter that selects the jobs of a cluster."""
    words = [f"group={quoted(cluster.group)}"] if cluster.group else []
    words.append(f"status={cluster.status.value}")
    if cluster.return_code is not None:
        words.append(f"return_code={cluster.return_code}")
    return " ".join(words)


def failure_sentence(cluster: FailureClusterModel) -> str:
    """Return which jobs failed, and how."""
    if cluster.num_jobs == 1 and cluster.examples:
        return f"{inert_line(cluster.examples[0].job_name)} {_how(cluster)}"
    return f"{jobs_in_words(cluster.num_jobs)} of {inert_line(cluster.group)} {_how(cluster)}"


def other_failures(found: FailuresResponse, most: int = MOST_CLUSTERS) -> str:
    """Return how many jobs are in no cluster of the first `most`; empty if there are none."""
    left = found.total_jobs - sum(cluster.num_jobs for cluster in found.clusters[:most])
    return f"{jobs_in_words(left)} failed in other ways" if left else ""


def _how(cluster: FailureClusterModel) -> str:
    code = cluster.return_code
    number = "" if code is None else f" (exit code {code})"
    reason = inert_line(cluster.examples[0].reason or "") if cluster.examples else ""
    match cluster.kind:
        case FailureKind.OUT_OF_MEMORY:
            how = f"ran out of memory{number}"
        case FailureKind.TIME_LIMIT:
            how = f"reached the time limit{number}"
        case _ if code is None:
            how = "failed without a result"
        case FailureKind.SIGNAL:
            how = f"failed: {(cluster.num_jobs == 1 and reason) or meaning(code)}{number}"
        case _ if reason and cluster.num_jobs == 1:
            how = f"failed: {reason}"
        case _ if reason:
            how = f"failed with exit code {code}, {inert_line(cluster.examples[0].job_name)}: {reason}"
        case _:
            known = meaning(code)
            how = f"failed with exit code {code}{f': {known}' if known else ''}"
    return f"{how}, and wait for a decision" if cluster.status is JobStatus.PENDING_FAILED else how


def obstacles(reasons: Iterable[ExplainedReason], *, runs: bool) -> list[ExplainedReason]:
    """Return why jobs do not run. `runs`: jobs run now, so that others may wait for them."""
    usual = _USUAL | {ExplainCode.BLOCKED} if runs else _USUAL
    return [reason for reason in reasons if reason.code not in usual][:MOST_REASONS]


def pace_sentence(found: ThroughputResponse) -> str:
    """Return the throughput and the time to the end; empty if nothing is left, or nothing ended."""
    rate = found.ended_per_minute
    if not rate or not found.jobs_left:
        return ""
    pace = f"{_rounded(rate)} jobs end per minute" if rate >= 1 else f"{_rounded(rate * 60)} jobs end per hour"
    if found.seconds_left is None:
        return f"{pace}; {found.jobs_left:,} are left"
    return f"{pace}; {time_left(found.seconds_left)}"


def ending_sentences(nodes: Sequence[ComputeNodeModel], now: datetime) -> list[str]:
    """Return which nodes end soon, given those that end first."""
    found = []
    for node in nodes[:MOST_NODES]:
        end = parse_timestamp(node.end_time or "")
        left = None if end is None else (end - now).total_seconds()
        if left is not None and 0 < left <= SOON_SECONDS:
            scheduler: Any = node.scheduler if isinstance(node.scheduler, dict) else {}
            number = inert_line(str(scheduler.get("slurm_job_id") or ""))
            where = inert_line(node.hostname)
            who = f"Allocation {number} on {where}" if number else f"The runner on {where}"
            found.append(f"{who} ends in {duration(left)}")
    return found


def _rounded(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
