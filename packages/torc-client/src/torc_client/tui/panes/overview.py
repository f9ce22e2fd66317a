"""The overview of a workflow: state, counts, what to know now, groups, what runs, what to do next."""

from datetime import UTC, datetime
from time import monotonic
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.lines.overview import OverviewNow, no_workflow_lines, overview_lines
from torc_client.tui.lines_view import LinesView
from torc_client.tui.opening import open_target
from torc_client.tui.overview_reading import SlowAnswers, read_overview
from torc_client.tui.pane import Pane

# Elapsed times and what ends soon change without an event.
_TICK_SECONDS = 5.0
# Most of its lines change with each event of a workflow that runs: more often would be too much for slow connections.
_LEAST_SECONDS = 1.0


class OverviewPane(Pane):
    """The overview."""

    title = "Overview"
    scope = Scope.OVERVIEW
    kinds = frozenset({"status", "jobs", "results", "nodes", "workflow"})
    SCOPES = (Scope.OVERVIEW,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now: OverviewNow | None = None
        self._slow = SlowAnswers()
        self._is_asking = False

    def compose(self) -> ComposeResult:
        """Compose the lines."""
        yield LinesView()

    def on_mount(self) -> None:
        """Renew what changes with time."""
        self.set_interval(_TICK_SECONDS, self._tick)

    @property
    def lines(self) -> LinesView:
        """The lines."""
        return self.query_one(LinesView)

    async def load(self) -> None:
        """Read the workflow. Expensive answers come later."""
        workflow_id = self.session.workflow_id
        if workflow_id is None:
            self._now = None
            self._draw()
            return
        reading = read_overview(self.session.client, workflow_id, datetime.now(UTC))
        now = await self.session.call(reading, f"read workflow {workflow_id}")
        if now is None or workflow_id != self.session.workflow_id:
            return
        self._now = now
        self.next_load = monotonic() + _LEAST_SECONDS
        self._draw()
        if not self._is_asking:
            self._is_asking = True
            self.torc.run_guarded(self._ask(now), f"explain workflow {workflow_id}")

    async def _ask(self, now: OverviewNow) -> None:
        try:
            await self._slow.renew(self.session.client, now)
        finally:
            self._is_asking = False
        self._draw()

    def _draw(self) -> None:
        if not self.is_attached:
            return
        room = self.lines.room
        if self._now is None:
            if self.session.workflow_id is None:
                self.lines.show(no_workflow_lines(room, can_change=not self.session.read_only))
            return
        self.lines.show(overview_lines(self._slow.added_to(self._now), room, datetime.now(UTC)))

    def _tick(self) -> None:
        if self._now is not None and self._now.running:
            self.reload()

    def on_lines_view_resized(self, event: LinesView.Resized) -> None:
        """Lay out the lines again."""
        event.stop()
        self._draw()

    async def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Open the line that was clicked."""
        event.stop()
        await self.do_open()

    async def do_open(self) -> None:
        """Show what the line of the cursor is about."""
        if self.lines.target is not None:
            await open_target(self.torc, self.lines.target)
