"""The terminal interface as a textual app."""

import logging
import os
from collections.abc import Awaitable, Iterator, Sequence
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from torc_client.errors import TorcError
from torc_client.tui.clipboard import copied, copy_sequence
from torc_client.tui.dispatch import Acting
from torc_client.tui.front import FrontScreen
from torc_client.tui.keys import Key, Scope, keys_of
from torc_client.tui.live import LinkState, Live
from torc_client.tui.main_screen import MainScreen
from torc_client.tui.own_server import OwnServer
from torc_client.tui.palette import Commands
from torc_client.tui.pane import Changed
from torc_client.tui.processes import ChildProcess, Processes
from torc_client.tui.session import Session
from torc_client.tui.settings import TuiSettings

_log = logging.getLogger(__name__)


class TorcApp(App[None]):
    """The terminal interface: one session, one stream of events, one main screen, and screens in front of it."""

    TITLE = "torc"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[Any]] = {Commands}
    # The main screen binds the palette, so that viewers and dialogs can use the keys for something else.
    COMMAND_PALETTE_BINDING = "f1"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", show=False, priority=True)]

    def __init__(self, settings: TuiSettings) -> None:
        super().__init__()
        self.settings = settings
        self.session = Session(settings, self._show_message)
        self.live = Live(self.session, self._publish, self._show_state, self._forget_workflow)
        self.own_server = OwnServer(settings.start_server, self._server_lost)
        self.processes = Processes(self._process_ended)
        self._asks_to_quit = False
        self.is_asking = False
        """Whether an action is prepared, or its dialog is open."""
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
            self.run_guarded(self._begin_standalone(), "start a server")
        else:
            self.live.start()

    async def _begin_standalone(self) -> None:
        await self.start_server()
        self.choose_workflow(self.settings.workflow_id)

    async def action_quit(self) -> None:
        """End the program. Asks first if programs that were started from here would end with it.

        The same key again, while the question is shown, ends it.
        """
        running = self.processes.running
        if running and not self._asks_to_quit:
            self.run_guarded(self._ask_to_quit(running), "ask")
        else:
            self.exit()

    async def _ask_to_quit(self, running: Sequence[ChildProcess]) -> None:
        from torc_client.tui.actions.quitting import quitting
        from torc_client.tui.screens.proposal_dialog import ProposalDialog

        self._asks_to_quit = True
        try:
            answer = await self.push_screen_wait(ProposalDialog(quitting(running)))
        finally:
            self._asks_to_quit = False
        if answer is not None:
            self.exit()

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
        await self.processes.close()
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

    def _acting(self) -> Iterator[Acting]:
        """Yield the parts whose keys work now, the nearest to the focus first."""
        node: Any = self.focused or self.screen
        while node is not None:
            if isinstance(node, Acting):
                yield node
            node = node.parent

    def active_keys(self) -> list[tuple[Scope, list[Key]]]:
        """Return the keys that work now by scope, the nearest to the focus first."""
        taken: set[str] = set()
        found: dict[Scope, list[Key]] = {}
        for node in self._acting():
            for scope in node.SCOPES:
                keys = [key for key in keys_of(scope) if node.can_perform(key) and not taken.issuperset(key.keys)]
                if keys:  # a table and its pane share the scope of tables
                    found.setdefault(scope, []).extend(keys)
            taken |= {name for scope in node.SCOPES for key in found.get(scope, ()) for name in key.keys}
        if isinstance(self.screen, FrontScreen):
            found[Scope.FRONT] = keys_of(Scope.FRONT)
        return list(found.items())

    def palette_keys(self) -> list[tuple[Acting, Key]]:
        """Return the keys for the command palette, each with the part that performs it."""
        nodes = [*self.main.palette_nodes()]
        found: dict[str, tuple[Acting, Key]] = {}
        for node in nodes:
            for key in keys_of(*node.SCOPES):
                if key.in_palette and node.can_perform(key):
                    found.setdefault(key.action, (node, key))
        return list(found.values())

    def action_help(self) -> None:
        """Show the keys that work where the focus is."""
        from torc_client.tui.screens.help import HelpScreen

        _ = self.push_screen(HelpScreen(self.active_keys()))

    def show_view_soon(self, name: str) -> None:
        """Show a view, for the command palette."""
        self.run_guarded(self.main.show_view(name, focus=True), "show this view")

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text to the clipboard of the terminal, also from within tmux and screen."""
        self._clipboard = text
        sequence = copy_sequence(text, os.environ)
        if sequence is not None and self._driver is not None:
            self._driver.write(sequence)

    def copy(self, text: str, what: str) -> None:
        """Copy a text and say so: "Copied the row"."""
        self.copy_to_clipboard(text)
        self.session.notify(copied(text, what))

    def show_log(self, job_id: int) -> None:
        """Show the log of a job."""
        from torc_client.tui.screens.log_viewer import LogViewer
        from torc_client.tui.text.sources import JobLogSource

        source = JobLogSource(self.session.client, job_id, folders=(self.session.output_dir,))
        _ = self.push_screen(LogViewer(source))

    def _server_lost(self) -> None:
        """Say that the server has ended that was started here."""
        if self.is_running:
            self.session.notify("The server that was started here has ended. S starts it again.", severity="warning")
            self.main.header.refresh_text()

    def _process_ended(self, process: ChildProcess) -> None:
        """Say how a program ended whose output is not in front, and read again what it changed."""
        if getattr(self.screen, "process", None) is not process:
            severity = "warning" if process.return_code else "information"
            self.session.notify(f"torc {process.title} {process.state}", severity=severity)
        if self.is_running:
            self.main.do_refresh()

    def _publish(self, changed: Changed) -> None:
        self.main.publish(changed)

    def _show_state(self, state: LinkState) -> None:
        self.main.show_state(state)

    def _forget_workflow(self) -> None:
        self.session.notify(f"Workflow {self.session.workflow_id} was deleted.", severity="warning")
        self.choose_workflow(None)

    def _show_message(self, text: str, title: str, severity: str) -> None:
        level: Any = severity
        self.notify(text, title=title, severity=level, markup=False, timeout=10 if severity == "error" else 5)
