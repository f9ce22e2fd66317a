"""A widget that shows lines. Those with a target can have the cursor."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from torc_client.tui.lines.line import LineTarget, Part, TextLine, changed_columns
from torc_client.tui.styles import has_no_color, segments_of


class LinesView(ScrollView, can_focus=True):
    """Lines of text. Up and down go to the lines with a target, and scroll where there are none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "go(-1)", show=False),
        Binding("down,j", "go(1)", show=False),
        Binding("home,g", "first", show=False),
        Binding("end,G", "last", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines-view--cursor"}
    DEFAULT_CSS = """
    LinesView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        padding: 0 1;
        & > .lines-view--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    class Opened(Message):
        """A line with the cursor was clicked."""

    class Resized(Message):
        """The lines have another width now."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[TextLine] = ()
        self._cursor = -1
        self._width = 0

    @property
    def room(self) -> int:
        """The columns that a line can have."""
        return max(self.scrollable_content_region.width, 20)

    @property
    def target(self) -> LineTarget | None:
        """What the line of the cursor leads to."""
        return self._lines[self._cursor].target if 0 <= self._cursor < len(self._lines) else None

    def show(self, lines: Sequence[TextLine]) -> None:
        """Show other lines. The cursor stays with its target; only what differs is painted."""
        before, target, cursor = self._lines, self.target, self._cursor
        self._lines = lines
        self._cursor = self._place_of(target)
        self._resize(Size(self.room, len(lines)))
        for place, (old, new) in enumerate(zip_longest(before, lines, fillvalue=TextLine())):
            if changed := changed_columns(old, new):
                self.refresh(Region(0, place - self.scroll_offset.y, changed, 1))
        if cursor != self._cursor:
            self.refresh_line(cursor)
            self.refresh_line(self._cursor)

    def _resize(self, size: Size) -> None:
        """Take another size of all lines. Textual would paint everything again, but only the scrollbar shows it."""
        if size != self.virtual_size:
            self.set_reactive(LinesView.virtual_size, size)
            self._scroll_update(size)

    def _place_of(self, target: LineTarget | None) -> int:
        found = [place for place, each in enumerate(self._lines) if each.target is not None]
        if target is not None:
            same = [place for place in found if self._lines[place].target == target]
            if same:
                return min(same, key=lambda place: abs(place - self._cursor))
            return min(found, key=lambda place: abs(place - self._cursor), default=-1)
        return found[0] if found and self._cursor < 0 else -1

    def render_line(self, y: int) -> Strip:
        """Draw a row of the widget."""
        place = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if not 0 <= place < len(self._lines):
            return Strip.blank(width, self.rich_style)
        shown = self._lines[place]
        room = Part(" " * (width - cell_len(shown.text)))
        segments = segments_of((*shown.parts, room), no_color=has_no_color(self.app))
        strip = Strip(segments).adjust_cell_length(width)
        if place == self._cursor and self.has_focus:
            return Strip([Segment(strip.text, self.get_component_rich_style("lines-view--cursor"))])
        return strip.apply_style(self.rich_style)

    def action_go(self, by: int) -> None:
        """Move the cursor to the next line with a target; scroll if there is none."""
        places = [place for place, each in enumerate(self._lines) if each.target is not None]
        after = [place for place in places if (place - self._cursor) * by > 0]
        if not after:
            self.scroll_relative(y=by, animate=False)
            return
        self._move(min(after, key=lambda place: abs(place - self._cursor)))

    def action_first(self) -> None:
        """Go to the beginning."""
        self._move(next((place for place, each in enumerate(self._lines) if each.target is not None), -1))
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        """Go to the end."""
        places = [place for place, each in enumerate(self._lines) if each.target is not None]
        self._move(places[-1] if places else -1)
        self.scroll_end(animate=False)

    def _move(self, place: int) -> None:
        for each in (self._cursor, place):
            self.refresh_line(each)
        self._cursor = place
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if place >= 0 and not top <= place < top + height:
            self.scroll_to(y=place if place < top else place - height + 1, animate=False)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked line; a click on the line of the cursor opens it."""
        place = event.y + self.scroll_offset.y
        if 0 <= place < len(self._lines) and self._lines[place].target is not None:
            if place == self._cursor:
                self.post_message(self.Opened())
            self._move(place)

    def on_resize(self, event: events.Resize) -> None:
        """Report that the lines have another width."""
        del event
        if self.room != self._width:
            self._width = self.room
            self.post_message(self.Resized())
