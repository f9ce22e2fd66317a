"""Graphs for tests: from pairs of names, and random ones for Hypothesis."""

import itertools
from collections.abc import Iterable

from hypothesis import strategies as st

from torc_client.graph.model import Edge, Graph, GraphNode, graph_of


def graph(*pairs: str, alone: Iterable[str] = ()) -> Graph:
    """Return the graph of pairs like `a>b`, and of nodes without edges."""
    ends = [tuple(pair.split(">")) for pair in pairs]
    names = {name for pair in ends for name in pair} | set(alone)
    return graph_of((GraphNode(name, name) for name in names), (Edge(source, target) for source, target in ends))


@st.composite
def graphs(draw: st.DrawFn, most: int = 14) -> Graph:
    """Return any graph: with cycles, with parts that are not linked, with long edges."""
    number = draw(st.integers(0, most))
    nodes = [
        GraphNode(f"n{place}", "x" * draw(st.integers(0, 12)), weight=draw(st.integers(0, 9)))
        for place in range(number)
    ]
    ends = st.integers(0, max(number - 1, 0))
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=3 * number))
    return graph_of(nodes, (Edge(f"n{source}", f"n{target}") for source, target in pairs))


def size_of(node: GraphNode) -> tuple[float, float]:
    """Return a size that depends on the label."""
    return 40.0 + 7 * len(node.label), 40.0


def points_of(points: tuple[tuple[float, float], ...], steps: int = 16) -> list[tuple[float, float]]:
    """Return points on the S-curves of a route: cubic curves with horizontal ends in the middle between two points."""
    found = []
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        middle = (x0 + x1) / 2
        for step in range(steps + 1):
            t = step / steps
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            found.append((a * x0 + b * middle + c * middle + d * x1, a * y0 + b * y0 + c * y1 + d * y1))
    return found
