"""A layout of a graph as shapes for SVG: boxes with texts and bars, and arrows. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from torc_client.api.enums import JobStatus
from torc_client.edge.terminal_text import inert_line
from torc_client.graph.canvas import columns_of, cut
from torc_client.graph.layers import critical_path
from torc_client.graph.layout import Layout, Route, Spacing, lay_out
from torc_client.graph.model import Graph, GraphNode, NodeKind
from torc_client.overview.progress import ORDER, shares

_CHARACTER = 7.3
_PADDING = 12.0
_MOST_COLUMNS = 30
_LEAST_COLUMNS = 14
_HEIGHTS = {NodeKind.GROUP: 66.0, NodeKind.JOB: 52.0, NodeKind.FILE: 34.0, NodeKind.DATA: 34.0, NodeKind.MERGED: 52.0}
_BAR_HEIGHT = 6.0
# A status with one job of 100,000 is visible.
_THINNEST = 3.0
_SPACING = Spacing(between_columns=64.0, between_boxes=18.0)


@dataclass(frozen=True)
class NodeText:
    """What a box shows: its second line, its link, and its jobs by status. `status` colours the box of a single job."""

    detail: str
    href: str | None
    counts: Mapping[JobStatus, int]
    status: str | None = None
    mark: str = ""
    """A short word for the corner, such as the number of failed jobs."""

    is_chosen: bool = False


@dataclass(frozen=True)
class Part:
    """A part of a bar, in the unit of the drawing."""

    status: str
    count: int
    x: float
    width: float


@dataclass(frozen=True)
class Shape:
    """A box. `name` may be cut; `title` is whole."""

    key: str
    kind: str
    title: str
    name: str
    x: float
    y: float
    width: float
    height: float
    is_critical: bool
    text: NodeText
    bar: tuple[Part, ...]


@dataclass(frozen=True)
class Arrow:
    """An edge as path data of SVG."""

    path: str
    is_critical: bool
    is_back: bool


@dataclass(frozen=True)
class Drawing:
    """Shapes and arrows with the size of the whole, and the length of the critical path."""

    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]
    width: float
    height: float
    critical: tuple[str, ...] = ()


def draw(
    graph: Graph, text_of: Callable[[GraphNode], NodeText], *, width_of_rest: float = 1100.0, with_path: bool = True
) -> Drawing:
    """Draw a graph. `with_path` marks the critical path, if there is an edge."""
    texts = {node.key: text_of(node) for node in graph.nodes}
    layout: Layout = lay_out(
        graph,
        lambda node: _size_of(node, texts[node.key]),
        Spacing(_SPACING.between_columns, _SPACING.between_boxes, width_of_rest=width_of_rest),
    )
    critical = critical_path(graph)[0] if graph.edges and with_path else ()
    on_path, steps = set(critical), set(pairwise(critical))
    shapes = []
    for box in layout.boxes:
        text = texts[box.node.key]
        shapes.append(
            Shape(
                key=box.node.key,
                kind=box.node.kind.value,
                title=inert_line(box.node.label),
                name=cut(inert_line(box.node.label), _MOST_COLUMNS),
                x=box.x,
                y=box.y,
                width=box.width,
                height=box.height,
                is_critical=box.node.key in on_path,
                text=text,
                bar=bar(text.counts, box.x + _PADDING, box.width - 2 * _PADDING),
            )
        )
    arrows = tuple(
        Arrow(path_of(route), (route.edge.source, route.edge.target) in steps, route.is_back) for route in layout.routes
    )
    # Those of the critical path are drawn last, above the others.
    ordered = tuple(sorted(arrows, key=lambda arrow: arrow.is_critical))
    return Drawing(tuple(shapes), ordered, layout.width, layout.height, tuple(critical))


def bar(counts: Mapping[JobStatus, int], start: float, width: float) -> tuple[Part, ...]:
    """Return the parts of a bar; each is visible, and together they have the width."""
    present = [(status, counts[status]) for status in ORDER if counts.get(status)]
    widths = shares([number for _, number in present], width, _THINNEST)
    parts, at = [], start
    for (status, number), share in zip(present, widths, strict=True):
        parts.append(Part(status.value, number, round(at, 2), round(share, 2)))
        at += share
    return tuple(parts)


def path_of(route: Route) -> str:
    """Return the path data of a route: S-curves between points of different height."""
    (x, y), *_ = route.points
    pieces = [f"M{x:g} {y:g}"]
    for (x0, y0), (x1, y1) in pairwise(route.points):
        middle = (x0 + x1) / 2
        pieces.append(f"H{x1:g}" if y0 == y1 else f"C{middle:g} {y0:g} {middle:g} {y1:g} {x1:g} {y1:g}")
    return "".join(pieces)


def _size_of(node: GraphNode, text: NodeText) -> tuple[float, float]:
    columns = min(max(columns_of(inert_line(node.label)), _LEAST_COLUMNS if node.jobs else 0), _MOST_COLUMNS)
    if node.kind not in {NodeKind.FILE, NodeKind.DATA}:  # those show only their names
        columns = max(columns, columns_of(text.detail) + (columns_of(text.mark) + 1 if text.mark else 0))
    return round(columns * _CHARACTER + 2 * _PADDING + (18 if node.jobs else 8), 1), _HEIGHTS[node.kind]
