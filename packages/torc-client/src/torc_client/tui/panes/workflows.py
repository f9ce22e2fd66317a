"""The list of workflows, those of the user by default."""

from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.tables.query import ListedRecords, RowWindow, TableQuery
from torc_client.tui.tables.row_cache import MOST_ROWS_ASKED, Ask
from torc_client.tui.tables.workflow_rows import WORKFLOWS, ListedBy, read_workflows
from torc_client.tui.window_table import WindowTable


class WorkflowsPane(RecordsPane):
    """The list of workflows."""

    title = "workflows"
    scope = Scope.WORKFLOWS
    kinds = frozenset({"workflows"})
    sources = (WORKFLOWS,)
    SCOPES = (Scope.WORKFLOWS, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    _created: int | None = None

    def on_mount(self) -> None:
        """Read the list. A server that is being started is not asked."""
        if not self.session.settings.is_standalone:
            self.reload()

    @property
    def about(self) -> ListedBy:
        """Whose workflows are listed."""
        return ListedBy(self.session.url, self.session.user)

    def point_to(self, workflow_id: int) -> None:
        """Move the cursor to a workflow that was created now, so that the next key is for it."""
        self._created = workflow_id
        self.reload()

    async def load(self) -> None:
        """Read the workflows, and choose the first one if none is chosen."""
        await super().load()
        row = self.table.row
        if self.session.workflow_id is None and row is not None:
            self.torc.choose_workflow(row.record.id)
        self.table.mark(self.session.workflow_id)
        if self._created is not None and self.table.point_to(self._created):
            self._created = None

    async def read_rows(self, source: ListedRecords, query: TableQuery, ask: Ask) -> RowWindow:  # noqa: ARG002
        """Read workflows. Raises TorcError."""
        return await read_workflows(self.session.client, self.session.user, query, ask)

    async def do_select_all(self) -> None:
        """Select all workflows that match the filter, or none."""
        if self.table.chosen:
            self.table.choose(())
            return
        found: list[int] = []
        total = 1
        while len(found) < total:
            ask = Ask(len(found), MOST_ROWS_ASKED)
            window = await read_workflows(self.session.client, self.session.user, self.table.query_shown, ask)
            found += [row.record.id for row in window.rows]
            total = window.total if window.rows else 0
        self.table.choose(found)

    def show_heading(self, position: str) -> None:
        """Show the heading only if there is more to say than the number of workflows."""
        super().show_heading(position)
        self.heading.display = bool(self.table.query_shown.filter or self.table.chosen)

    def on_window_table_opened(self, event: WindowTable.Opened) -> None:
        """Show the workflow that was clicked."""
        event.stop()
        self.torc.run_guarded(self.do_open(), "open the workflow")

    async def do_open(self) -> None:
        """Show the workflow of the row in the views."""
        row = self.table.row
        if row is not None:
            self.torc.choose_workflow(row.record.id)
            self.table.mark(row.record.id)
            self.torc.main.do_focus_view()
