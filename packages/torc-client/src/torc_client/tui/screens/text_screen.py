"""What the viewers of logs and files do on keys: search, follow, copy."""

import asyncio
from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType

from torc_client.log_files.line_windows import Line, StoppedError
from torc_client.log_files.window_reading import LogQuestion
from torc_client.tui.clipboard import copied
from torc_client.tui.screens.text_windows import TextWindows
from torc_client.tui.text.prompt import Prompt
from torc_client.tui.text.reading import TextReading
from torc_client.tui.text.view import LineView

_LOOK_SECONDS = 0.5
# A local log that does not grow may belong to a job that ended; the server is asked after this number of looks.
_LOOKS_PER_QUESTION = 8
# More than this is not read line by line: the end of the log is shown.
_MOST_NEW_BYTES = 512 * 1024
_MOST_SEARCH = 1_000


# Over a slow connection, text arrives together with the key that asks for it: such a key acts at once.
AT_ONCE: Final[list[BindingType]] = [
    Binding("slash", "perform('search', 'slash')", show=False, priority=True),
    Binding("number_sign", "perform('go_to_line', 'number_sign')", show=False, priority=True),
]


class TextScreen(TextWindows):
    """A viewer of a text: of a log or a file."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave_prompt", "close", show=False)]

    @on(LineView.Moved)
    def _moved(self) -> None:
        if self.follows and not self.lines.is_at_end:
            self.follows = False
            self.say("No longer following. G goes to the end, F follows again.")
        self._show_state()

    # Following

    def follow(self, message: str = "") -> None:
        """Show the end, and new lines as they come."""
        reading = self._reading
        if reading is not None and not self.follows:
            self.follows = True
            self.torc.run_guarded(self._follow(reading, message), "follow the log")

    async def _follow(self, reading: TextReading, message: str) -> None:
        await self.ask(LogQuestion("end"), message)
        looks = 0
        try:
            while self.follows and reading is self._reading:
                await reading.refresh()
                size_bytes = reading.log.size_bytes
                looks += 1
                if size_bytes < self._seen_bytes or (looks % _LOOKS_PER_QUESTION == 0 and reading.is_replaced()):
                    self.reopen("end", "The log was replaced; this is the new one.")
                    return
                if size_bytes > self._seen_bytes:
                    looks = 0
                    await self._show_new(reading)
                elif (reading.is_relayed or looks % _LOOKS_PER_QUESTION == 0) and await self.source.is_over():
                    await reading.refresh()
                    await self._show_new(reading)
                    self.say("The job has ended.")
                    return
                if not reading.is_relayed:
                    await asyncio.sleep(_LOOK_SECONDS)
        finally:
            if reading is self._reading:
                self.follows = False
                self._show_state()

    async def _show_new(self, reading: TextReading) -> None:
        """Add the lines that were written since the last look."""
        size_bytes, start = reading.log.size_bytes, self.lines.buffer.follow_from
        if size_bytes == self._seen_bytes or not self.follows:
            return
        if size_bytes - start > _MOST_NEW_BYTES:
            try:
                window = await reading.ask(LogQuestion("end"))
            except StoppedError:  # the user searches
                return
            lines: list[Line] = []
            self.lines.buffer.show(window.lines, window.first_number)
        else:
            lines = await reading.lines_after(start)
        if reading is not self._reading:
            return
        self.lines.buffer.append(lines)
        self._seen_bytes, self._total_lines = size_bytes, None
        if self.follows:
            self.lines.refresh_lines(to_end=True)
        self._count_lines(reading)
        self._show_state()

    # Searching

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a prompt is open, all keys belong to it."""
        if action == "perform" and self.is_mounted and self.query_one(Prompt).kind:
            return False
        return super().check_action(action, parameters)

    def prompt(self, kind: str, placeholder: str, value: str = "") -> None:
        """Ask for a line of text. `answer` gets it."""
        self.query_one("#text-state").display = False
        self.query_one(Prompt).ask(kind, placeholder, value)

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        event.stop()
        self._close_prompt()
        self.answer(event.kind, event.text)

    def _close_prompt(self) -> None:
        self.query_one(Prompt).close()
        self.query_one("#text-state").display = True
        self.set_focus(self.lines)

    def action_leave_prompt(self) -> None:
        """Close the prompt; without one end a search; else close the screen."""
        if self.query_one(Prompt).kind:
            self._close_prompt()
        elif not self.stop_reading():
            self.action_close()

    def answer(self, kind: str, text: str) -> None:
        """Use what the user typed."""
        if kind == "search" and text:
            self._search("next", self._top_offset(), text[:_MOST_SEARCH])
        elif kind == "line" and text.strip().isdecimal():
            self._go(LogQuestion("line", int(text.strip()[:18])))

    def _go(self, question: LogQuestion) -> None:
        self.follows = False
        self.torc.run_guarded(self.ask(question), "read the text")

    def _search(self, place: str, offset: int, text: str) -> None:
        is_expression = len(text) > 2 and text.startswith("/") and text.endswith("/")
        words = text[1:-1] if is_expression else text
        match_case = words != words.lower()
        self._go(LogQuestion(place, offset, words, match_case=match_case, is_expression=is_expression))

    def _top_offset(self) -> int:
        buffer = self.lines.buffer
        return buffer.lines[self.lines.top_index].line.offset if buffer.lines else 0

    def _next(self, place: str) -> None:
        asked = self._asked
        if not asked.text:
            self.prompt("search", "Text to search")
            return
        after = place == "next"
        offset = self._top_offset() if self._match is None else self._match + after
        self._go(LogQuestion(place, offset, asked.text, match_case=asked.match_case, is_expression=asked.is_expression))

    # Keys

    def do_search(self) -> None:
        """Ask for the text to search."""
        self.prompt("search", "Text to search, or /expression/", self._asked.text)

    def do_next_match(self) -> None:
        """Go to the next match."""
        self._next("next")

    def do_previous_match(self) -> None:
        """Go to the previous match."""
        self._next("previous")

    def do_first_line(self) -> None:
        """Go to the first line."""
        self._go(LogQuestion("start"))

    def do_last_line(self) -> None:
        """Go to the last line."""
        self._go(LogQuestion("end"))

    def do_go_to_line(self) -> None:
        """Ask for the number of a line."""
        self.prompt("line", "Line number")

    def do_first_error(self) -> None:
        """Go to the first known error, and then to the next one."""
        window = self.window
        # What failed was opened at its first error.
        was_found = window is not None and window.hit is not None and self._asked.place in {"", "error"}
        after = window.continues_at if window is not None and was_found else None
        self._go(LogQuestion("error", after or 0))

    def do_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        self.say("Long lines are wrapped." if self.lines.toggle_wrap() else "Long lines are cut: ← → move sideways.")

    def do_follow(self) -> None:
        """Follow the end, or stop that."""
        if self.follows:
            self.follows = False
            self._show_state()
        else:
            self.follow()

    def do_show_path(self) -> None:
        """Show the path, and copy it."""
        if self.opened is not None:
            self.torc.copy_to_clipboard(self.opened.place)
            self.session.notify(f"{self.opened.place}\n{copied(self.opened.place, 'the path')}")

    def do_copy_lines(self) -> None:
        """Copy the lines in view."""
        text = self.lines.shown_text()
        self.torc.copy_to_clipboard(text)
        self.session.notify(copied(text, "the lines in view"))
