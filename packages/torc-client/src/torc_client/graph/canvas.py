"""A graph drawn with characters: boxes with lines of text, and edges between them. Pure.

Edges leave a box at its right and enter at the left, in the row of its name. Edges of the same node share their lines.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import category, east_asian_width

from torc_client.graph.layers import critical_path
from torc_client.graph.layout import Box, Layout, Route, Spacing, lay_out
from torc_client.graph.model import Graph, GraphNode

_ROW = 10.0  # one row in the unit of the layout, in which a passage of a long edge has this height
_GAP, _MOST_CHANNELS = 4, 8
_NORTH, _EAST, _SOUTH, _WEST = 1, 2, 4, 8
_LIGHT = " ╵╶└╷│┌├╴┘─┴┐┤┬┼"
_HEAVY = " ╹╺┗╻┃┏┣╸┛━┻┓┫┳╋"
_LIGHT_BOX, _HEAVY_BOX = "┌─┐│└┘", "╔═╗║╚╝"
ARROW = "▶"


@dataclass(frozen=True, slots=True)
class Label:
    """The lines of a box, and its style. The first line has the name. `marked` boxes have double borders."""

    lines: tuple[str, ...]
    style: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """The place of a node in rows and columns."""

    key: str
    row: int
    column: int
    height: int
    width: int
    layer: int


@dataclass(frozen=True, slots=True)
class Painted:
    """A part of a row with one style."""

    start: int
    end: int
    style: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """Rows of text of the same width, the styles of their parts, and the places of the nodes."""

    rows: tuple[str, ...]
    styles: tuple[tuple[Painted, ...], ...]
    boxes: tuple[DrawnBox, ...]
    width: int


LabelOf = Callable[[GraphNode], Label]


def draw_text(
    graph: Graph,
    label_of: LabelOf,
    *,
    width: int = 80,
    edge_style: str = "",
    critical_style: str = "",
    with_path: bool = True,
) -> Canvas:
    """Draw a graph. Nodes without edges are placed in rows of about `width` columns below the others.

    `with_path` draws the critical path with heavy lines, if there is an edge.
    """
    labels = {node.key: label_of(node) for node in graph.nodes}

    def size_of(node: GraphNode) -> tuple[float, float]:
        label = labels[node.key]
        columns = max((columns_of(line) for line in label.lines), default=1)
        return columns + 4.0, (len(label.lines) + 2) * _ROW

    def with_gap(columns: int) -> Layout:
        spacing = Spacing(float(columns), _ROW, margin=0.0, between_lanes=_ROW, width_of_rest=float(width))
        return lay_out(graph, size_of, spacing)

    gap = _GAP + min(_MOST_CHANNELS, max(_Channels(with_gap(_GAP).routes).numbers(), default=1))
    layout = with_gap(gap)
    path = critical_path(graph)[0] if graph.edges and with_path else ()
    critical = set(pairwise(path))
    grid = _Grid(edge_style, critical_style)
    channels = _Channels(layout.routes)
    boxes = {box.node.key: box for box in layout.boxes}
    for route in layout.routes:
        ends = boxes[route.edge.source], boxes[route.edge.target]
        grid.edge(route, *ends, channels, is_critical=(route.edge.source, route.edge.target) in critical)
    drawn = tuple(grid.box(box, labels[box.node.key]) for box in layout.boxes)
    return grid.canvas(drawn)


class _Channels:
    """The columns in which edges go up or down between two layers: one for each row from which edges come."""

    def __init__(self, routes: Iterable[Route]) -> None:
        bends: dict[float, dict[float, float]] = {}
        for route in routes:
            for (x0, y0), (x1, y1) in pairwise(route.points):
                if y0 != y1 and x0 < x1:
                    bends.setdefault(x0, {}).setdefault(y0, y1)
        self._place: dict[tuple[float, float], int] = {}
        self._numbers = []
        for x0, rows in bends.items():
            # Of the edges that go down, the lowest one turns first; of those that go up, the highest one.
            ordered = sorted(rows, key=lambda y0: -y0 if rows[y0] > y0 else y0)
            self._numbers.append(len(ordered))
            for place, y0 in enumerate(ordered):
                self._place[x0, y0] = place % _MOST_CHANNELS

    def numbers(self) -> list[int]:
        return self._numbers

    def column(self, x0: float, y0: float) -> int:
        return int(x0) + 1 + self._place.get((x0, y0), 0)


class _Grid:
    """Cells with lines, and texts above them."""

    def __init__(self, edge_style: str, critical_style: str) -> None:
        self._lines: dict[tuple[int, int], int] = {}
        self._critical: set[tuple[int, int]] = set()
        self._texts: dict[tuple[int, int], tuple[str, str]] = {}
        self._edge_style, self._critical_style = edge_style, critical_style

    def edge(self, route: Route, source: Box, target: Box, channels: _Channels, *, is_critical: bool) -> None:
        rows = [_row_of(y) for _, y in route.points]
        rows[0], rows[-1] = _top(source) + 1, _top(target) + 1
        starts, ends = (source.y + source.height / 2, rows[0]), (target.y + target.height / 2, rows[-1])
        points = []
        for place, (x, y) in enumerate(route.points):
            row = rows[place]
            # The points next to a box are at the height of its middle, which is not the row of its name.
            if place <= 1 and abs(y - starts[0]) < 1:
                row = starts[1]
            if place >= len(rows) - 2 and abs(y - ends[0]) < 1:
                row = ends[1]
            points.append((int(x), row, x, y))
        corners = [points[0][:2]]
        for (x0, row0, exact_x, exact_y), (x1, row1, _, _) in pairwise(points):
            if row0 != row1:
                turn = min(channels.column(exact_x, exact_y), x1 - 2) if x1 - x0 > 2 else x0
                corners += [(turn, row0), (turn, row1)]
            corners.append((x1, row1))
        for (x0, row0), (x1, row1) in pairwise(_without_detours(corners)):
            if row0 == row1:
                self._horizontal(row0, x0, x1, is_critical=is_critical)
            else:
                self._vertical(x0, row0, row1, is_critical=is_critical)
        self._put(rows[-1], int(target.x) - 1, ARROW, self._critical_style if is_critical else self._edge_style)

    def box(self, box: Box, label: Label) -> DrawnBox:
        row, column, width = _top(box), int(box.x), int(box.width)
        corner = _HEAVY_BOX if label.marked else _LIGHT_BOX
        self._put(row, column, f"{corner[0]}{corner[1] * (width - 2)}{corner[2]}", label.style)
        for number, line in enumerate(label.lines, 1):
            space = " " * (width - 4 - columns_of(line))
            self._put(row + number, column, f"{corner[3]} {line}{space} {corner[3]}", label.style)
        last = row + len(label.lines) + 1
        self._put(last, column, f"{corner[4]}{corner[1] * (width - 2)}{corner[5]}", label.style)
        return DrawnBox(box.node.key, row, column, last - row + 1, width, box.layer)

    def canvas(self, boxes: Sequence[DrawnBox]) -> Canvas:
        cells = self._cells()
        height = max((row for row, _ in cells), default=-1) + 1
        width = max((column for _, column in cells), default=-1) + 1
        rows, styles = [], []
        for row in range(height):
            text, painted = "", list[Painted]()
            for column in range(width):
                character, style = cells.get((row, column), (" ", ""))
                text += character
                if painted and painted[-1].end == column and painted[-1].style == style:
                    painted[-1] = Painted(painted[-1].start, column + 1, style)
                elif style:
                    painted.append(Painted(column, column + 1, style))
            rows.append(text)
            styles.append(tuple(painted))
        return Canvas(tuple(rows), tuple(styles), tuple(boxes), width)

    def _cells(self) -> dict[tuple[int, int], tuple[str, str]]:
        cells = {}
        for place, bits in self._lines.items():
            is_critical = place in self._critical
            cells[place] = (
                (_HEAVY if is_critical else _LIGHT)[bits],
                self._critical_style if is_critical else self._edge_style,
            )
        return cells | self._texts

    def _put(self, row: int, column: int, text: str, style: str) -> None:
        for character in text:
            self._texts[row, column] = (character, style)
            if columns_of(character) == 2:
                self._texts[row, column + 1] = ("", style)
                column += 1
            column += 1

    def _horizontal(self, row: int, x0: int, x1: int, *, is_critical: bool) -> None:
        left, right = min(x0, x1), max(x0, x1)
        for column in range(left, right + 1):
            bits = (_WEST if column > left else 0) | (_EAST if column < right else 0)
            self._add(row, column, bits, is_critical=is_critical)

    def _vertical(self, column: int, row0: int, row1: int, *, is_critical: bool) -> None:
        top, bottom = min(row0, row1), max(row0, row1)
        for row in range(top, bottom + 1):
            bits = (_NORTH if row > top else 0) | (_SOUTH if row < bottom else 0)
            self._add(row, column, bits, is_critical=is_critical)

    def _add(self, row: int, column: int, bits: int, *, is_critical: bool) -> None:
        self._lines[row, column] = self._lines.get((row, column), 0) | bits
        if is_critical:
            self._critical.add((row, column))


def _without_detours(corners: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the corners without those between two others in the same row."""
    kept: list[tuple[int, int]] = []
    for corner in corners:
        while len(kept) > 1 and kept[-2][1] == kept[-1][1] == corner[1]:
            kept.pop()
        kept.append(corner)
    return kept


def _row_of(y: float) -> int:
    return int(y // _ROW)


def _top(box: Box) -> int:
    return int((box.y + _ROW / 2) // _ROW)


def columns_of(text: str) -> int:
    """Return the number of columns of a text in a terminal or a monospaced font."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def cut(text: str, most: int) -> str:
    """Return a text of at most `most` columns: of a longer one the beginning and the end."""
    if columns_of(text) <= most:
        return text
    return f"{_fitting(text, most // 2)}\N{HORIZONTAL ELLIPSIS}{_fitting(reversed(text), most - most // 2 - 1)[::-1]}"


def one_by_one(text: str) -> str:
    """Return a text without characters that have no column of their own, such as accents that follow a letter."""
    return "".join(character for character in text if category(character) not in {"Mn", "Me", "Cf"})


def _fitting(characters: Iterable[str], most: int) -> str:
    taken: list[str] = []
    for character in characters:
        most -= columns_of(character)
        if most < 0:
            break
        taken.append(character)
    return "".join(taken)
