"""Help: the keys that work where the focus is."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from torc_client.tui.front import FrontScreen
from torc_client.tui.keys import Key, Scope

_KEY_WIDTH = 11


def help_text(keys: Sequence[tuple[Scope, Sequence[Key]]]) -> Text:
    """Return the keys by scope, with what they do. Pure."""
    text = Text()
    for scope, found in keys:
        if found:
            text.append(f"{scope.value}\n", "bold underline")
            for key in found:
                text.append(f"  {key.shown:<{_KEY_WIDTH}} ", "bold")
                text.append(f"{key.help}\n")
            text.append("\n")
    text.append("Arrows, PgUp and PgDn move. The mouse works, too. Esc closes this.\n", "dim")
    return text


class HelpScreen(FrontScreen[None]):
    """Help: keys by scope."""

    CSS = """
    HelpScreen { align: center middle; }
    HelpScreen VerticalScroll {
        width: 90%; max-width: 100; height: 90%; border: round $primary; padding: 0 1; background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "close", "close"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, keys: Sequence[tuple[Scope, Sequence[Key]]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Compose the text."""
        with VerticalScroll() as scroll:
            scroll.border_title = "Keys"
            yield Static(help_text(self._keys))

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, by: int) -> None:
        """Scroll a line."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
