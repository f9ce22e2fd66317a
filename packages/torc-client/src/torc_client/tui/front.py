"""The base of screens in front of the main one: viewers and dialogs."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from torc_client.tui.dispatch import Acting
from torc_client.tui.session import Session

Result = TypeVar("Result")


class FrontScreen(Acting, ModalScreen[Result | None]):
    """A screen in front of the main one. `q` and Esc close it with the result None; `?` shows its keys.

    A subclass sets SCOPES and `BINDINGS = bindings(*SCOPES)`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape", "close", "close"),
        Binding("question_mark", "app.help", "help"),
    ]

    @property
    def session(self) -> Session:
        """The shared state: client, workflow, user."""
        return self.torc.session

    def action_close(self) -> None:
        """Close the screen without a result."""
        _ = self.dismiss(None)  # awaited here, it would wait for itself
