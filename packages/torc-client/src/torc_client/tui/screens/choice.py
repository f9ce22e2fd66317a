"""A dialog in which the user chooses one of some lines."""

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from torc_client.edge.terminal_text import inert_line
from torc_client.tui.front import FrontScreen


class ChoiceScreen(FrontScreen[int]):
    """Returns the index of the chosen line."""

    CSS = """
    ChoiceScreen { align: center middle; }
    ChoiceScreen > Vertical { width: 90%; max-width: 100; height: auto; max-height: 80%; border: round $primary; }
    ChoiceScreen OptionList { height: auto; max-height: 100%; border: none; }
    ChoiceScreen OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, question: str, lines: Sequence[str], chosen: int = 0) -> None:
        super().__init__()
        self._question, self._lines, self._chosen = question, lines, chosen

    def compose(self) -> ComposeResult:
        """Compose the dialog."""
        with Vertical():
            yield Static(inert_line(self._question), markup=False)
            yield OptionList(*(Text(inert_line(line), no_wrap=True) for line in self._lines))

    def on_mount(self) -> None:
        """Point to the current line."""
        options = self.query_one(OptionList)
        options.highlighted = self._chosen
        options.focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        _ = self.dismiss(event.option_index)
