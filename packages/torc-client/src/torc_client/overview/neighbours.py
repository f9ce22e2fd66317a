"""The jobs near one job as a graph: what it needs and what needs it, in one bounded call."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from torc_client.api.records import NeighbourJob, NeighboursResponse, NeighbourStep
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert_line
from torc_client.graph.model import Edge, Graph, GraphNode, NodeKind, graph_of


@dataclass(frozen=True)
class Neighbourhood:
    """A job, the jobs near it by their keys, the numbers of jobs by distance, and the graph of them."""

    workflow_id: int
    job: NeighbourJob
    jobs: Mapping[str, NeighbourJob]
    steps: Mapping[int, NeighbourStep]
    graph: Graph

    def at(self, step: int) -> list[NeighbourJob]:
        """Return the jobs at a distance."""
        return [job for job in self.jobs.values() if job.step == step]

    def number_at(self, step: int) -> str:
        """Return the number of jobs at a distance, in words."""
        found = self.steps.get(step)
        return "no jobs" if found is None else _jobs(found.num_jobs, is_exact=found.is_exact)

    @property
    def has_all_needs(self) -> bool:
        """Whether it has all jobs that the job needs."""
        found = self.steps.get(-1)
        return found is None or (found.is_exact and not found.left_off)


async def read_neighbours(
    client: TorcClient, job_id: int, *, steps: int, limit: int, drawn: int | None = None
) -> Neighbourhood:
    """Read the jobs that are at most some steps away from a job: at most `limit` of each step and direction.

    The graph has the first `drawn` of each; all if it is None.
    """
    return shaped(await client.jobs.list_neighbours(job_id, steps=steps, limit=limit), drawn or limit)


def shaped(found: NeighboursResponse, drawn: int) -> Neighbourhood:
    """Return the graph of an answer of the server. A node stands for the jobs of a direct step that are left out."""
    jobs = {key_of(one.job_id): one for one in found.jobs}
    steps = {one.step: one for one in found.steps}
    middle = next(one for one in found.jobs if one.step == 0)
    seen = Counter[int]()
    nodes = list[GraphNode]()
    for key, one in jobs.items():
        seen[one.step] += 1
        if seen[one.step] <= drawn:
            nodes.append(GraphNode(key, one.job_name, NodeKind.JOB, order=len(nodes)))
    edges = [Edge(key_of(one.source_job_id), key_of(one.target_job_id)) for one in found.edges]
    for step in (-1, 1):
        more = steps.get(step)
        left_off = 0 if more is None else more.left_off + max(0, seen[step] - drawn)
        if more is None or not left_off:
            continue
        key = f"more:{step}"
        label = _jobs(left_off, is_exact=more.is_exact, more="more ")
        nodes.append(GraphNode(key, label, NodeKind.MERGED, order=len(nodes), jobs=left_off))
        edges.append(Edge(key, key_of(middle.job_id)) if step < 0 else Edge(key_of(middle.job_id), key))
    return Neighbourhood(found.workflow_id, middle, jobs, steps, graph_of(nodes, edges))


def key_of(job_id: int) -> str:
    """Return the key of a job's node."""
    return f"job:{job_id}"


def notices_of(found: Neighbourhood) -> tuple[str, ...]:
    """Return what the drawing leaves out two steps away. What it leaves out nearer has a node."""
    far = [found.steps[step] for step in (-2, 2) if step in found.steps and found.steps[step].left_off]
    return tuple(
        f"{_jobs(one.left_off, is_exact=one.is_exact, more='more ')} two steps "
        f"{'before' if one.step < 0 else 'after'} {inert_line(found.job.job_name)} are not drawn."
        for one in far
    )


def _jobs(number: int, *, is_exact: bool, more: str = "") -> str:
    return f"{'' if is_exact else 'at least '}{number:,} {more}job{'' if number == 1 else 's'}"
