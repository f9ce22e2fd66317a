"""What the box of a group shows, on every page that draws groups."""

from torc_client.api.enums import JobStatus
from torc_client.graph.model import GraphNode, NodeKind
from torc_client.overview.job_groups import JobGroup, JobGroups, progress_text
from torc_dash import addresses
from torc_dash.graph_drawing import NodeText

_KINDS = {NodeKind.FILE: ("file", "files"), NodeKind.DATA: ("user data", "user-data")}


def text_of_group(workflow_id: int, found: JobGroups, node: GraphNode) -> NodeText:
    """Return the texts of a node of a graph of groups, and its link."""
    group = found.groups.get(node.key)
    if group is not None:
        return NodeText(
            detail=progress_text(group),
            href=_jobs_of(workflow_id, node.key, group),
            counts=group.counts,
            mark=f"{group.unsuccessful:,}\N{BALLOT X}" if group.unsuccessful else "",
        )
    if node.kind in _KINDS:
        noun, table = _KINDS[node.kind]
        return NodeText(noun, addresses.table(workflow_id, table), {})
    groups = [found.groups[key] for key in node.members if key in found.groups]
    failed = sum(group.unsuccessful for group in groups)
    done = sum(group.counts.get(JobStatus.COMPLETED, 0) for group in groups)
    return NodeText(
        detail=f"{done:,} of {node.jobs:,}" if groups else f"{len(node.members):,} items",
        href=f"{addresses.graph(workflow_id)}#table",
        counts={},
        mark=f"{failed:,}\N{BALLOT X}" if failed else "",
    )


def _jobs_of(workflow_id: int, key: str, group: JobGroup) -> str:
    """Return the page of the only job of a group, or the list of its jobs."""
    if group.is_merged:
        return addresses.jobs(workflow_id)
    if group.total == 1:
        return addresses.graph(workflow_id, job=group.first_job_id)
    return addresses.jobs_of_group(workflow_id, key.partition(":")[2])
