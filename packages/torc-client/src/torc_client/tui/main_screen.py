"""The main screen: header, workflows, the chosen workflow with its views, footer."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen

from torc_client.tui.dispatch import Acting, bindings
from torc_client.tui.footer import KeyFooter
from torc_client.tui.header import HeaderLine
from torc_client.tui.keys import Scope
from torc_client.tui.live import LinkState
from torc_client.tui.pane import Changed, Pane
from torc_client.tui.panes.registry import VIEWS, View
from torc_client.tui.panes.workflows import WorkflowsPane
from torc_client.tui.tab_bar import TabBar


class MainScreen(Acting, Screen[None]):
    """The main screen. A view is made when its tab is first shown."""

    SCOPES = (Scope.GLOBAL, Scope.SERVER)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def __init__(self) -> None:
        super().__init__()
        self._view: View | None = None

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        yield HeaderLine()
        yield WorkflowsPane(id="workflows")
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

    def publish(self, changed: Changed) -> None:
        """Pass changes to the panes that exist."""
        if changed.workflow_id is None:
            self.workflows.post_message(changed)
            return
        for pane in self.query("#views > Pane").results(Pane):
            pane.post_message(Changed(changed.workflow_id, changed.kinds))

    def workflow_chosen(self) -> None:
        """Load the views again: another workflow was chosen."""
        for pane in self.query("#views > Pane").results(Pane):
            pane.reload()
        self.query_one(HeaderLine).refresh_text()

    def server_changed(self) -> None:
        """Load everything again: the server is another one."""
        self.workflows.reload()
        self.workflow_chosen()

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
        for pane in self.query("#views > Pane").results(Pane):
            pane.reload()

    def do_quit(self) -> None:
        """End the program."""
        self.app.exit()

    do_leave = do_quit
