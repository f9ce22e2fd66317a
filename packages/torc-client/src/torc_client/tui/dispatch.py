"""How a key becomes a call: one way for the app, panes and screens."""

import importlib
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.dom import DOMNode

from torc_client.tui.actions.table import ACTIONS
from torc_client.tui.keys import Key, Scope, keys_of

if TYPE_CHECKING:
    from torc_client.tui.app import TorcApp


def bindings(*scopes: Scope) -> list[Binding]:
    """Return the bindings of the keys of these scopes, for the attribute BINDINGS of a class with `Acting`."""
    return [
        Binding(name, f"perform('{key.action}', '{name}')", key.word, show=key.in_footer)
        for key in keys_of(*scopes)
        for name in key.keys
    ]


class Acting(DOMNode):
    """A part of the interface with keys. `SCOPES` are those of its bindings.

    A key calls the method `do_ACTION`, plain or async, or the function in `actions/table.py`. An async one runs as a
    worker, so it may wait for a dialog: `await self.torc.push_screen_wait(...)`. Errors become messages.
    """

    SCOPES: tuple[Scope, ...] = ()

    @property
    def torc(self) -> "TorcApp":
        """The app."""
        app: Any = self.app
        return app  # type: ignore[no-any-return]

    def handler(self, action: str) -> Callable[..., Any] | None:
        """Return what performs an action here, or None."""
        own = getattr(self, f"do_{action}", None)
        if own is not None:
            return own  # type: ignore[no-any-return]
        where = ACTIONS.get(action)
        if where is None:
            return None
        module, _, name = where.partition(":")
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return lambda: function(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide keys that change something with `--read-only`."""
        if action != "perform":
            return super().check_action(action, parameters)
        name = str(parameters[0])
        if self.torc.session.read_only and any(key.action == name and key.changes for key in keys_of(*self.SCOPES)):
            return False
        return hasattr(self, f"do_{name}") or name in ACTIONS

    def can_perform(self, key: Key) -> bool:
        """Whether a key of one of the scopes works now."""
        return self.check_action("perform", (key.action,)) is True

    def perform_soon(self, action: str) -> None:
        """Perform the action of a key after the current message, for the command palette."""
        self.torc.call_later(self.action_perform, action)

    async def action_perform(self, action: str, pressed: str = "") -> None:
        """Perform the action of a key."""
        perform = self.handler(action)
        if perform is None or self.check_action("perform", (action,)) is not True:
            return
        passes_key = any(key.action == action and key.passes_key for key in keys_of(*self.SCOPES))
        result = perform(pressed) if passes_key else perform()
        if inspect.isawaitable(result):
            self.torc.run_guarded(result, action.replace("_", " "))
