"""The main screen: header, workflows, the chosen workflow with its views, footer."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.timer import Timer

from torc_client.address import parse_address
from torc_client.tui.chosen_line import ChosenLine
from torc_client.tui.dispatch import Acting, bindings
from torc_client.tui.footer import KeyFooter
from torc_client.tui.header import HeaderLine
from torc_client.tui.keys import Scope
from torc_client.tui.live import LinkState
from torc_client.tui.pane import Changed, Pane
from torc_client.tui.panes.registry import VIEWS, View
from torc_client.tui.panes.workflows import WorkflowsPane
from torc_client.tui.tab_bar import TabBar

if TYPE_CHECKING:
    from torc_client.tui.actions.proposal import Proposal

_REFRESH_SECONDS = 30.0


class MainScreen(Acting, Screen[None]):
    """The main screen. A view is made when its tab is first shown."""

    SCOPES = (Scope.GLOBAL, Scope.SERVER)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def __init__(self) -> None:
        super().__init__()
        self._view: View | None = None
        self._refreshing: Timer | None = None

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        yield HeaderLine()
        yield WorkflowsPane(id="workflows")
        yield ChosenLine(id="chosen-workflow")
        yield TabBar([(view.name, view.tab) for view in VIEWS])
        yield Container(id="views")
        yield KeyFooter()

    async def on_mount(self) -> None:
        """Show the first view."""
        self.workflows.focus_first()
        if VIEWS:
            await self.show_view(VIEWS[0].name)

    @property
    def workflows(self) -> WorkflowsPane:
        """The list of workflows."""
        return self.query_one(WorkflowsPane)

    @property
    def view(self) -> Pane | None:
        """The view in front."""
        return self._pane(self._view.name) if self._view is not None else None

    @property
    def header(self) -> HeaderLine:
        """The first line."""
        return self.query_one(HeaderLine)

    def _pane(self, name: str) -> Pane | None:
        found = self.query(f"#view-{name}").results(Pane)
        return next(iter(found), None)

    async def show_view(self, name: str, *, focus: bool = False) -> Pane:
        """Show a view, and return it."""
        self._view = next(view for view in VIEWS if view.name == name)
        pane = self._pane(name)
        if pane is None:
            pane = self._view.make()
            await self.query_one("#views", Container).mount(pane)
        for other in self.query("#views > Pane").results(Pane):
            other.display = other is pane
        self.query_one(TabBar).active = name
        if pane.is_stale:
            pane.reload()
        if focus:
            pane.focus_first()
        return pane

    def _panes(self) -> list[Pane]:
        """Return what shows the chosen workflow: the line above the views, and the views that exist."""
        return [self.query_one(ChosenLine), *self.query("#views > Pane").results(Pane)]

    def publish(self, changed: Changed) -> None:
        """Pass changes to the panes that exist."""
        if changed.workflow_id is None:
            self.workflows.post_message(changed)
            return
        for pane in self._panes():
            pane.post_message(Changed(changed.workflow_id, changed.kinds))

    def workflow_chosen(self) -> None:
        """Load the views again: another workflow was chosen."""
        for pane in self._panes():
            pane.reload()
        self.query_one(HeaderLine).refresh_text()

    def server_changed(self) -> None:
        """Load everything again: the server is another one."""
        self.workflows.reload()
        self.workflow_chosen()

    def on_descendant_focus(self) -> None:
        """Give the lines of the workflows to the view that has the focus, if the terminal is short."""
        self.set_class(not self.workflows.has_focus_within, "-in-view")

    def show_state(self, state: LinkState) -> None:
        """Show whether events arrive."""
        self.query_one(HeaderLine).state = state

    async def do_next_view(self) -> None:
        """Show the next view."""
        await self._step(1)

    async def do_previous_view(self) -> None:
        """Show the previous view."""
        await self._step(-1)

    async def _step(self, by: int) -> None:
        names = [view.name for view in VIEWS]
        if names:
            here = names.index(self._view.name) if self._view is not None else -1
            await self.show_view(names[(here + by) % len(names)], focus=not self.workflows.has_focus_within)

    def do_focus_view(self) -> None:
        """Focus the view."""
        if self.view is not None:
            self.view.focus_first()

    def do_focus_workflows(self) -> None:
        """Focus the workflows."""
        self.workflows.focus_first()

    def do_refresh(self) -> None:
        """Read everything that is shown again."""
        self.workflows.reload()
        for pane in self._panes():
            pane.reload()

    def palette_nodes(self) -> list[Acting]:
        """Return the parts whose keys the command palette offers: the view, the workflows, this screen."""
        view = self.view
        focused = [view] if view is not None else []
        table = [each for each in (view.query("*") if view is not None else ()) if isinstance(each, Acting)]
        return [*focused, *table, self.workflows, self]

    def do_palette(self) -> None:
        """Search for a command."""
        self.torc.action_command_palette()

    def do_help(self) -> None:
        """Show the keys that work here."""
        self.torc.action_help()

    def do_back(self) -> None:
        """Go back to the workflows."""
        self.workflows.focus_first()

    def do_auto_refresh(self) -> None:
        """Read everything again every 30 seconds, or no longer."""
        if self._refreshing is None:
            self._refreshing = self.set_interval(_REFRESH_SECONDS, self.do_refresh)
        else:
            self._refreshing.stop()
            self._refreshing = None
        state = "off" if self._refreshing is None else f"every {_REFRESH_SECONDS:.0f} seconds"
        self.torc.session.notify(f"Automatic refresh: {state}. Changes are shown at once in any case.")
        self.query_one(HeaderLine).refresh_text()

    @property
    def is_refreshing(self) -> bool:
        """Whether everything is read again every 30 seconds."""
        return self._refreshing is not None

    async def do_show_events(self) -> None:
        """Show the events of the workflow."""
        await self.show_view("events", focus=True)

    async def do_show_details(self) -> None:
        """Show the details of the workflow."""
        await self.show_view("details", focus=True)

    async def do_choose_user(self) -> None:
        """Show the workflows of another user."""
        session = self.torc.session
        note = "A user name; nothing for all users. Enter accepts, Esc closes."
        user = await self._ask("Workflows of user", session.user or "", note)
        if user is not None:
            self._use_user(user or None)

    async def _ask(self, title: str, text: str, note: str) -> str | None:
        from torc_client.tui.screens.ask_text import AskText

        return await self.torc.push_screen_wait(AskText(title, text, note=note))

    def do_all_users(self) -> None:
        """Show the workflows of all users, or only those of one."""
        session = self.torc.session
        self._use_user(None if session.user else session.settings.user or session.settings.own_name)

    def _use_user(self, user: str | None) -> None:
        self.torc.session.user = user
        self.torc.live.start()
        self.workflows.reload()
        self.query_one(HeaderLine).refresh_text()

    async def do_choose_server(self) -> None:
        """Connect to another server."""
        session = self.torc.session
        note = "http(s)://HOST:PORT/torc-service/v1 or unix:///PATH. Enter accepts, Esc closes."
        url = await self._ask("Server", session.url, note)
        if url and url != session.url:
            parse_address(url)
            await self.torc.use_server(url)

    async def do_choose_output_dir(self) -> None:
        """Change the output directory."""
        session = self.torc.session
        note = "Logs are searched here, and those of new runs are written here."
        folder = await self._ask("Output directory", str(session.output_dir), note)
        if folder:
            self._use_output_dir(Path(folder))

    def _use_output_dir(self, folder: Path) -> None:
        session = self.torc.session
        session.output_dir = folder.expanduser()
        if not session.output_dir.is_dir():
            session.notify(f"{session.output_dir} does not exist yet.", severity="warning")
        self.do_refresh()

    async def do_start_server(self) -> None:
        """Start a server and use it."""
        if not self.torc.own_server.is_running:
            self.torc.session.notify("Starting a server.")
        await self.torc.start_server()

    async def do_stop_server(self) -> None:
        """Stop the server that was started here."""
        own = self.torc.own_server
        if not own.is_running:
            self.torc.session.notify("No server was started from here.")
            return
        from torc_client.tui.actions.proposal import Proposal

        line = "Runners and commands that use this server lose it."
        stopping = Proposal("Stop the server?", (line,), "Stop", is_dangerous=True)
        if not await self._agrees(stopping):
            return
        await own.stop()
        self.torc.session.notify("The server has stopped.")
        self.query_one(HeaderLine).refresh_text()

    def do_show_server_output(self) -> None:
        """Show the output of the server that was started here."""
        from torc_client.tui.screens.server_output import ServerOutput

        own = self.torc.own_server
        if not own.was_started and not own.lines:
            self.torc.session.notify("No server was started from here. The key S starts one.")
            return
        _ = self.app.push_screen(ServerOutput("Output of the server", own.lines))

    async def do_quit(self) -> None:
        """End the program. Asks first if programs that were started from here would end with it."""
        await self.torc.action_quit()

    async def _agrees(self, proposal: "Proposal") -> bool:
        from torc_client.tui.screens.proposal_dialog import ProposalDialog

        return await self.torc.push_screen_wait(ProposalDialog(proposal)) is not None

    do_leave = do_quit
