"""The terminal interface as a textual app."""

import logging
from collections.abc import Awaitable
from typing import Any, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen

from torc_client.errors import TorcError
from torc_client.tui.dispatch import Acting
from torc_client.tui.keys import Key, Scope
from torc_client.tui.live import LinkState, Live
from torc_client.tui.main_screen import MainScreen
from torc_client.tui.own_server import OwnServer
from torc_client.tui.pane import Changed
from torc_client.tui.session import Session
from torc_client.tui.settings import TuiSettings

_log = logging.getLogger(__name__)
_AUTO_REFRESH_SECONDS = 30.0


class TorcApp(App[None]):
    """The terminal interface: one session, one stream of events, one main screen, and screens in front of it."""

    TITLE = "torc"
    CSS_PATH = "app.tcss"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, settings: TuiSettings) -> None:
        super().__init__()
        self.settings = settings
        self.session = Session(settings, self._show_message)
        self.live = Live(self.session, self._publish, self._show_state)
        self.own_server = OwnServer(settings.start_server)
        self.unexpected: list[Exception] = []
        """Exceptions other than TorcError that were shown as messages: faults of this program."""

    def get_default_screen(self) -> Screen[None]:
        """Return the main screen."""
        return MainScreen()

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        return next(screen for screen in self.screen_stack if isinstance(screen, MainScreen))

    def on_mount(self) -> None:
        """Start the server if one was asked for, and follow the events."""
        if self.settings.is_standalone:
            self.run_guarded(self.start_server(), "start a server")
        else:
            self.live.start()

    async def start_server(self) -> None:
        """Start a server and use it. Raises TorcError."""
        await self.use_server(await self.own_server.start())

    async def use_server(self, url: str) -> None:
        """Connect to another server."""
        self.live.stop()
        await self.session.use_server(url)
        self.live.start()
        self.main.server_changed()

    async def on_unmount(self) -> None:
        """Close the connections."""
        self.live.stop()
        await self.session.close()
        await self.own_server.stop()

    def choose_workflow(self, workflow_id: int | None) -> None:
        """Show another workflow in all views."""
        if workflow_id != self.session.workflow_id:
            self.session.workflow_id = workflow_id
            self.live.start()
            self.main.workflow_chosen()

    def follow_again(self) -> None:
        """Follow the events of the server again: it, the user or the workflow is another one."""
        self.live.start()

    def run_guarded(self, work: Awaitable[Any], doing: str) -> None:
        """Run work as a worker. Its errors become messages; `doing` completes the sentence "Cannot ..."."""
        self.run_worker(self._guarded(work, doing), exit_on_error=False)

    async def _guarded(self, work: Awaitable[Any], doing: str) -> None:
        try:
            await work
        except TorcError as error:
            self.session.report(error, doing)
        except Exception as error:  # noqa: BLE001 - no fault ends the program
            _log.exception("unexpected error")
            self.unexpected.append(error)
            self.session.report(TorcError(f"Unexpected {type(error).__name__}: {error}"), doing)

    def active_scopes(self) -> list[Scope]:
        """Return the scopes whose keys work now, the nearest to the focus first."""
        node: Any = self.focused or self.screen
        scopes: list[Scope] = []
        while node is not None:
            if isinstance(node, Acting):
                scopes += [scope for scope in node.SCOPES if scope not in scopes]
            node = node.parent
        return scopes

    def can_do(self, key: Key) -> bool:
        """Whether a key works where the focus is."""
        node: Any = self.focused or self.screen
        while node is not None:
            if isinstance(node, Acting) and any(scope in key.scopes for scope in node.SCOPES):
                return node.check_action("perform", (key.action,)) is True
            node = node.parent
        return False

    def _publish(self, changed: Changed) -> None:
        self.main.publish(changed)

    def _show_state(self, state: LinkState) -> None:
        self.main.show_state(state)

    def _show_message(self, text: str, title: str, severity: str) -> None:
        level: Any = severity
        self.notify(text, title=title, severity=level, markup=False, timeout=10 if severity == "error" else 5)
