"""A line in which the user answers a question, in place of the line of the state."""

from dataclasses import dataclass

from textual import on
from textual.message import Message
from textual.widgets import Input


class Prompt(Input):
    """A question at the bottom of a screen. It is invisible until it is asked."""

    DEFAULT_CSS = "Prompt { height: 1; border: none; padding: 0; display: none; } Prompt:focus { border: none; }"

    @dataclass
    class Answered(Message):
        """The user answered the question of a kind."""

        kind: str
        text: str

    def __init__(self) -> None:
        super().__init__(select_on_focus=True)
        self.kind = ""

    def ask(self, kind: str, placeholder: str, value: str = "") -> None:
        """Show the question."""
        self.kind, self.placeholder, self.value = kind, placeholder, value
        self.display = True
        # At once: over a slow connection, the text arrives together with the key that asks for it.
        self.screen.set_focus(self)

    def close(self) -> None:
        """Hide the question."""
        self.kind, self.display = "", False

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        kind = self.kind
        self.close()
        self.post_message(self.Answered(kind, event.value))
