"""What a reader should know about a workflow now: failures, obstacles, the time to the end, what ends soon. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from torc_client.text import duration, parse_timestamp
from torc_dash import addresses
from torc_dash.background_answers import Answered
from torc_dash.first_errors import FirstError
from torc_dash.progress import jobs_in_words

MOST_CLUSTERS, MOST_REASONS, MOST_NODES = 6, 6, 3
SOON_SECONDS = 3600.0
# These are usual while jobs run, or the page says them elsewhere.
_USUAL = frozenset(
    {
        ExplainCode.CLAIMABLE, ExplainCode.PENDING_OR_RUNNING, ExplainCode.NO_JOBS, ExplainCode.ALL_OVER,
        ExplainCode.UNINITIALIZED, ExplainCode.WORKFLOW_CANCELED, ExplainCode.CANCELED_BY_FAILURE,
    }
)  # fmt: skip
_BY_NEEDS = frozenset({FailureKind.OUT_OF_MEMORY, FailureKind.TIME_LIMIT})


@dataclass(frozen=True)
class NewsLink:
    """A page that shows more, or an action."""

    text: str
    href: str


@dataclass(frozen=True)
class News:
    """A sentence, and pages that show more. `tone` selects mark and colour. `quote` is a line of a log."""

    tone: str
    text: str
    quote: str = ""
    detail: str = ""
    links: tuple[NewsLink, ...] = ()


def about_failures(
    workflow_id: int,
    found: FailuresResponse,
    errors: Mapping[int, Answered[FirstError | None]],
    *,
    can_change: bool,
    can_recover: bool,
) -> tuple[News, ...]:
    """Return the largest clusters of failures. `errors` are lines of the logs of their first jobs.

    `can_recover`: the workflow has ended, and nothing works for it.
    """
    news = [
        _of_cluster(
            workflow_id,
            cluster,
            errors.get(sample_of(cluster) or 0),
            can_change=can_change and (can_recover or cluster.kind not in _BY_NEEDS),
        )
        for cluster in found.clusters[:MOST_CLUSTERS]
    ]
    left = found.total_jobs - sum(cluster.num_jobs for cluster in found.clusters[:MOST_CLUSTERS])
    if left:
        href = addresses.jobs(workflow_id, filter="status=failed,terminated,pending_failed")
        words = f"{jobs_in_words(left)} failed in other ways"
        news.append(News("failed", words, links=(NewsLink("all failed jobs", href),)))
    return tuple(news)


def sample_of(cluster: FailureClusterModel) -> int | None:
    """Return the job whose log stands for those of a cluster."""
    return cluster.examples[0].job_id if cluster.examples else None


def _of_cluster(
    workflow_id: int, cluster: FailureClusterModel, answered: Answered[FirstError | None] | None, *, can_change: bool
) -> News:
    words = [f"group={quoted(cluster.group)}"] if cluster.group else []
    words.append(f"status={cluster.status.value}")
    if cluster.return_code is not None:
        words.append(f"return_code={cluster.return_code}")
    selection = " ".join(words)
    sample = cluster.examples[0] if cluster.examples else None
    error = answered.value if answered is not None else None
    links = [NewsLink("jobs" if cluster.num_jobs > 1 else "job", addresses.jobs(workflow_id, filter=selection))]
    if sample is not None:
        if cluster.num_jobs == 1:
            links = [NewsLink("job", addresses.job(sample.job_id))]
        href = error.href if error is not None else addresses.log(sample.job_id)
        links.append(NewsLink(f"log of {inert_line(sample.job_name)}", href))
    if can_change:
        links.append(_remedy(workflow_id, cluster, selection))
    who = inert_line(sample.job_name) if cluster.num_jobs == 1 and sample is not None else (
        f"{jobs_in_words(cluster.num_jobs)} of {inert_line(cluster.group)}"
    )  # fmt: skip
    return News(
        cluster.status.value,
        f"{who} {_how(cluster)}",
        quote=inert_line(error.text) if error is not None else "",
        detail=_detail(answered),
        links=tuple(links),
    )


def _remedy(workflow_id: int, cluster: FailureClusterModel, selection: str) -> NewsLink:
    if cluster.status is JobStatus.PENDING_FAILED:
        return NewsLink("decide", addresses.jobs(workflow_id, filter=selection))
    if cluster.kind in _BY_NEEDS:
        what = "memory" if cluster.kind is FailureKind.OUT_OF_MEMORY else "time"
        return NewsLink(f"recover with more {what}", addresses.recover(workflow_id))
    return NewsLink("run again", addresses.action(workflow_id, "reset-jobs", filter=selection))


def _how(cluster: FailureClusterModel) -> str:
    code = cluster.return_code
    number = "" if code is None else f" (exit code {code})"
    match cluster.kind:
        case FailureKind.OUT_OF_MEMORY:
            how = f"ran out of memory{number}"
        case FailureKind.TIME_LIMIT:
            how = f"reached the time limit{number}"
        case _ if code is None:
            how = "failed without a result"
        case FailureKind.SIGNAL:
            how = f"failed: {meaning(code)}{number}"
        case _:
            known = meaning(code)
            how = f"failed with exit code {code}{f': {known}' if known else ''}"
    return f"{how}, and wait for a decision" if cluster.status is JobStatus.PENDING_FAILED else how


def _detail(answered: Answered[FirstError | None] | None) -> str:
    """Return what the line means, or why there is none."""
    if answered is None:
        return ""
    if answered.problem is not None:
        return inert_line(answered.problem)
    if answered.value is not None:
        return f"{answered.value.meaning}. {answered.value.remedy}" if answered.value.meaning else ""
    return "Its log is being read." if answered.is_asking else "Its log names no error."


def about_obstacles(workflow_id: int, reasons: Iterable[ExplainedReason], *, runs: bool) -> tuple[News, ...]:
    """Return why jobs do not run. `runs`: jobs run now, so that others may wait for them."""
    usual = _USUAL | {ExplainCode.BLOCKED} if runs else _USUAL
    shown = [reason for reason in reasons if reason.code not in usual][:MOST_REASONS]
    return tuple(_of_reason(workflow_id, reason) for reason in shown)


def _of_reason(workflow_id: int, reason: ExplainedReason) -> News:
    links: tuple[NewsLink, ...] = ()
    match reason.code:
        case ExplainCode.TOO_LARGE | ExplainCode.NO_SUCH_LABEL | ExplainCode.ONLY_LABELED_NODES:
            links = (
                NewsLink("requirements", addresses.table(workflow_id, "requirements")),
                NewsLink("nodes", addresses.nodes(workflow_id)),
            )
        case ExplainCode.NO_ACTIVE_NODES | ExplainCode.OTHER_SCHEDULER:
            links = (NewsLink("nodes and allocations", addresses.nodes(workflow_id)),)
        case ExplainCode.RING:
            links = (NewsLink("graph", addresses.graph(workflow_id)),)
        case _:
            links = tuple(NewsLink(inert_line(one.job_name), addresses.job(one.job_id)) for one in reason.jobs[:2])
    return News("waits", inert_line(reason.message), links=links)


def about_pace(found: ThroughputResponse) -> tuple[News, ...]:
    """Return the throughput and the time to the end, while there is something left."""
    rate = found.ended_per_minute
    if not rate or not found.jobs_left:
        return ()
    pace = f"{_rounded(rate)} jobs end per minute" if rate >= 1 else f"{_rounded(rate * 60)} jobs end per hour"
    if found.seconds_left is None:
        return (News("time", f"{pace}; {found.jobs_left:,} are left"),)
    return (News("time", f"{pace}; about {duration(found.seconds_left)} left at this rate"),)


def about_nodes(workflow_id: int, nodes: Sequence[ComputeNodeModel], now: datetime) -> tuple[News, ...]:
    """Return the nodes that end soon, given those that end first."""
    news = []
    for node in nodes[:MOST_NODES]:
        end = parse_timestamp(node.end_time or "")
        left = None if end is None else (end - now).total_seconds()
        if left is not None and 0 < left <= SOON_SECONDS:
            scheduler: Any = node.scheduler if isinstance(node.scheduler, dict) else {}
            number = inert_line(str(scheduler.get("slurm_job_id") or ""))
            where = inert_line(node.hostname)
            who = f"Allocation {number} on {where}" if number else f"The runner on {where}"
            link = NewsLink("nodes", addresses.nodes(workflow_id))
            news.append(News("time", f"{who} ends in {duration(left)}", links=(link,)))
    return tuple(news)


def _rounded(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
