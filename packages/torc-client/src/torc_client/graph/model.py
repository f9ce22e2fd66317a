"""Nodes, edges, and a graph in which their order in the input has no effect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class NodeKind(StrEnum):
    """What a node stands for. MERGED nodes replace several others, so that a graph is not too large."""

    GROUP = "group"
    JOB = "job"
    FILE = "file"
    DATA = "data"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node. Nodes with a lower `order` come first; those with the same one are in the order of their keys."""

    key: str
    label: str
    kind: NodeKind = NodeKind.GROUP
    order: int = 0
    weight: float = 1.0
    """Its length on the critical path, for example a duration."""

    jobs: int = 1
    """Number of jobs that it stands for; 0 for files and data."""

    members: tuple[str, ...] = ()
    """The keys of the nodes that a MERGED node replaces."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The keys of a node and of one that waits for it, or reads it, or is written by it."""

    source: str
    target: str


@dataclass(frozen=True)
class Graph:
    """Nodes in their order, and edges without duplicates between different nodes of the graph."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[Edge, ...]
    place_of: Mapping[str, int] = field(repr=False, compare=False, default_factory=dict)

    @cached_property
    def parents(self) -> list[list[int]]:
        """For each node the places of those that its edges come from, sorted."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for edge in self.edges:
            found[self.place_of[edge.target]].append(self.place_of[edge.source])
        return found

    @cached_property
    def children(self) -> list[list[int]]:
        """For each node the places of those that its edges go to, sorted."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for edge in self.edges:
            found[self.place_of[edge.source]].append(self.place_of[edge.target])
        return found


def graph_of(nodes: Iterable[GraphNode], edges: Iterable[Edge]) -> Graph:
    """Make a graph. Edges of a node to itself and those with unknown ends are left out. Keys are unique."""
    ordered = tuple(sorted({node.key: node for node in nodes}.values(), key=lambda node: (node.order, node.key)))
    place_of = {node.key: place for place, node in enumerate(ordered)}
    places = sorted(
        {
            (place_of[edge.source], place_of[edge.target])
            for edge in edges
            if edge.source != edge.target and edge.source in place_of and edge.target in place_of
        }
    )
    kept = tuple(Edge(ordered[source].key, ordered[target].key) for source, target in places)
    return Graph(ordered, kept, place_of)


def part_of(graph: Graph, keys: Iterable[str]) -> Graph:
    """Return the graph of some nodes, with the edges between them."""
    wanted = frozenset(keys)
    return graph_of((node for node in graph.nodes if node.key in wanted), graph.edges)
