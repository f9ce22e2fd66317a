"""A widget with a drawn graph. The cursor is on a box, and arrows go to the next one in their direction."""

from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size, Spacing
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from torc_client.graph.canvas import Canvas, DrawnBox, Painted, columns_of
from torc_client.tui.styles import has_no_color, style_of_words

_NOTHING = Canvas((), (), (), 0)
_DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def next_box(boxes: tuple[DrawnBox, ...], at: DrawnBox, direction: str) -> DrawnBox | None:
    """Return the nearest box in a direction: of the nearest column for left and right, of the same one otherwise."""
    across, along = _DIRECTIONS[direction]
    middle = at.row + at.height / 2
    if along:
        same = [one for one in boxes if one.column == at.column or (one.layer == at.layer and _overlap(one, at))]
        ahead = [one for one in same if (one.row - at.row) * along > 0]
        ahead = ahead or [one for one in boxes if (one.row - at.row) * along > 0]
        return min(ahead, key=lambda one: (abs(one.row - at.row), abs(one.column - at.column)), default=None)
    ahead = [one for one in boxes if (one.column - at.column) * across > 0 and not _overlap(one, at)]
    return min(
        ahead,
        key=lambda one: (abs(one.column - at.column) + 3 * abs(one.row + one.height / 2 - middle), one.row),
        default=None,
    )


def _overlap(one: DrawnBox, other: DrawnBox) -> bool:
    return one.column < other.column + other.width and other.column < one.column + one.width


class GraphView(ScrollView, can_focus=True):
    """A drawing of a graph, which scrolls in both directions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"go('{key}')", show=False) for key in _DIRECTIONS),
        Binding("h", "go('left')", show=False),
        Binding("j", "go('down')", show=False),
        Binding("k", "go('up')", show=False),
        Binding("l", "go('right')", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"graph-view--cursor"}
    DEFAULT_CSS = """
    GraphView {
        height: 1fr;
        overflow: auto auto;
        scrollbar-size: 1 1;
        padding: 0 1;
        & > .graph-view--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    class Opened(Message):
        """The box with the cursor was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._canvas = _NOTHING
        self._key = ""

    @property
    def key(self) -> str:
        """The key of the node with the cursor; empty if there is none."""
        return self._key

    @property
    def _box(self) -> DrawnBox | None:
        return next((box for box in self._canvas.boxes if box.key == self._key), None)

    def show(self, canvas: Canvas, key: str = "") -> None:
        """Show a drawing. The cursor is on the node `key`, or stays with its node; else it is on the first one."""
        before, self._canvas = self._canvas, canvas
        keys = {box.key for box in canvas.boxes}
        wanted = key or self._key
        is_other = wanted != self._key or wanted not in keys
        first = min(canvas.boxes, key=lambda box: (box.column, box.row), default=None)
        self._key = wanted if wanted in keys else first.key if first is not None else ""
        self.virtual_size = Size(canvas.width, len(canvas.rows))
        if len(before.rows) != len(canvas.rows) or before.width != canvas.width:
            self.refresh()
        else:
            for row, (old, new) in enumerate(zip(before.rows, canvas.rows, strict=True)):
                if old != new or before.styles[row] != canvas.styles[row]:
                    self.refresh_line(row)
        if is_other:
            self._reveal()

    def render_line(self, y: int) -> Strip:
        """Draw a row of the widget."""
        left, top = self.scroll_offset
        width = self.scrollable_content_region.width
        row = y + top
        if not 0 <= row < len(self._canvas.rows):
            return Strip.blank(width, self.rich_style)
        painted, no_color = self._canvas.styles[row], has_no_color(self.app)
        segments = _segments(self._canvas.rows[row], painted, self._at_cursor(row), no_color=no_color)
        strip = Strip(segments).apply_style(self.rich_style)
        return strip.crop_extend(left, left + width, self.rich_style)

    def _at_cursor(self, row: int) -> tuple[int, int, Style] | None:
        box = self._box
        if box is None or not self.has_focus or not box.row <= row < box.row + box.height:
            return None
        return box.column, box.column + box.width, self.get_component_rich_style("graph-view--cursor")

    def action_go(self, direction: str) -> None:
        """Move the cursor to the next box, or scroll if there is none."""
        box = self._box
        after = next_box(self._canvas.boxes, box, direction) if box is not None else None
        if after is None:
            across, along = _DIRECTIONS[direction]
            self.scroll_relative(x=4 * across, y=along, animate=False)
            return
        self._choose(after.key)

    def _choose(self, key: str) -> None:
        for box in (self._box, next((one for one in self._canvas.boxes if one.key == key), None)):
            if box is not None:
                left, top = self.scroll_offset
                self.refresh(Region(box.column - left, box.row - top, box.width, box.height).grow(Spacing(0, 2, 0, 2)))
        self._key = key
        self._reveal()

    def _reveal(self) -> None:
        box = self._box
        if box is not None:
            region = Region(box.column, box.row, box.width, box.height)
            self.scroll_to_region(region, spacing=Spacing(1, 4, 1, 4), animate=False)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked box; a click on the box of the cursor opens it."""
        left, top = self.scroll_offset
        column, row = event.x + left - 1, event.y + top
        for box in self._canvas.boxes:
            if box.column <= column < box.column + box.width and box.row <= row < box.row + box.height:
                if box.key == self._key:
                    self.post_message(self.Opened())
                self._choose(box.key)


def _segments(
    text: str, styles: tuple[Painted, ...], cursor: tuple[int, int, Style] | None, *, no_color: bool
) -> list[Segment]:
    """Return a row as segments. Positions are columns: a wide character is followed by no other in its second one."""
    ends = sorted({0, *(end for part in styles for end in (part.start, part.end)), *(cursor[:2] if cursor else ())})
    columns = _by_column(text)
    ends = [end for end in ends if end < len(columns)] + [len(columns)]
    segments = []
    for start, end in pairwise(ends):
        words = next((part.style for part in styles if part.start <= start < part.end), "")
        style = style_of_words(words, no_color=no_color)
        if cursor is not None and cursor[0] <= start < cursor[1]:
            style = cursor[2]
        segments.append(Segment("".join(columns[start:end]), style))
    return segments


def _by_column(text: str) -> list[str]:
    found: list[str] = []
    for character in text:
        found += [character, ""] if columns_of(character) == 2 else [character]
    return found
