"""The tabs of the views, in one line. A click shows a view."""

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widgets import Static

from torc_client.tui.dispatch import Acting


class TabBar(Acting, Static):
    """The words of the views; the active one is reversed."""

    active: reactive[str] = reactive("")

    def __init__(self, tabs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._tabs = tabs

    def watch_active(self) -> None:
        """Mark another tab."""
        line = Text(no_wrap=True)
        for name, word in self._tabs:
            style = Style(meta={"@click": f"show('{name}')"}, reverse=name == self.active, bold=name == self.active)
            line.append(f" {word}", style)
        self.update(line, layout=False)

    def action_show(self, name: str) -> None:
        """Show the view of a tab that was clicked."""
        self.torc.run_guarded(self.torc.main.show_view(name, focus=True), "show this view")
