"""The jobs near one job: what it needs and what needs it, two steps away, in few bounded calls."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torc_client.answers import id_of
from torc_client.api.records import JobModel
from torc_client.client import TorcClient
from torc_client.graph.model import Edge, Graph, GraphNode, NodeKind, graph_of

# Number of jobs of each direction in each step.
_MOST = 12


@dataclass(frozen=True)
class Neighbourhood:
    """A job, the jobs near it by their keys, and the graph of them."""

    job: JobModel
    jobs: dict[str, JobModel]
    graph: Graph
    is_whole: bool


async def read_neighbours(client: TorcClient, job: JobModel) -> Neighbourhood:
    """Read the jobs that are at most two steps away from a job."""
    (needed, all_needed), (needing, all_needing) = await asyncio.gather(
        _needed(client, job.workflow_id, [job]), _needing(client, job.workflow_id, [job])
    )
    (before, all_before), (after, all_after) = await asyncio.gather(
        _needed(client, job.workflow_id, needed), _needing(client, job.workflow_id, needing)
    )
    jobs = {key_of(one): one for one in (job, *needed, *needing, *before, *after)}
    edges = [
        Edge(f"job:{other}", key) for key, one in jobs.items() for other in (one.depends_on_job_ids or ())[:_LINKS]
    ]
    edges += [Edge(key_of(job), key_of(one)) for one in needing]
    nodes = [GraphNode(key, one.name, NodeKind.JOB, order=id_of(one)) for key, one in jobs.items()]
    is_whole = all_needed and all_needing and all_before and all_after
    return Neighbourhood(job, jobs, graph_of(nodes, edges), is_whole)


def key_of(job: JobModel) -> str:
    """Return the key of a job's node."""
    return f"job:{job.id}"


# A job can depend on 100,000 others; the edges between shown jobs are among the first ones, or are asked for.
_LINKS = 100_000


async def _needed(client: TorcClient, workflow_id: int, jobs: Sequence[JobModel]) -> tuple[list[JobModel], bool]:
    """Read the first jobs that some jobs depend on, and whether these are all."""
    ids = sorted({one for job in jobs for one in job.depends_on_job_ids or ()})
    if not ids:
        return [], True
    wanted = ",".join(map(str, _first_of_each(jobs)))
    found = await client.jobs.list_jobs(
        workflow_id=workflow_id, filter=f"id={wanted}", limit=_MOST, include_relationships=True
    )
    return found.items, len(ids) <= len(found.items)


def _first_of_each(jobs: Iterable[JobModel]) -> list[int]:
    """Return ids of dependencies: the first of each job, then the second of each, and so on."""
    lists = [job.depends_on_job_ids or [] for job in jobs]
    taken: dict[int, None] = {}
    for number in range(max(map(len, lists), default=0)):
        for ids in lists:
            if number < len(ids):
                taken.setdefault(ids[number])
        if len(taken) >= _MOST:
            break
    return sorted(list(taken)[:_MOST])


async def _needing(client: TorcClient, workflow_id: int, jobs: Sequence[JobModel]) -> tuple[list[JobModel], bool]:
    """Read the first jobs that depend on some jobs, and whether these are all."""
    if not jobs:
        return [], True
    each = max(1, _MOST // len(jobs))
    answers = await asyncio.gather(
        *(
            client.jobs.list_jobs(
                workflow_id=workflow_id, upstream_job_id=id_of(job), limit=each, include_relationships=True
            )
            for job in jobs
        )
    )
    found = {id_of(one): one for answer in answers for one in answer.items}
    return list(found.values()), not any(answer.has_more for answer in answers)
