"""The groups of a workflow's jobs, what waits for what, and the files and data between them: read and counted."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.client import TorcClient
from torc_client.graph.model import Edge, Graph, GraphNode, NodeKind, graph_of
from torc_client.graph.names import group_of
from torc_client.job_statuses import UNSUCCESSFUL

# Number of relationships that are read for files and data; more are left out, and `is_whole` says so.
_RELATIONSHIPS = 20_000


@dataclass(frozen=True)
class JobGroup:
    """Jobs whose names differ only in their numbers."""

    name: str
    """The name of its only job, or the common name with `#` for each number."""

    first_job_id: int
    counts: Mapping[JobStatus, int]
    is_merged: bool = False
    """Whether it stands for all groups beyond the largest ones."""

    @property
    def total(self) -> int:
        """Number of its jobs."""
        return sum(self.counts.values())

    @property
    def unsuccessful(self) -> int:
        """Number of its jobs that failed, or did not succeed for another reason."""
        return sum(self.counts.get(status, 0) for status in UNSUCCESSFUL)


@dataclass(frozen=True)
class JobGroups:
    """All groups by their keys, and the graph of them."""

    groups: Mapping[str, JobGroup]
    graph: Graph
    is_whole: bool
    """Whether nothing was left out."""


def progress_text(group: JobGroup) -> str:
    """Return the progress of a group in few words."""
    if group.total == 1:
        return next(status.value.replace("_", " ") for status, number in group.counts.items() if number)
    running = group.counts.get(JobStatus.RUNNING, 0)
    text = f"{group.counts.get(JobStatus.COMPLETED, 0):,} of {group.total:,}"
    return f"{text}, {running:,} running" if running else text


async def read_groups(client: TorcClient, workflow_id: int, *, with_files: bool = False) -> JobGroups:
    """Read the groups of a workflow, and with `with_files` also the groups of files and data."""
    (groups, edges, is_whole), things = await asyncio.gather(
        _groups(client, workflow_id), _things(client, workflow_id) if with_files else _nothing()
    )
    nodes = [
        GraphNode(f"group:{key}", group.name, order=group.first_job_id, jobs=group.total, weight=max(group.total, 1))
        for key, group in groups.items()
    ]
    graph = graph_of((*nodes, *things.nodes), (*(edges - _by_way_of(things)), *things.edges))
    return JobGroups({f"group:{key}": group for key, group in groups.items()}, graph, is_whole and things.is_whole)


def _by_way_of(things: "_Things") -> set[Edge]:
    """Return the edges between groups that a file or data explains: one writes it, the other reads it."""
    writers: dict[str, list[str]] = {}
    for edge in things.edges:
        if edge.source.startswith("group:"):
            writers.setdefault(edge.target, []).append(edge.source)
    return {Edge(writer, edge.target) for edge in things.edges for writer in writers.get(edge.source, ())}


async def _groups(client: TorcClient, workflow_id: int) -> tuple[dict[str, JobGroup], set[Edge], bool]:
    """Read the groups by their keys. One stands for all groups beyond the largest ones."""
    found = await client.workflows.list_job_groups(workflow_id)
    only = [group.first_job_id for group in found.groups if group.total_jobs == 1 and not group.merged_groups]
    names = await _names(client, workflow_id, only) if only else {}
    groups = {
        group.key: JobGroup(
            names.get(group.first_job_id, group.label) if group.total_jobs == 1 else group.label,
            group.first_job_id,
            {status: getattr(group.jobs_by_status, status.value) for status in JobStatus},
            is_merged=group.merged_groups > 0,
        )
        for group in found.groups
    }
    edges = {Edge(f"group:{edge.source}", f"group:{edge.target}") for edge in found.edges}
    return groups, edges, found.edges_left_off == 0


async def _names(client: TorcClient, workflow_id: int, job_ids: list[int]) -> dict[int, str]:
    """Return the names of jobs that are alone in their groups."""
    words = f"id={','.join(map(str, job_ids))}"
    jobs = await client.jobs.list_jobs(workflow_id=workflow_id, filter=words, limit=len(job_ids))
    return {id_of(job): job.name for job in jobs.items}


@dataclass(frozen=True)
class _Things:
    nodes: tuple[GraphNode, ...] = ()
    edges: frozenset[Edge] = frozenset()
    is_whole: bool = True


async def _nothing() -> _Things:
    return _Things()


async def _things(client: TorcClient, workflow_id: int) -> _Things:
    files, data = await asyncio.gather(
        client.workflows.list_job_file_relationships(workflow_id, limit=_RELATIONSHIPS),
        client.workflows.list_job_user_data_relationships(workflow_id, limit=_RELATIONSHIPS),
    )
    of_files = _grouped(
        NodeKind.FILE,
        ((one.file_id, one.file_name, one.producer_job_name, one.consumer_job_name) for one in files.items),
    )
    of_data = _grouped(
        NodeKind.DATA,
        ((one.user_data_id, one.user_data_name, one.producer_job_name, one.consumer_job_name) for one in data.items),
    )
    return _Things(
        (*of_files.nodes, *of_data.nodes), of_files.edges | of_data.edges, not (files.has_more or data.has_more)
    )


def _grouped(kind: NodeKind, rows: Iterable[tuple[int, str, str | None, str | None]]) -> _Things:
    """Group records by the names without numbers. A row has id, name, the job that writes it and one that reads it."""
    members: dict[str, dict[int, str]] = {}
    edges: set[Edge] = set()
    for record_id, name, producer, consumer in rows:
        key = f"{kind.value}:{group_of(name)}"
        members.setdefault(key, {})[record_id] = name
        if producer is not None:
            edges.add(Edge(f"group:{group_of(producer)}", key))
        if consumer is not None:
            edges.add(Edge(key, f"group:{group_of(consumer)}"))
    nodes = tuple(
        GraphNode(
            key,
            next(iter(found.values())) if len(found) == 1 else f"{key.partition(':')[2]} ({len(found):,})",
            kind,
            order=min(found),
            jobs=0,
            weight=0,
        )
        for key, found in members.items()
    )
    return _Things(nodes, frozenset(edges))
