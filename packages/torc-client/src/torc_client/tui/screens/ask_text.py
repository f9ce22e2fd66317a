"""A question with one line as the answer."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from torc_client.edge.terminal_text import inert_line
from torc_client.tui.front import FrontScreen


class AskText(FrontScreen[str]):
    """Returns the text that the user entered; None if the user closed the question. `known` texts are suggested."""

    CSS = """
    AskText { align: center middle; }
    AskText > Vertical { width: 90%; max-width: 90; height: auto; border: round $primary; background: $surface; }
    AskText Static { padding: 0 1; }
    AskText Input { border: none; height: 1; padding: 0 1; }
    """

    def __init__(self, question: str, value: str = "", *, note: str = "", known: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._question, self._value, self._note, self._known = question, value, note, known

    def compose(self) -> ComposeResult:
        """Compose the question."""
        with Vertical() as box:
            box.border_title = self._question
            yield Input(self._value, suggester=SuggestFromList(self._known, case_sensitive=True))
            yield Static(inert_line(self._note or "Enter accepts, Esc closes."), markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        _ = self.dismiss(event.value.strip())
