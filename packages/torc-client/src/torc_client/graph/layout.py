"""Boxes and the routes of edges: layers from left to right, few crossings, and no edge through a box of others."""

from collections.abc import Callable
from dataclasses import dataclass

from torc_client.graph.columns import Columns, arrange
from torc_client.graph.layers import layers_of
from torc_client.graph.model import Edge, Graph, GraphNode, part_of

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distances of a layout, in the unit of the sizes of its boxes."""

    between_columns: float = 56.0
    between_boxes: float = 16.0
    margin: float = 12.0
    between_lanes: float = 8.0
    width_of_rest: float = 1000.0
    """The width within which nodes without edges are placed in rows."""


SPACING = Spacing()
# Edges that cannot pass between boxes go around all of them, in one of these lanes.
_LANES = 24

SizeOf = Callable[[GraphNode], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Box:
    """The place of a node: its left upper corner and its size."""

    node: GraphNode
    layer: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an edge. Between two points of different height it is an S-curve with horizontal ends."""

    edge: Edge
    points: tuple[Point, ...]
    is_back: bool
    """Whether the edge closes a cycle."""


@dataclass(frozen=True, slots=True)
class Layout:
    """All boxes in the order of the nodes, all routes in the order of the edges, and the size of the whole."""

    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    width: float
    height: float


def lay_out(graph: Graph, size_of: SizeOf, spacing: Spacing = SPACING) -> Layout:
    """Compute the layout of a graph. `size_of` returns the width and the height of a node's box."""
    linked = part_of(graph, {key for edge in graph.edges for key in (edge.source, edge.target)})
    alone = [node for node in graph.nodes if node.key not in linked.place_of]
    drawing = _Drawing(linked, size_of, spacing)
    boxes = {box.node.key: box for box in drawing.boxes()}
    routes = drawing.routes(boxes)
    top = drawing.bottom + (spacing.between_boxes * 2 if linked.nodes and alone else 0)
    for box in _in_rows(alone, size_of, spacing, top, drawing.right):
        boxes[box.node.key] = box
    right = max([drawing.right, *(box.x + box.width for box in boxes.values())])
    bottom = max([drawing.bottom, *(box.y + box.height for box in boxes.values())])
    return Layout(
        tuple(boxes[node.key] for node in graph.nodes),
        tuple(routes),
        round(right + spacing.margin, 1),
        round(bottom + spacing.margin, 1),
    )


class _Drawing:
    """The part of a layout that has edges."""

    def __init__(self, graph: Graph, size_of: SizeOf, spacing: Spacing) -> None:
        self._graph = graph
        self._spacing = spacing
        self._layers = layers_of(graph)
        self._sizes = [size_of(node) for node in graph.nodes]
        heights = [height for _, height in self._sizes]
        self._columns: Columns = arrange(graph, self._layers, heights, spacing.between_boxes)
        has_lanes = bool(self._layers.back_edges or self._columns.left_out)
        self._left = spacing.margin + (spacing.between_columns if has_lanes else 0)
        self._starts: list[float] = []
        self._ends: list[float] = []
        x = self._left
        for column in self._columns.of_layer:
            width = max((self._sizes[item][0] for item in column if item < len(graph.nodes)), default=0.0)
            self._starts.append(x)
            self._ends.append(x + width)
            x += width + spacing.between_columns
        self.right = max(self._ends, default=0.0) + (spacing.between_columns if has_lanes else 0)
        self.bottom = spacing.margin

    def boxes(self) -> list[Box]:
        """Return the boxes, each in the column of its layer."""
        found = []
        for place, node in enumerate(self._graph.nodes):
            width, height = self._sizes[place]
            layer = self._columns.layer_of[place]
            y = self._columns.centre_of[place] - height / 2 + self._spacing.margin
            column = self._ends[layer] - self._starts[layer]
            x = self._starts[layer] + (column - width) / 2
            found.append(Box(node, layer, round(x, 1), round(y, 1), width, height))
            self.bottom = max(self.bottom, round(y + height, 1))
        for item in range(len(self._graph.nodes), len(self._columns.centre_of)):
            self.bottom = max(self.bottom, round(self._columns.centre_of[item] + self._spacing.margin, 1))
        return found

    def routes(self, boxes: dict[str, Box]) -> list[Route]:
        """Return the routes, and add the lanes to the height."""
        found, lanes, lowest = [], 0, self.bottom
        place_of = self._graph.place_of
        for edge in self._graph.edges:
            source, target = place_of[edge.source], place_of[edge.target]
            passed = self._columns.passed.get((source, target))
            is_back = (source, target) in self._layers.back_edges
            if passed is None:
                lane = lowest + self._spacing.between_lanes * (2 + lanes % _LANES)
                lanes += 1
                self.bottom = max(self.bottom, lane)
                way = self._around(source, target, lane)
            else:
                way = [point for item in passed for point in self._through(item)]
            start, end = boxes[edge.source], boxes[edge.target]
            points = [
                (start.x + start.width, start.y + start.height / 2),
                (self._ends[start.layer], start.y + start.height / 2),
                *way,
                (self._starts[end.layer], end.y + end.height / 2),
                (end.x, end.y + end.height / 2),
            ]
            found.append(Route(edge, _without_repeats(points), is_back))
        return found

    def _through(self, item: int) -> list[Point]:
        layer = self._columns.layer_of[item]
        y = self._columns.centre_of[item] + self._spacing.margin
        return [(self._starts[layer], y), (self._ends[layer], y)]

    def _around(self, source: int, target: int, lane: float) -> list[Point]:
        gap = self._spacing.between_columns
        layer_of = self._columns.layer_of
        return [(self._ends[layer_of[source]] + gap, lane), (self._starts[layer_of[target]] - gap, lane)]


def _without_repeats(points: list[Point]) -> tuple[Point, ...]:
    rounded = [(round(x, 1), round(y, 1)) for x, y in points]
    return tuple(point for place, point in enumerate(rounded) if not place or point != rounded[place - 1])


def _in_rows(nodes: list[GraphNode], size_of: SizeOf, spacing: Spacing, top: float, right: float) -> list[Box]:
    """Place nodes without edges below the others, in rows."""
    widest = max(spacing.width_of_rest, right)
    cell = max((size_of(node)[0] for node in nodes), default=0.0) + spacing.between_boxes
    found: list[Box] = []
    x, y, tallest = spacing.margin, top, 0.0
    for node in nodes:
        width, height = size_of(node)
        if x > spacing.margin and x + width > widest:
            x, y, tallest = spacing.margin, y + tallest + spacing.between_boxes, 0.0
        found.append(Box(node, 0, round(x, 1), round(y, 1), width, height))
        x += cell
        tallest = max(tallest, height)
    return found
