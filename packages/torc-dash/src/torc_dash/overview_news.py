"""What a reader should know about a workflow now, with links: failures, obstacles, pace, what ends soon. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from torc_client.api.enums import ExplainCode, FailureKind, JobStatus
from torc_client.api.records import (
    ComputeNodeModel,
    ExplainedReason,
    FailureClusterModel,
    FailuresResponse,
    ThroughputResponse,
)
from torc_client.edge.terminal_text import inert_line
from torc_client.overview.sentences import (
    MOST_CLUSTERS,
    ending_sentences,
    failure_sentence,
    obstacles,
    other_failures,
    pace_sentence,
    sample_of,
    selection_of,
)
from torc_dash import addresses
from torc_dash.background_answers import Answered
from torc_dash.first_errors import FirstError

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
    words = other_failures(found)
    if words:
        href = addresses.jobs(workflow_id, filter="status=failed,terminated,pending_failed")
        news.append(News("failed", words, links=(NewsLink("all failed jobs", href),)))
    return tuple(news)


def _of_cluster(
    workflow_id: int, cluster: FailureClusterModel, answered: Answered[FirstError | None] | None, *, can_change: bool
) -> News:
    selection = selection_of(cluster)
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
    return News(
        cluster.status.value,
        failure_sentence(cluster),
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
    return tuple(_of_reason(workflow_id, reason) for reason in obstacles(reasons, runs=runs))


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
    pace = pace_sentence(found)
    return (News("time", pace),) if pace else ()


def about_nodes(workflow_id: int, nodes: Sequence[ComputeNodeModel], now: datetime) -> tuple[News, ...]:
    """Return the nodes that end soon, given those that end first."""
    links = (NewsLink("nodes", addresses.nodes(workflow_id)),)
    return tuple(News("time", sentence, links=links) for sentence in ending_sentences(nodes, now))
