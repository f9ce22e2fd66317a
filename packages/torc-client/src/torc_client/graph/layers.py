"""The layer of each node: all edges but those that close a cycle go to a later layer. And what follows from it."""

from dataclasses import dataclass

from torc_client.graph.model import Graph

Places = list[list[int]]


@dataclass(frozen=True, slots=True)
class Layers:
    """The layer of each node by its place, and the edges that close cycles, as pairs of places."""

    of_node: list[int]
    back_edges: frozenset[tuple[int, int]]

    @property
    def count(self) -> int:
        """Number of layers."""
        return max(self.of_node, default=-1) + 1


def layers_of(graph: Graph) -> Layers:
    """Return the number of nodes on the longest way to each node. A graph with cycles loses an edge of each."""
    back = back_edges(graph)
    depth = [0] * len(graph.nodes)
    for place in _topological(graph, back):
        for child in graph.children[place]:
            if (place, child) not in back:
                depth[child] = max(depth[child], depth[place] + 1)
    return Layers(depth, back)


def stages(graph: Graph) -> list[list[str]]:
    """Return the keys of the nodes of each layer."""
    layers = layers_of(graph)
    found: list[list[str]] = [[] for _ in range(layers.count)]
    for node, layer in zip(graph.nodes, layers.of_node, strict=True):
        found[layer].append(node.key)
    return found


def critical_path(graph: Graph) -> tuple[tuple[str, ...], float]:
    """Return the keys of the path with the largest sum of weights, and this sum. Cycles are opened.

    Of equal paths, one with the most nodes is returned.
    """
    if not graph.nodes:
        return (), 0.0
    back = back_edges(graph)
    total = [(node.weight, 1) for node in graph.nodes]
    before: list[int | None] = [None] * len(graph.nodes)
    for place in _topological(graph, back):
        best = None
        for parent in graph.parents[place]:
            if (parent, place) not in back and (best is None or total[parent] > total[best]):
                best = parent
        if best is not None:
            before[place] = best
            total[place] = (total[place][0] + total[best][0], total[best][1] + 1)
    last: int | None = max(range(len(total)), key=lambda place: (total[place], -place))
    length = total[last][0] if last is not None else 0.0
    path = []
    while last is not None:
        path.append(graph.nodes[last].key)
        last = before[last]
    return tuple(reversed(path)), length


def back_edges(graph: Graph) -> frozenset[tuple[int, int]]:
    """Return edges without which the graph has no cycle: those that a depth-first search meets on its own path."""
    new, on_path, done = 0, 1, 2
    state = [new] * len(graph.nodes)
    found = set()
    starts = sorted(range(len(graph.nodes)), key=lambda place: bool(graph.parents[place]))
    for start in starts:
        if state[start] != new:
            continue
        state[start] = on_path
        pending = [(start, iter(graph.children[start]))]
        while pending:
            place, children = pending[-1]
            child = next(children, None)
            if child is None:
                state[place] = done
                pending.pop()
            elif state[child] == on_path:
                found.add((place, child))
            elif state[child] == new:
                state[child] = on_path
                pending.append((child, iter(graph.children[child])))
    return frozenset(found)


def _topological(graph: Graph, back: frozenset[tuple[int, int]]) -> list[int]:
    missing = [len(parents) for parents in graph.parents]
    for _, target in back:
        missing[target] -= 1
    order = [place for place, count in enumerate(missing) if not count]
    for place in order:
        for child in graph.children[place]:
            if (place, child) not in back:
                missing[child] -= 1
                if not missing[child]:
                    order.append(child)
    return order
