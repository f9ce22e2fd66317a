"""A table of many records, of which it knows the rows near those in view."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from torc_client.tui.dispatch import Acting, bindings
from torc_client.tui.keys import Scope
from torc_client.tui.tables.query import ListedRecords, RowReader, RowWindow, TableQuery
from torc_client.tui.tables.row_cache import MOST_ROWS_ASKED, Ask, RowCache, moved_to
from torc_client.tui.tables.table_look import TableLine, TableLook
from torc_client.vocabulary.rows import Row


class WindowTable(Acting, ScrollView, can_focus=True):
    """A table of records. It asks for at most 250 rows at a time, and the server sorts and filters.

    When rows change, the cursor stays with its record. Messages inform the pane that the row or the rows changed.
    """

    SCOPES = (Scope.TABLE,)
    jumps: ClassVar[bool] = "SSH_CONNECTION" in os.environ
    """Whether the rows scroll by half a screen at a time: every scrolled row would be a picture to send."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*SCOPES),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("home", "move_to(0)", show=False),
        Binding("end", "move_to(-1)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "window-table--header", "window-table--cursor", "window-table--unfocused", "window-table--dim",
    }  # fmt: skip
    DEFAULT_CSS = """
    WindowTable {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .window-table--header { text-style: bold; background: $panel; color: $foreground; }
        & > .window-table--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
        & > .window-table--unfocused { background: $block-cursor-blurred-background; }
        & > .window-table--dim { color: $text-muted; }
    }
    """

    class Shown(Message):
        """The rows, the cursor, the order or the selection changed."""

    class Opened(Message):
        """A row was clicked that has the cursor."""

    def __init__(self, source: ListedRecords, reader: RowReader) -> None:
        super().__init__()
        self._reader = reader
        self._generation = 0
        self._reading: set[tuple[int, Ask]] = set()
        self._marked: int | None = None
        self._notice = ""
        self._start(source, source.first_query)

    def _start(self, source: ListedRecords, query: TableQuery) -> None:
        self.source = source
        self.query_shown = query
        self.chosen: frozenset[int] = frozenset()
        self.cursor = 0
        self._cache: RowCache[TableLine] = RowCache()
        self._look = TableLook(source)

    # What is shown

    @property
    def total(self) -> int | None:
        """The number of records that match; None before the first answer."""
        return self._cache.total

    @property
    def chosen_ids(self) -> tuple[int, ...]:
        """The ids of the selected rows; that of the row of the cursor if none is selected."""
        line = self._cache.rows.get(self.cursor)
        at_cursor = () if line is None or line.record_id is None else (line.record_id,)
        return tuple(sorted(self.chosen)) or at_cursor

    @property
    def row(self) -> Row | None:
        """The row of the cursor; None if it is not known."""
        line = self._cache.rows.get(self.cursor)
        return None if line is None else line.row

    def known_rows(self) -> list[Row]:
        """Return the known rows, in order."""
        return [self._cache.rows[at].row for at in sorted(self._cache.rows)]

    async def show(self, source: ListedRecords, query: TableQuery) -> None:
        """Show other records, or the same ones with another filter or order, from the first row."""
        if source is not self.source:
            self._start(source, query)
        self.query_shown, self.chosen = query, frozenset()
        self._generation += 1
        self.refresh()
        await self._read(Ask(0, MOST_ROWS_ASKED), begins=True)

    def forget(self, notice: str = "") -> None:
        """Show nothing, with the same filter and order: the records are those of another workflow.

        `notice` says why there are no records to wait for.
        """
        self._notice = notice
        self._start(self.source, self.query_shown)
        self._generation += 1
        self._resize_content()
        self.refresh()

    async def renew(self) -> None:
        """Read the rows in view again."""
        first, last = self._in_view()
        await self._read(self._cache.renewal(first, last), renews=True)

    async def _read(self, ask: Ask, *, begins: bool = False, renews: bool = False) -> None:
        generation = self._generation
        self._reading.add((generation, ask))
        try:
            window = await self._reader(self.query_shown, ask)
        finally:
            self._reading.discard((generation, ask))
        if window is not None and generation == self._generation:
            self._take(ask, window, begins=begins, renews=renews)

    def _take(self, ask: Ask, window: RowWindow, *, begins: bool, renews: bool) -> None:
        """Draw rows that arrived."""
        now = datetime.now(UTC)
        lines = [self._look.line(row, now) for row in window.rows]
        before, total_before = dict(self._cache.rows), self._cache.total
        at_cursor = before.get(self.cursor)
        if begins:
            self._look.begin()
        if begins or renews:
            self._cache.replace(ask.offset, lines, window.total)
        else:
            self._cache.add(ask.offset, lines, window.total)
        is_wider = self._look.widen(lines, self.query_shown)
        if begins:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, force=True)
        elif renews:
            self._follow(None if at_cursor is None else at_cursor.record_id)
        self.cursor = max(0, min(self.cursor, window.total - 1))
        if window.total != total_before:
            self._resize_content()
        if begins or is_wider or window.total != total_before:
            self.refresh()
        else:
            first, last = self._in_view()
            for at in range(first, last + 1):
                if before.get(at) != self._cache.rows.get(at):
                    self._refresh_row(at)
        self.post_message(self.Shown())
        self._fill()

    def _follow(self, record_id: int | None) -> None:
        """Keep the cursor on its record, at the same height of the screen."""
        ids = {at: line.record_id for at, line in self._cache.rows.items()}
        found = moved_to(ids, self.cursor, record_id)
        if found != self.cursor:
            by, self.cursor = found - self.cursor, found
            if self.scroll_offset.y:
                self.scroll_to(y=self.scroll_offset.y + by, animate=False, force=True)
            self._keep_in_view()
            self.refresh()

    # The rows in view

    @property
    def _num_visible(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    def _in_view(self) -> tuple[int, int]:
        first = self.scroll_offset.y
        return first, first + self._num_visible - 1

    def _resize_content(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, (self._cache.total or 0) + 1)

    def _fill(self) -> None:
        """Ask for rows in view that are not known, and for rows ahead."""
        if self._cache.total is None or not self.is_attached:
            return
        first, last = self._in_view()
        last = min(last, self._cache.total - 1)
        ask = self._cache.missing(first, last)
        if ask is None and not self._is_reading():
            ask = self._cache.ahead(first, last)
        if ask is not None and (self._generation, ask) not in self._reading:
            self.run_worker(self._read(ask), group="rows", exit_on_error=False)

    def _is_reading(self) -> bool:
        return any(generation == self._generation for generation, _ in self._reading)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the rows that come into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._fill()

    def on_resize(self) -> None:
        """Lay the columns out for another width."""
        self._resize_content()
        self._keep_in_view()
        self._fill()

    def on_focus(self) -> None:
        """Draw the cursor of the focus."""
        self._refresh_row(self.cursor)

    on_blur = on_focus

    # The cursor

    def action_move(self, by: int) -> None:
        """Move the cursor by some rows."""
        self._move_to(self.cursor + by)

    def action_move_to(self, at: int) -> None:
        """Move the cursor to a row; -1 is the last one."""
        self._move_to(at if at >= 0 else (self._cache.total or 1) - 1)

    def do_first_row(self) -> None:
        """Go to the first row."""
        self._move_to(0)

    def do_last_row(self) -> None:
        """Go to the last row."""
        self.action_move_to(-1)

    def do_page_down(self) -> None:
        """Go down by the rows in view."""
        self._move_to(self.cursor + self._num_visible)

    def do_page_up(self) -> None:
        """Go up by the rows in view."""
        self._move_to(self.cursor - self._num_visible)

    def do_next_page(self) -> None:
        """Go down by 250 rows."""
        self._move_to(self.cursor + MOST_ROWS_ASKED)

    def do_previous_page(self) -> None:
        """Go up by 250 rows."""
        self._move_to(self.cursor - MOST_ROWS_ASKED)

    def point_to(self, record_id: int) -> bool:
        """Move the cursor to a record, and return whether its row was read."""
        found = next((at for at, line in self._cache.rows.items() if line.record_id == record_id), None)
        if found is not None:
            self._move_to(found)
        return found is not None

    def _move_to(self, at: int) -> None:
        before, self.cursor = self.cursor, max(0, min(at, (self._cache.total or 1) - 1))
        if before != self.cursor:
            self._refresh_row(before)
            self._refresh_row(self.cursor)
            self._keep_in_view()
            self.post_message(self.Shown())

    def _keep_in_view(self) -> None:
        first, last = self._in_view()
        more = self._num_visible // 2 if self.jumps else 0
        if self.cursor < first:
            self.scroll_to(y=max(0, self.cursor - more), animate=False, force=True)
        elif self.cursor > last:
            self.scroll_to(y=self.cursor - self._num_visible + 1 + more, animate=False, force=True)

    # Selection, order, columns

    def toggle_row(self) -> None:
        """Select the row of the cursor, or no longer, and go to the next one."""
        line = self._cache.rows.get(self.cursor)
        if line is not None and line.record_id is not None:
            self.chosen ^= {line.record_id}
            self._refresh_row(self.cursor)
            self.post_message(self.Shown())
            self.action_move(1)

    def choose(self, ids: Iterable[int]) -> None:
        """Select the rows with these ids, and no others."""
        self.chosen = frozenset(ids)
        self.refresh()
        self.post_message(self.Shown())

    def mark(self, record_id: int | None) -> None:
        """Mark the row of a record, such as the chosen workflow."""
        if record_id != self._marked:
            self._marked = record_id
            self.refresh()

    async def do_sort(self, pressed: str) -> None:
        """Sort by the column of a digit; reverse the order if it is sorted by it."""
        members = self._look.sort_members
        if int(pressed) <= len(members):
            await self.sort_by(members[int(pressed) - 1])

    async def sort_by(self, member: str) -> None:
        """Sort by a member; reverse the order if it is sorted by it."""
        query = self.query_shown
        reverse = not query.reverse if query.sort == member else False
        await self.show(self.source, TableQuery(query.filter, member, reverse))

    def do_next_column(self) -> None:
        """Show columns further to the right."""
        self._skip(1)

    def do_previous_column(self) -> None:
        """Show columns further to the left."""
        self._skip(-1)

    def _skip(self, by: int) -> None:
        self._look.skip(by)
        self.refresh()

    # Drawing

    def _refresh_row(self, at: int) -> None:
        self.refresh_line(at + 1)

    def render_line(self, y: int) -> Strip:
        """Draw a line: the headings, or a row."""
        width = self.scrollable_content_region.width
        if y == 0:
            return self._headings(width)
        at = self.scroll_offset.y + y - 1
        line = self._cache.rows.get(at)
        if line is not None:
            return self._drawn(at, line, width)
        is_awaited = self._cache.total is None and not self._notice
        text = "  …" if is_awaited or at < (self._cache.total or 0) else ""
        if self._cache.total is None and self._notice and y == 2:
            text = f"  {self._notice}"
        if self._cache.total == 0 and y == 2:
            text = f"  {self._when_empty()}"
        return Strip([Segment(text, self.get_component_rich_style("window-table--dim"))]).adjust_cell_length(
            width, self.rich_style
        )

    def _when_empty(self) -> str:
        words = self.source.words
        if self.query_shown.filter:
            return f"No {words.plural} match the filter. Remove it: c"
        return f"No {words.plural}. {words.when_empty}".strip()

    def _headings(self, width: int) -> Strip:
        style = self.get_component_rich_style("window-table--header")
        return Strip([Segment(self._look.headings(width, self.query_shown), style)]).adjust_cell_length(width, style)

    def _drawn(self, at: int, line: TableLine, width: int) -> Strip:
        base = self.rich_style
        is_cursor = at == self.cursor
        if is_cursor:
            kind = "cursor" if self.has_focus else "unfocused"
            base = self.get_component_rich_style(f"window-table--{kind}")
        mark = "■" if line.record_id in self.chosen else "●" if line.record_id == self._marked else " "
        segments = [Segment(("▸" if is_cursor else " ") + mark, base)]
        segments += self._look.segments(line, width, base, has_colours=not is_cursor)
        # Neighbours with one style are one sequence for the terminal: fewer bytes over slow connections.
        return Strip(segments).adjust_cell_length(width, base).simplify()

    # The mouse

    async def on_click(self, event: events.Click) -> None:
        """Go to the row that was clicked, open the one with the cursor, or sort by a heading."""
        x, y = event.x, event.y
        if y == 0:
            member = self._look.member_at(x, self.scrollable_content_region.width)
            if member:
                await self.sort_by(member)
            return
        at = self.scroll_offset.y + y - 1
        if at == self.cursor and self.row is not None:
            self.post_message(self.Opened())
        self._move_to(at)
