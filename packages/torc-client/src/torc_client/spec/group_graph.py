"""The graph of the groups of jobs in a planned spec."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from torc_client.graph.model import Edge, Graph, GraphNode, NodeKind, graph_of
from torc_client.graph.names import group_of
from torc_client.spec.plan import Plan, PlannedJob
from torc_client.spec.shape import Record


def graph_of_spec(plan: Plan, *, with_files: bool = False) -> Graph:
    """Return a node for each group of jobs, and with `with_files` for each group of files and of user data.

    Without files, a group that reads a file waits for the one that writes it.
    """
    jobs = _Named("group", NodeKind.GROUP, [job.record for job in plan.jobs])
    edges: set[tuple[str, str]] = set()
    seen: set[tuple[int, str]] = set()
    for job, key in zip(plan.jobs, jobs.key_of, strict=True):
        if (id(job.parents), key) not in seen:
            seen.add((id(job.parents), key))
            edges.update((source, key) for source in {jobs.key_of[place] for place in job.parents})
    nodes = jobs.nodes()
    for kind, records, reads, writes in (
        (NodeKind.FILE, plan.files, attrgetter("input_files"), attrgetter("output_files")),
        (NodeKind.DATA, plan.user_data, attrgetter("input_user_data"), attrgetter("output_user_data")),
    ):
        things = _Named(kind.value, kind, records)
        read = _links(plan.jobs, jobs.key_of, reads)
        written = _links(plan.jobs, jobs.key_of, writes)
        if with_files:
            used = {place for place, _ in (*read, *written)}
            nodes += things.nodes(used)
            edges.update((things.key_of[place], key) for place, key in read)
            edges.update((key, things.key_of[place]) for place, key in written)
        else:
            writers: dict[int, set[str]] = {}
            for place, key in written:
                writers.setdefault(place, set()).add(key)
            edges.update((writer, key) for place, key in read for writer in writers.get(place, ()))
    return graph_of(nodes, (Edge(source, target) for source, target in edges))


class _Named:
    """Records that are grouped by their names."""

    def __init__(self, prefix: str, kind: NodeKind, records: Sequence[Record]) -> None:
        self._kind = kind
        groups = [group_of(record["name"]) for record in records]
        self.key_of = [f"{prefix}:{group}" for group in groups]
        self._records = records

    def nodes(self, places: Iterable[int] | None = None) -> list[GraphNode]:
        """Return the nodes of all records, or of some. The label of a record that is alone in its group is its name."""
        members: dict[str, list[int]] = {}
        for place in range(len(self.key_of)) if places is None else sorted(places):
            members.setdefault(self.key_of[place], []).append(place)
        is_job = self._kind is NodeKind.GROUP
        return [
            GraphNode(
                key,
                self._records[found[0]]["name"] if len(found) == 1 else key.partition(":")[2],
                self._kind,
                order=found[0],
                jobs=len(found) if is_job else 0,
                weight=1.0 if is_job else 0.0,
            )
            for key, found in members.items()
        ]


def _links(
    jobs: Sequence[PlannedJob], key_of: Sequence[str], of_job: Callable[[PlannedJob], tuple[int, ...]]
) -> set[tuple[int, str]]:
    return {(place, key) for job, key in zip(jobs, key_of, strict=True) for place in of_job(job)}
