"""The groups of jobs on the overview: a drawing of few groups, or a list of those of many that need attention. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from torc_client.api.enums import JobStatus
from torc_client.edge.terminal_text import inert_line
from torc_client.graph.model import GraphNode
from torc_client.job_statuses import ACTIVE
from torc_client.overview.job_groups import JobGroup, JobGroups, progress_text
from torc_dash import addresses
from torc_dash.graph_drawing import Drawing, NodeText, draw
from torc_dash.group_texts import text_of_group

MOST_DRAWN, MOST_LISTED = 12, 8


@dataclass(frozen=True)
class SummarizedGroup:
    """A group in the list."""

    name: str
    href: str
    detail: str
    failed: int


@dataclass(frozen=True)
class GroupsNow:
    """The groups of a workflow. Only few are drawn; of many, those that failed or run are listed."""

    total: int
    drawing: Drawing | None
    summary: str
    listed: tuple[SummarizedGroup, ...]


def groups_now(workflow_id: int, found: JobGroups) -> GroupsNow:
    """Return what the overview shows of the groups."""
    groups = found.groups
    if len(groups) <= MOST_DRAWN:

        def text_of(node: GraphNode) -> NodeText:
            text = text_of_group(workflow_id, found, node)
            group = groups.get(node.key)
            return replace(text, href=_jobs_of(workflow_id, node.key, group)) if group is not None else text

        return GroupsNow(len(groups), draw(found.graph, text_of, with_path=False), "", ())
    chosen = sorted(groups.items(), key=lambda item: (-item[1].unsuccessful, -_running(item[1]), -item[1].total))
    listed = tuple(
        SummarizedGroup(
            inert_line(group.name), _jobs_of(workflow_id, key, group), progress_text(group), group.unsuccessful
        )
        for key, group in chosen[:MOST_LISTED]
    )
    return GroupsNow(len(groups), None, _summary(groups), listed)


def _summary(groups: Mapping[str, JobGroup]) -> str:
    done = sum(group.counts.get(JobStatus.COMPLETED, 0) == group.total for group in groups.values())
    failed = sum(group.unsuccessful > 0 for group in groups.values())
    running = sum(_running(group) > 0 for group in groups.values())
    parts = [f"{done:,} completed", f"{failed:,} with failures", f"{running:,} running"]
    return f"{len(groups):,} groups of jobs: {', '.join(part for part in parts if not part.startswith('0 '))}"


def _running(group: JobGroup) -> int:
    return sum(group.counts.get(status, 0) for status in ACTIVE)


def _jobs_of(workflow_id: int, key: str, group: JobGroup) -> str:
    """Return the page of the only job of a group, or the list of its jobs."""
    name = key.partition(":")[2]
    if group.total == 1 and name:
        return addresses.job(group.first_job_id)
    return addresses.jobs_of_group(workflow_id, name) if name else addresses.jobs(workflow_id)
