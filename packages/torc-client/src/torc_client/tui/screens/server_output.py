"""The output of the server that was started from here."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import RichLog, Static

from torc_client.edge.terminal_text import inert_line
from torc_client.tui.front import FrontScreen

_LOOK_SECONDS = 0.5


class ServerOutput(FrontScreen[None]):
    """Shows the last lines of the server, and those that follow."""

    CSS = """
    ServerOutput { background: $background; }
    ServerOutput > Static { height: 1; background: $panel; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("O", "close", "close")]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        """Compose the log."""
        yield Static(inert_line(f"{self._title}   (q closes)"), markup=False)
        yield RichLog(wrap=True, markup=False, highlight=False)

    def on_mount(self) -> None:
        """Show the lines, and look for more."""
        self.query_one(RichLog).focus()
        self.refresh_lines()
        self.set_interval(_LOOK_SECONDS, self.refresh_lines)

    def refresh_lines(self) -> None:
        """Show the lines that there are now."""
        lines = list(self._lines)
        if lines != self._shown:
            log = self.query_one(RichLog)
            is_at_end = log.is_vertical_scroll_end
            log.clear()
            for line in lines or ["No output yet."]:
                log.write(Text(inert_line(line)), scroll_end=is_at_end)
            self._shown = lines
