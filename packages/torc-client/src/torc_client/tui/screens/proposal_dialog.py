"""The dialog in which the user agrees to what an action will do."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from torc_client.edge.terminal_text import inert
from torc_client.tui.actions.proposal import Proposal

Values = Mapping[str, str]


class ProposalDialog(ModalScreen[Values | None]):
    """Shows a proposal. The answer is the values of its fields, or None if the user does not want it.

    The button that does it works when the word is typed, if there is one. A dangerous action has the focus on the
    other button, so that Enter, which may come from an earlier screen, does nothing.
    """

    DEFAULT_CSS = """
    ProposalDialog { align: center middle; background: $background 60%; }
    ProposalDialog > Vertical {
        width: 76; max-width: 100%; height: auto; max-height: 100%; border: round $primary; padding: 0 1;
        background: $surface;
    }
    ProposalDialog.dangerous > Vertical { border: round $error; }
    ProposalDialog #title { text-style: bold; width: 100%; }
    ProposalDialog VerticalScroll { height: auto; max-height: 12; }
    ProposalDialog #lines { width: 100%; }
    ProposalDialog #problem { color: $error; width: 100%; height: auto; }
    ProposalDialog .field { height: 1; }
    ProposalDialog .field Label { width: 22; height: 1; text-overflow: ellipsis; text-wrap: nowrap; }
    ProposalDialog .field Input { width: 1fr; height: 1; border: none; padding: 0 1; background: $boost; }
    ProposalDialog #buttons { height: auto; align-horizontal: right; margin-top: 1; }
    ProposalDialog Button { margin-left: 2; min-width: 10; height: 1; border: none; }
    ProposalDialog Button:focus { text-style: bold reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "refuse", "no"),
        Binding("n", "refuse", "no", show=False),
        Binding("y", "agree", "yes"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("pagedown", "scroll_lines(1)", show=False),
        Binding("pageup", "scroll_lines(-1)", show=False),
    ]

    def __init__(self, proposal: Proposal) -> None:
        super().__init__()
        self.proposal = proposal
        if proposal.is_dangerous:
            self.add_class("dangerous")

    def compose(self) -> ComposeResult:
        """Compose the dialog."""
        proposal = self.proposal
        with Vertical():
            yield Static(inert(proposal.title), id="title", markup=False)
            if not proposal.refusal:
                # What cannot be done needs no description.
                with VerticalScroll(can_focus=False):
                    yield Static(inert("\n".join(proposal.lines)), id="lines", markup=False)
                for field in proposal.fields:
                    with Horizontal(classes="field"):
                        yield Label(inert(field.label), markup=False)
                        yield Input(inert(field.value), placeholder=field.hint, name=field.name, select_on_focus=False)
                if proposal.confirm_word:
                    yield Static(f"To confirm, type: {proposal.confirm_word}", id="ask", markup=False)
                    yield Input(id="word")
            yield Static(inert(proposal.refusal), id="problem", markup=False)
            with Horizontal(id="buttons"):
                yield Button(Content("Close [Esc]" if proposal.refusal else "No [Esc]"), id="no", compact=True)
                if not proposal.refusal:
                    hint = " [Enter]" if self._types else " [y]"
                    yield Button(
                        Content(f"{proposal.verb}{hint}"),
                        id="yes",
                        variant="error" if proposal.is_dangerous else "primary",
                        compact=True,
                    )

    @property
    def _types(self) -> bool:
        return bool(self.proposal.confirm_word or self.proposal.fields)

    def on_mount(self) -> None:
        """Focus what the user needs first."""
        if self.proposal.confirm_word:
            self.query_one("#yes", Button).disabled = True
            self.query_one("#word", Input).focus()
        elif self.proposal.fields and not self.proposal.refusal:
            self.query(Input).first().focus()
        else:
            self.query_one("#no" if self.proposal.is_dangerous or self.proposal.refusal else "#yes", Button).focus()

    @property
    def values(self) -> dict[str, str]:
        """The values of the fields."""
        return {field.name or "": field.value.strip() for field in self.query(Input) if field.id != "word"}

    def _is_confirmed(self) -> bool:
        word = self.proposal.confirm_word
        return not word or self.query_one("#word", Input).value.strip() == word

    @on(Input.Changed, "#word")
    def _word_changed(self) -> None:
        self.query_one("#yes", Button).disabled = not self._is_confirmed()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_agree()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "yes":
            self.action_agree()
        else:
            self.action_refuse()

    def action_scroll_lines(self, by: int) -> None:
        """Show further lines, if there are more than fit."""
        for lines in self.query(VerticalScroll):
            lines.scroll_relative(y=by * max(1, lines.size.height - 1), animate=False)

    def action_agree(self) -> None:
        """Answer with the values, if they can be used."""
        if self.proposal.refusal or not self._is_confirmed():
            return
        problem = self.proposal.problem(self.values)
        if problem:
            self.query_one("#problem", Static).update(inert(problem))
            return
        _ = self.dismiss(self.values)

    def action_refuse(self) -> None:
        """Answer that nothing is done."""
        _ = self.dismiss(None)
