"""The graph of a workflow: its groups, also with files and data, or the jobs near one job."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from torc_client.overview.job_groups import read_groups
from torc_client.overview.neighbours import read_neighbours
from torc_client.tui.dispatch import bindings
from torc_client.tui.graph_view import GraphView
from torc_client.tui.keys import Scope
from torc_client.tui.lines.graph import GraphNow, graph_list, graph_near, graph_of_groups
from torc_client.tui.lines.line import LineTarget, line
from torc_client.tui.lines_view import LinesView
from torc_client.tui.opening import open_target
from torc_client.tui.pane import Pane

_STEPS, _MOST_NEIGHBOURS = 2, 12
# A drawing that is wider than this number of screens is shown as a list, unless the user wants it.
_MOST_SCREENS = 3


class GraphPane(Pane):
    """The graph, as a drawing or as a list."""

    title = "Graph"
    scope = Scope.GRAPH
    kinds = frozenset({"status", "jobs", "results", "workflow"})
    SCOPES = (Scope.GRAPH,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now: GraphNow | None = None
        self._near: int | None = None
        self._about: int | None = None
        self._with_files = False
        self._wants_list: bool | None = None

    def compose(self) -> ComposeResult:
        """Compose the heading, the drawing and the list."""
        yield Static(classes="heading", markup=False)
        yield GraphView()
        yield LinesView()

    @property
    def view(self) -> GraphView:
        """The drawing."""
        return self.query_one(GraphView)

    @property
    def lines(self) -> LinesView:
        """The list."""
        return self.query_one(LinesView)

    @property
    def is_list(self) -> bool:
        """Whether the list is shown."""
        return bool(self.lines.display)

    async def load(self) -> None:
        """Read the groups, or the jobs near one job."""
        workflow_id = self.session.workflow_id
        if workflow_id != self._about:
            self._about, self._near, self._wants_list = workflow_id, None, None
        if workflow_id is None:
            self._say("No workflow is chosen.")
            return
        now = await self.session.call(self._read(workflow_id, self._near), f"read the graph of workflow {workflow_id}")
        if now is not None and workflow_id == self.session.workflow_id:
            is_other = self._now is None or now.chosen != self._now.chosen
            self._now = now
            self._draw(now.chosen if is_other else "")

    async def _read(self, workflow_id: int, near: int | None) -> GraphNow:
        client = self.session.client
        if near is not None:
            return graph_near(await read_neighbours(client, near, steps=_STEPS, limit=_MOST_NEIGHBOURS))
        found = await read_groups(client, workflow_id, with_files=self._with_files)
        return graph_of_groups(found, with_files=self._with_files)

    def _say(self, text: str) -> None:
        self.query_one(".heading", Static).update("")
        self.view.display, self.lines.display = False, True
        self.lines.show([line(text, "bright_black")])

    def _draw(self, key: str = "") -> None:
        if self._now is None or not self.is_attached:
            return
        if not self._now.graph.nodes:
            self._say("This workflow has no jobs yet. Jobs are added by a specification, or one by one.")
            return
        room = max(self.size.width - 2, 20)
        canvas = self._now.canvas(room)
        is_list = self._wants_list if self._wants_list is not None else canvas.width > _MOST_SCREENS * room
        had_focus = self.has_focus_within
        self.view.display, self.lines.display = not is_list, is_list
        self.query_one(".heading", Static).update(" · ".join((f" {self._now.title}", *self._now.notices)))
        self.view.show(canvas, key)
        self.lines.show(graph_list(self._now, room))
        if had_focus:
            self.focus_first()

    def focus_first(self) -> None:
        """Focus the drawing or the list."""
        (self.lines if self.is_list else self.view).focus()

    @property
    def node(self) -> str:
        """The key of the node with the cursor."""
        if self.is_list:
            target = self.lines.target
            return target.node if target is not None else ""
        return self.view.key

    @property
    def node_target(self) -> LineTarget | None:
        """What the node with the cursor leads to."""
        return self._now.targets.get(self.node) if self._now is not None else None

    def on_lines_view_resized(self, event: LinesView.Resized) -> None:
        """Draw again for another width."""
        event.stop()
        self._draw()

    async def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Open the line that was clicked."""
        event.stop()
        await self.do_open()

    async def on_graph_view_opened(self, event: GraphView.Opened) -> None:
        """Open the box that was clicked."""
        event.stop()
        await self.do_open()

    async def do_open(self) -> None:
        """Show the jobs of the group; of files and data, their table."""
        target = self.node_target
        if target is not None:
            await open_target(self.torc, LineTarget(target.view, target.filter))

    def do_show_near(self) -> None:
        """Show the jobs near the job of the node; of a group, near its first job."""
        target = self.node_target
        if target is None or not target.job_id:
            self.session.notify("The node is not a job.")
            return
        self.show_near(target.job_id)

    def show_near(self, job_id: int) -> None:
        """Show the jobs near one job. Other views use it, too."""
        self._about, self._near = self.session.workflow_id, job_id
        self.reload()

    def do_show_groups(self) -> None:
        """Show the groups of the workflow again."""
        self._near = None
        self.reload()

    def do_toggle_files(self) -> None:
        """Show files and data between the groups, or no longer."""
        self._with_files, self._near = not self._with_files, None
        self.reload()

    def do_toggle_list(self) -> None:
        """Show the graph as a list, or as a drawing."""
        self._wants_list = not self.is_list
        self._draw()
