"""Merge nodes of a graph that is too large to be read.

The rule, until the graph is small enough:

1. Nodes of the same kind with the same parents and the same children become one.
2. In each layer, the first nodes stay, and the rest of the layer becomes one.
3. Neighbouring layers become one.
"""

from collections.abc import Hashable, Iterable, Sequence

from torc_client.graph.layers import layers_of
from torc_client.graph.model import Edge, Graph, GraphNode, NodeKind, graph_of


def merged(graph: Graph, most: int) -> Graph:
    """Return a graph of at most `most` nodes. A graph that is small enough is returned unchanged."""
    if len(graph.nodes) <= most:
        return graph
    small = _with_groups(graph, _twins(graph))
    if len(small.nodes) <= most:
        return small
    layers = layers_of(small)
    if layers.count <= most:
        return _with_groups(small, _rest_of_layers(layers.of_node, layers.count, most))
    of_layers = -(-layers.count // most)
    return _with_groups(small, [layer // of_layers for layer in layers.of_node])


def _twins(graph: Graph) -> list[Hashable]:
    return [
        (node.kind, tuple(parents), tuple(children))
        for node, parents, children in zip(graph.nodes, graph.parents, graph.children, strict=True)
    ]


def _rest_of_layers(layer_of: Sequence[int], count: int, most: int) -> list[Hashable]:
    sizes = [0] * count
    for layer in layer_of:
        sizes[layer] += 1
    share = _share(sizes, most)
    seen = [0] * count
    found: list[Hashable] = []
    for place, layer in enumerate(layer_of):
        seen[layer] += 1
        is_whole = sizes[layer] <= share
        found.append(("node", place) if is_whole or seen[layer] < share else ("rest", layer))
    return found


def _share(sizes: Sequence[int], most: int) -> int:
    """Return the largest number of nodes for each layer with which there are at most `most`."""
    low, high = 1, most
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(size, middle) for size in sizes) <= most:
            low = middle
        else:
            high = middle - 1
    return low


def _with_groups(graph: Graph, groups: Iterable[Hashable]) -> Graph:
    """Return the graph in which all nodes of the same group are one."""
    by_group: dict[Hashable, list[GraphNode]] = {}
    for node, group in zip(graph.nodes, groups, strict=True):
        by_group.setdefault(group, []).append(node)
    nodes, key_of = [], {}
    for members in by_group.values():
        node = members[0] if len(members) == 1 else _one_for(members)
        nodes.append(node)
        key_of.update({member.key: node.key for member in members})
    return graph_of(nodes, (Edge(key_of[edge.source], key_of[edge.target]) for edge in graph.edges))


def _one_for(members: list[GraphNode]) -> GraphNode:
    replaced = tuple(key for member in members for key in (member.members or (member.key,)))
    first = members[0]
    label = first.label.rpartition(" and ")[0] if first.members else first.label
    return GraphNode(
        key=f"merged:{first.key.removeprefix('merged:')}",
        label=f"{label} and {len(replaced) - 1:,} more",
        kind=NodeKind.MERGED,
        order=first.order,
        weight=max(member.weight for member in members),
        jobs=sum(member.jobs for member in members),
        members=replaced,
    )
