"""The order of the nodes in each layer, so that few edges cross, and their heights, so that edges are straight."""

from collections.abc import Sequence
from dataclasses import dataclass

from torc_client.graph.layers import Layers
from torc_client.graph.model import Graph

# Long edges pass each layer at a place of their own. All long edges of a node share these places. Edges for which
# there are not enough places go around the drawing.
_PLACES_PER_NODE = 3
_SWEEPS = 4
_SWEEPS_IF_LARGE = 2
_LARGE = 2_000
_PASSAGE_HEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Items in columns: first the nodes by their places, then the passages of long edges."""

    layer_of: list[int]
    of_layer: list[list[int]]
    """The items of each layer, from top to bottom."""

    centre_of: list[float]
    passed: dict[tuple[int, int], list[int]]
    """The passages of each edge, from left to right."""

    left_out: int
    """Number of edges without passages that need some."""


def arrange(graph: Graph, layers: Layers, heights: Sequence[float], between: float) -> Columns:
    """Order the nodes of each layer, and compute the vertical centre of each item."""
    layer_of = _near_children(graph, layers)
    passed, left_out, links = _passages(graph, layers, layer_of)
    before: list[list[int]] = [[] for _ in layer_of]
    after: list[list[int]] = [[] for _ in layer_of]
    for source, target in links:
        after[source].append(target)
        before[target].append(source)
    of_layer: list[list[int]] = [[] for _ in range(max(layer_of, default=-1) + 1)]
    for item, layer in enumerate(layer_of):
        of_layer[layer].append(item)
    _reduce_crossings(of_layer, before, after, _SWEEPS if len(layer_of) < _LARGE else _SWEEPS_IF_LARGE)
    full = [*heights, *[_PASSAGE_HEIGHT] * (len(layer_of) - len(heights))]
    return Columns(layer_of, of_layer, _centres(of_layer, before, after, full, between), passed, left_out)


def _near_children(graph: Graph, layers: Layers) -> list[int]:
    """Move nodes without parents next to the first node that waits for them."""
    found = list(layers.of_node)
    for place, parents in enumerate(graph.parents):
        children = [child for child in graph.children[place] if (place, child) not in layers.back_edges]
        if not parents and children:
            found[place] = min(layers.of_node[child] for child in children) - 1
    return found


def _passages(
    graph: Graph, layers: Layers, layer_of: list[int]
) -> tuple[dict[tuple[int, int], list[int]], int, list[tuple[int, int]]]:
    """Add a passage to `layer_of` for each layer that an edge skips. Returns also the links between adjacent layers."""
    most = _PLACES_PER_NODE * len(graph.nodes)
    passed: dict[tuple[int, int], list[int]] = {}
    links: dict[tuple[int, int], None] = {}
    chains: list[list[int]] = [[] for _ in graph.nodes]
    left_out = used = 0
    edges = [
        (source, child) for source, children in enumerate(graph.children) for child in children
        if (source, child) not in layers.back_edges
    ]  # fmt: skip
    # Short ones first: if there are not enough places, the longest edges go around.
    for source, target in sorted(edges, key=lambda edge: (layer_of[edge[1]] - layer_of[edge[0]], edge)):
        chain = chains[source]
        needed = layer_of[target] - layer_of[source] - 1
        if needed > len(chain) and used + needed - len(chain) > most:
            left_out += 1
            continue
        while len(chain) < needed:
            previous = chain[-1] if chain else source
            chain.append(len(layer_of))
            layer_of.append(layer_of[source] + len(chain))
            links[previous, chain[-1]] = None
            used += 1
        passed[source, target] = chain[:needed]
        links[chain[needed - 1] if needed else source, target] = None
    return passed, left_out, list(links)


def _reduce_crossings(of_layer: list[list[int]], before: list[list[int]], after: list[list[int]], sweeps: int) -> None:
    """Sort each layer by the mean position of what its items are linked to, to the right and to the left in turn."""
    position = [0] * len(before)
    for column in of_layer:
        for number, item in enumerate(column):
            position[item] = number
    for sweep in range(sweeps):
        links, columns = (before, of_layer[1:]) if sweep % 2 == 0 else (after, of_layer[-2::-1])
        for column in columns:
            means = {
                item: sum([position[other] for other in links[item]]) / len(links[item])
                if links[item]
                else float(position[item])
                for item in column
            }
            column.sort(key=means.__getitem__)
            for number, item in enumerate(column):
                position[item] = number


def _centres(
    of_layer: list[list[int]],
    before: list[list[int]],
    after: list[list[int]],
    heights: Sequence[float],
    between: float,
) -> list[float]:
    """Return the vertical centre of each item: near the mean of its links, without overlap; the topmost box is at 0."""
    centre = [0.0] * len(before)
    for column in of_layer:
        at = 0.0
        for item in column:
            centre[item] = at + heights[item] / 2
            at += heights[item] + between
    for links, columns in ((before, of_layer[1:]), (after, of_layer[-2::-1]), (before, of_layer[1:])):
        for column in columns:
            wanted = [
                sum([centre[other] for other in links[item]]) / len(links[item]) if links[item] else centre[item]
                for item in column
            ]
            for item, found in zip(column, _apart(wanted, [heights[item] for item in column], between), strict=True):
                centre[item] = found
    top = min((centre[item] - height / 2 for item, height in enumerate(heights)), default=0.0)
    return [value - top for value in centre]


def _apart(wanted: Sequence[float], heights: Sequence[float], between: float) -> list[float]:
    """Return the positions nearest to the wanted ones (least squares) that keep order and distances."""
    offsets, at = [], 0.0
    for number, height in enumerate(heights):
        at += (heights[number - 1] + height) / 2 + between if number else 0.0
        offsets.append(at)
    blocks: list[tuple[float, int]] = []  # mean and number of items that touch each other
    for value, offset in zip(wanted, offsets, strict=True):
        mean, size = value - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, count = blocks.pop()
            mean = (mean * size + other * count) / (size + count)
            size += count
        blocks.append((mean, size))
    starts = [mean for mean, size in blocks for _ in range(size)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]
