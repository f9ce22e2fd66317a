"""The part of the viewers that opens a text and shows windows of its lines."""

import re
from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from torc_client.edge.terminal_text import inert, inert_line
from torc_client.errors import TorcError
from torc_client.log_files.line_windows import Line, StoppedError
from torc_client.log_files.window_reading import LogQuestion, LogWindow
from torc_client.tui.footer import KeyFooter
from torc_client.tui.front import FrontScreen
from torc_client.tui.text.places import position_text, shortened
from torc_client.tui.text.prompt import Prompt
from torc_client.tui.text.reading import TextReading
from torc_client.tui.text.sources import OpenedText, TextSource
from torc_client.tui.text.view import LineView

_LEAD_LINES = 4


class TextWindows(FrontScreen[None]):
    """Shows a text of any size: only some lines of it are in memory, and more are read while the user scrolls."""

    DEFAULT_CSS = """
    TextWindows { background: $background; }
    TextWindows #text-title, TextWindows #text-place, TextWindows #text-state { height: 1; background: $panel; }
    TextWindows > Static { text-wrap: nowrap; text-overflow: ellipsis; }
    TextWindows #text-title { text-style: bold; }
    """

    def __init__(self, source: TextSource) -> None:
        super().__init__()
        self.source = source
        self.opened: OpenedText | None = None
        self.follows = False
        self.window: LogWindow | None = None
        self._reading: TextReading | None = None
        self._asked = LogQuestion()
        self._message = ""
        self._loading: set[bool] = set()
        self._match: int | None = None
        self._is_searching = self._is_counting = False
        self._seen_bytes = 0
        self._total_lines: int | None = None

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        yield Static(id="text-title", markup=False)
        yield Static(id="text-place", markup=False)
        yield LineView(id="text-lines")
        yield Static(id="text-state", markup=False)
        yield Prompt()
        yield KeyFooter()

    @property
    def lines(self) -> LineView:
        """The widget with the lines."""
        return self.query_one(LineView)

    def on_mount(self) -> None:
        """Open the text."""
        self.lines.focus()
        self.reopen()

    async def on_unmount(self) -> None:
        """Close the text."""
        self.follows = False
        if self._reading is not None:
            await self._reading.close()

    # Opening

    def reopen(self, place: str = "", message: str = "") -> None:
        """Open the text, or the one that the source names now, at a place: see LogQuestion."""
        self.follows = False
        self.say(message or "Opening ...")
        self.torc.run_guarded(self._open(place, message), "show the text")

    async def _open(self, place: str, message: str) -> None:
        try:
            opened = await self.source.open()
        except TorcError as error:
            await self._use(None, None)
            self.window = None
            self.show_lines([inert(error.message), "", inert(error.hint or "")])
            self.say("The text cannot be shown.")
            return
        await self._use(opened, TextReading(opened.log))
        if not self.is_attached:
            await self._use(None, None)
        elif opened.is_binary:
            await self.show_binary()
        else:
            await self.show_first(place, message)

    async def _use(self, opened: OpenedText | None, reading: TextReading | None) -> None:
        before, self._reading, self.opened = self._reading, reading, opened
        self._asked, self._match = LogQuestion(), None
        self._show_title()
        if before is not None:
            await before.close()

    async def show_first(self, place: str, message: str) -> None:
        """Show the place that says most: the first error of what failed, else the end or the beginning."""
        await self.ask(LogQuestion(place), message)

    async def show_binary(self) -> None:
        """Describe a binary file."""
        await self.ask(LogQuestion("start"))

    def show_lines(self, texts: Sequence[str]) -> None:
        """Show lines that are not those of the text."""
        lines, offset = list[Line](), 0
        for text in texts:
            content = text.encode("utf-8", "replace")
            lines.append(Line(offset, content, len(content) + 1, has_newline=True))
            offset += len(content) + 1
        self.lines.buffer.show(lines, None)
        self.lines.refresh_lines(go_to=0)

    # Windows of lines

    async def ask(self, question: LogQuestion, message: str = "") -> None:
        """Show the window that answers a question."""
        reading, opened = self._reading, self.opened
        if reading is None or opened is None:
            return
        self._is_searching = question.is_long
        if question.is_long:
            self.say("Searching ... Esc stops.")
        try:
            window = await reading.ask(question, failed=opened.has_failed)
        except StoppedError:
            self.say("Stopped.")
            return
        except TorcError as error:
            self.say(error.message)
            return
        finally:
            self._is_searching = False
        if reading is not self._reading:
            return
        if question.text and window.hit is None:
            self._asked, self._match = question, None
            self.say(window.message)
            return
        self._asked, self.window, self._match = question, window, window.match
        self._seen_bytes, self._total_lines = window.size, window.total_lines
        self._show_window(window)
        is_error = question.place in {"", "error"} and window.hit is not None
        self.say(message or window.message or ("This is the first known error." if is_error else ""))
        self._count_lines(reading)

    def _show_window(self, window: LogWindow) -> None:
        self.lines.mark(self._marks(), window.hit)
        self.lines.buffer.show(window.lines, window.first_number)
        if window.hit is not None:
            self.lines.refresh_lines(go_to=window.hit, lead=_LEAD_LINES)
        elif self._asked.place in {"start", "at"}:
            self.lines.refresh_lines(go_to=window.start)
        else:
            self.lines.refresh_lines(to_end=True)

    def _marks(self) -> re.Pattern[str] | None:
        """Return what is marked. Expressions are not searched in this process, where nothing could stop them."""
        asked = self._asked
        if not asked.text or asked.is_expression:
            return None
        return re.compile(re.escape(asked.text), 0 if asked.match_case else re.IGNORECASE)

    def _count_lines(self, reading: TextReading) -> None:
        unknown = any(one.number is None for one in self.lines.buffer.lines[:1])
        if unknown and reading.can_count and not self._is_fixed and not self._is_counting:
            self._is_counting = True
            self.torc.run_guarded(self._number_lines(reading), "count the lines")

    async def _number_lines(self, reading: TextReading) -> None:
        try:
            await reading.count_lines(0)
            # Other lines can be in memory since. Most of the log is counted now, so this takes no time.
            offset = self.lines.buffer.start
            number, self._total_lines = await reading.count_lines(offset)
        finally:
            self._is_counting = False
        if number is not None and reading is self._reading:
            self.lines.buffer.number_from(offset, number)
            self.lines.refresh_lines()
            self._show_state()

    @on(LineView.NearEdge)
    def _want_more(self, event: LineView.NearEdge) -> None:
        event.stop()
        reading, buffer = self._reading, self.lines.buffer
        missing = reading is not None and (buffer.end < reading.log.size_bytes if event.is_end else buffer.start > 0)
        if reading is not None and missing and event.is_end not in self._loading and not self._is_fixed:
            self._loading.add(event.is_end)
            self.torc.run_guarded(self._read_more(reading, is_end=event.is_end), "read more lines")

    @property
    def _is_fixed(self) -> bool:
        """Whether the lines are not those of the file."""
        return self.opened is None or self.opened.is_binary

    async def _read_more(self, reading: TextReading, *, is_end: bool) -> None:
        buffer = self.lines.buffer
        offset = buffer.follow_from if is_end else buffer.start
        try:
            lines = await (reading.lines_after(offset) if is_end else reading.lines_before(offset))
        finally:
            self._loading.discard(is_end)
        unchanged = offset == (buffer.follow_from if is_end else buffer.start)
        if reading is self._reading and unchanged and lines:
            self.lines.shift(-buffer.append(lines) if is_end else buffer.prepend(lines))
            self._show_state()

    def stop_reading(self) -> bool:
        """End a search. Return whether there was one."""
        if self._reading is None or not self._is_searching:
            return False
        self._reading.stop()
        return True

    # What the screen says

    def say(self, message: str) -> None:
        """Show a message in the line of the state."""
        self._message = inert_line(message)
        self._show_state()

    def _show_title(self) -> None:
        if not self.is_attached:
            return
        self.query_one("#text-title", Static).update(Text(inert(self.source.title), no_wrap=True, overflow="ellipsis"))
        place = Text(no_wrap=True, overflow="ellipsis")
        self.fill_place(place)
        self.query_one("#text-place", Static).update(place, layout=False)

    def fill_place(self, place: Text) -> None:
        """Write the second line: where the text is. Of a long path, the end is shown."""
        if self.opened is not None:
            place.append(shortened(self.opened.place, self.size.width - place.cell_len))

    def _show_state(self) -> None:
        if not self.is_attached:
            return
        view, reading = self.lines, self._reading
        parts = [self._message] if self._message else []
        if reading is not None and not self._is_fixed:
            shown = view.buffer.lines[view.top_index : view.bottom_index + 1]
            position = position_text(shown, reading.log.size_bytes, self._total_lines)
            parts.insert(0, position.split(" of ")[0] if self._message else position)
            if self.follows:
                parts.insert(0, "following")
        line = Text(" · ".join(parts), no_wrap=True, overflow="ellipsis")
        self.query_one("#text-state", Static).update(line, layout=False)
