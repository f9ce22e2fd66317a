"""The first line: the server, whether events arrive, and whose workflows are listed."""

from rich.text import Text
from textual.reactive import reactive
from textual.widgets import Static

from torc_client.edge.terminal_text import inert_line
from torc_client.tui.dispatch import Acting
from torc_client.tui.live import LinkState

_MARKS = {
    LinkState.CONNECTING: ("◌", "yellow"),
    LinkState.LIVE: ("●", "green"),
    LinkState.RECONNECTING: ("○", "red"),
    LinkState.REFUSED: ("✗", "red"),
}


class HeaderLine(Acting, Static):
    """The first line of the main screen."""

    state: reactive[LinkState] = reactive(LinkState.CONNECTING)

    def on_mount(self) -> None:
        """Show the line."""
        self.refresh_text()

    def watch_state(self) -> None:
        """Show another state."""
        self.refresh_text()

    def refresh_text(self) -> None:
        """Show the current values."""
        session = self.torc.session
        mark, style = _MARKS[self.state]
        line = Text.assemble(
            ("torc ", "bold"), (f"{mark} ", style), self.state.value, no_wrap=True, overflow="ellipsis"
        )
        if session.read_only:
            line.append("  read-only", "bold")
        line.append(f"  user: {inert_line(session.user)}" if session.user else "  all users")
        if self.torc.main.is_refreshing:
            line.append("  refresh: 30 s")
        own = self.torc.own_server
        if own.was_started:
            line.append("  server: ")
            line.append("● started here" if own.is_running else "○ stopped", "green" if own.is_running else "yellow")
        if session.settings.is_standalone and not own.was_started:
            line.append("  starting a server", "dim")
        else:
            line.append(f"  {inert_line(session.url)}", "dim")
        self.update(line, layout=False)
