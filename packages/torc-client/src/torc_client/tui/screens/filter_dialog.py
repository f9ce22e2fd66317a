"""The dialog for a filter: a line of text, what is wrong with it, and the words that it can have."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from torc_client.edge.filter_language import LONGEST_FILTER
from torc_client.edge.terminal_text import inert_line
from torc_client.tui.front import FrontScreen
from torc_client.tui.tables.filter_words import FilterChoice, choices, completed
from torc_client.vocabulary.rows import problem_of
from torc_client.vocabulary.words import RecordWords

Values = Mapping[str, Sequence[str]]
_HINT = "Enter apply · ↑↓ Tab choose a word · Esc cancel. All words must match."


class FilterDialog(FrontScreen[str]):
    """A dialog for a filter. Its result is the text; an empty one shows everything."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "highlight(1)", show=False),
        Binding("up", "highlight(-1)", show=False),
        Binding("tab", "complete", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    FilterDialog { align: center bottom; }
    FilterDialog > Vertical { height: auto; max-height: 90%; border: round $primary; background: $surface; }
    FilterDialog Input { padding: 0 1; }
    FilterDialog Static { height: auto; max-height: 3; padding: 0 1; }
    FilterDialog OptionList { border: none; height: auto; max-height: 10; }
    """

    def __init__(self, words: RecordWords, text: str, values: Callable[[], Awaitable[Values]]) -> None:
        super().__init__()
        self._words = words
        self._text = text
        self._read_values = values
        self._values: Values = {}
        self._choices: list[FilterChoice] = []

    def compose(self) -> ComposeResult:
        """Compose the dialog."""
        with Vertical() as box:
            box.border_title = f"Filter {self._words.plural}"
            bare = f"{self._words.bare_field}~..." if self._words.bare_field else ""
            yield Input(self._text, placeholder=bare, max_length=LONGEST_FILTER, select_on_focus=False, compact=True)
            yield Static(id="problem", markup=False)
            yield OptionList(markup=False, compact=True)
            yield Static(_HINT, id="hint", markup=False)

    async def on_mount(self) -> None:
        """Offer words, and then the values that the server knows."""
        self.query_one(OptionList).can_focus = False
        self.query_one(Input).focus()
        self._offer()
        self.torc.run_guarded(self._read(), "read the values of fields")

    async def _read(self) -> None:
        self._values = await self._read_values()
        if self.is_attached:
            self._offer()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is wrong, and offer other words."""
        event.stop()
        self._offer()

    def _problem(self, text: str) -> str:
        return problem_of(self._words, text.strip(), datetime.now(UTC))

    def _is_begun(self, text: str) -> bool:
        """Whether the text is only not valid because its last word is not complete."""
        if not self._choices or not self._problem(text):
            return False
        return not self._problem(completed(text, self._choices[0]))

    def _offer(self) -> None:
        text = self.query_one(Input).value
        self._choices = choices(self._words, text, self._values)
        problem = "" if self._is_begun(text) else self._problem(text)
        shown = Text(inert_line(problem), "red") if problem else Text("")
        self.query_one("#problem", Static).update(shown)
        self.query_one("#problem", Static).display = bool(problem)
        widest = max((len(one.word) for one in self._choices), default=0)
        options = self.query_one(OptionList)
        options.set_options([Option(_prompt(one, min(widest, 40))) for one in self._choices])
        options.highlighted = None

    def action_highlight(self, by: int) -> None:
        """Go to another word."""
        options = self.query_one(OptionList)
        if self._choices:
            before = options.highlighted
            options.highlighted = (0 if by > 0 else -1) % len(self._choices) if before is None else max(0, before + by)

    def action_complete(self) -> None:
        """Put the chosen word into the text; the first one if none is chosen."""
        if self._choices:
            self._put(self.query_one(OptionList).highlighted or 0)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Put the word that was clicked into the text."""
        event.stop()
        self._put(event.option_index)

    def _put(self, at: int) -> None:
        field = self.query_one(Input)
        field.value = completed(field.value, self._choices[at])
        field.cursor_position = len(field.value)
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Put the chosen word into the text, or complete the last one, or apply the filter if it is valid."""
        event.stop()
        text, highlighted = self.query_one(Input).value, self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._put(highlighted)
        elif self._is_begun(text):
            self._put(0)
        elif not self._problem(text):
            _ = self.dismiss(text.strip())


def _prompt(choice: FilterChoice, width: int) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(inert_line(choice.word).ljust(width + 2), "bold")
    text.append(inert_line(choice.meaning), "dim")
    return text
