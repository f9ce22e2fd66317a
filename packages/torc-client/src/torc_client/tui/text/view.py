"""The widget that shows the lines of a buffer."""

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from torc_client.tui.text.buffer import LineBuffer, Top, bottom_top, moved
from torc_client.tui.text.rows import LineLook, rows_of

_NEAR_LINES = 100
_WHEEL_ROWS = 3
_COLUMNS = 16
_LEAST_DIGITS = 4


class LineView(Widget, can_focus=True):
    """Shows lines, wrapped or cut, from a top row. It asks for more lines before it reaches an end of its buffer."""

    DEFAULT_CSS = "LineView { height: 1fr; }"

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "rows(-1)", show=False),
        Binding("down", "rows(1)", show=False),
        Binding("pageup", "pages(-1)", show=False),
        Binding("pagedown,space", "pages(1)", show=False),
        Binding("left", "columns(-1)", show=False),
        Binding("right", "columns(1)", show=False),
    ]

    @dataclass
    class NearEdge(Message):
        """The user sees nearly the first or the last lines of the buffer."""

        is_end: bool

    class Moved(Message):
        """The user moved to other lines."""

    def __init__(self, *, numbers: bool = True, explains: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self.buffer = LineBuffer(explains=explains)
        self._numbers = numbers
        self._look = LineLook(digits=_LEAST_DIGITS if numbers else 0)
        self._top = Top()
        self._rows: list[Strip] = []

    @property
    def top_index(self) -> int:
        """The index of the first visible line."""
        return self._top.index

    @property
    def bottom_index(self) -> int:
        """The index of the last visible line."""
        index, rows = self._top.index, self._row_count(self._top.index) - self._top.row if self.buffer.lines else 0
        while rows < self.size.height and index < len(self.buffer.lines) - 1:
            index += 1
            rows += self._row_count(index)
        return index

    @property
    def is_at_end(self) -> bool:
        """Whether the last row of the buffer is visible."""
        return moved(self._top, 0, len(self.buffer.lines), self._row_count) >= self._last_top()

    def shown_text(self) -> str:
        """Return the visible lines without colours."""
        lines = self.buffer.lines[self._top.index : self.bottom_index + 1]
        return "\n".join(one.plain for one in lines)

    def refresh_lines(self, *, go_to: int | None = None, lead: int = 0, to_end: bool = False) -> None:
        """Show the buffer after a change: from the line with an offset, or its end, or from where it was."""
        if to_end:
            self._top = self._last_top()
        elif go_to is not None:
            self._top = Top(max(0, self.buffer.index_at(go_to) - lead))
        self._show()

    def shift(self, lines: int) -> None:
        """Keep the same lines in view after some were added in front, or dropped if negative."""
        index = self._top.index + lines
        self._top = Top(index, self._top.row) if index >= 0 else Top()
        self._show()

    def mark(self, marked: re.Pattern[str] | None, hit: int | None) -> None:
        """Mark the matches of an expression, and the number of the line at an offset."""
        self._look = replace(self._look, marked=marked, hit=hit)

    def toggle_wrap(self) -> bool:
        """Wrap long lines, or cut them. Return whether they are wrapped now."""
        self._look = replace(self._look, wraps=not self._look.wraps, left=0)
        self._top = Top(self._top.index)
        self._show()
        return self._look.wraps

    def action_rows(self, rows: int) -> None:
        """Move by some rows, and not beyond the last one."""
        self._top = moved(self._top, rows, len(self.buffer.lines), self._row_count)
        self._show()
        self.post_message(self.Moved())

    def action_pages(self, pages: int) -> None:
        """Move by some screens, which share a row."""
        self.action_rows(pages * max(1, self.size.height - 1))

    def action_columns(self, steps: int) -> None:
        """Move sideways in lines that are cut."""
        if self._look.wraps:
            return
        self._look = replace(self._look, left=max(0, self._look.left + steps * _COLUMNS))
        self._show()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move down."""
        event.stop()
        self.action_rows(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move up."""
        event.stop()
        self.action_rows(-_WHEEL_ROWS)

    def on_resize(self) -> None:
        """Show the lines in the new width."""
        was_at_end = self.is_at_end and bool(self.buffer.lines)
        self._look = replace(self._look, width=self.size.width)
        if was_at_end:
            self._top = self._last_top()
        self._show()

    def render_line(self, y: int) -> Strip:
        """Return a row of the screen."""
        width = self.size.width
        strip = self._rows[y] if y < len(self._rows) else Strip.blank(width)
        return strip.adjust_cell_length(width).apply_style(self.rich_style)

    def _show(self) -> None:
        lines = self.buffer.lines
        if self._numbers:
            greatest = lines[-1].number if lines and lines[-1].number is not None else 0
            self._look = replace(self._look, digits=max(_LEAST_DIGITS, len(str(greatest))))
        height, rows = self.size.height, list[Strip]()
        self._top = min(moved(self._top, 0, len(lines), self._row_count), self._last_top())
        index, skipped = self._top.index, self._top.row
        while len(rows) < height and index < len(lines):
            rows += rows_of(lines[index], self._look)[skipped:]
            index, skipped = index + 1, 0
        self._rows = rows[:height]
        self.refresh(Region(0, 0, *self.size))
        if lines and self._top.index < _NEAR_LINES and self.buffer.start > 0:
            self.post_message(self.NearEdge(is_end=False))
        if len(lines) - index < _NEAR_LINES:
            self.post_message(self.NearEdge(is_end=True))

    def _row_count(self, index: int) -> int:
        return len(rows_of(self.buffer.lines[index], self._look)) if index < len(self.buffer.lines) else 1

    def _last_top(self) -> Top:
        return bottom_top(max(1, self.size.height), len(self.buffer.lines), self._row_count)
