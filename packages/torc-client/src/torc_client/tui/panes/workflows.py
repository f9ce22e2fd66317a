"""The list of workflows, those of the user by default."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable

from torc_client.api.records import WorkflowModel
from torc_client.edge.terminal_text import inert_line
from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.pane import Pane

PAGE_ROWS = 250
COLUMNS = ("ID", "Name", "State", "Progress", "User")
_MARKS = {
    "completed": "✓", "failed": "✗", "running": "▶", "ready": "◌", "uninitialized": "·", "empty": "·",
    "held": "‖", "canceled": "⊘",
}  # fmt: skip


def cells(workflow: WorkflowModel) -> tuple[Text, ...]:
    """Return the cells of a workflow."""
    progress = workflow.progress
    if progress is None:
        state, done = "", ""
    else:
        counts = progress.jobs_by_status
        ended = counts.completed + counts.failed + counts.terminated + counts.canceled
        bad = counts.failed + counts.terminated
        state = f"{_MARKS.get(progress.state, ' ')} {progress.state}"
        done = f"{ended:,}/{progress.total_jobs:,}" + (f" ✗{bad:,}" if bad else "")
    return tuple(Text(inert_line(text)) for text in (str(workflow.id), workflow.name, state, done, workflow.user))


class WorkflowsPane(Pane):
    """The list of workflows."""

    title = "workflows"
    scope = Scope.WORKFLOWS
    kinds = frozenset({"workflows"})
    SCOPES = (Scope.WORKFLOWS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def compose(self) -> ComposeResult:
        """Compose the table."""
        table: DataTable[Text] = DataTable(cursor_type="row", cell_padding=1)
        table.add_columns(*COLUMNS)
        yield table

    def on_mount(self) -> None:
        """Read the list. A server that is being started is not asked."""
        if not self.session.settings.is_standalone:
            self.reload()

    @property
    def table(self) -> DataTable[Text]:
        """The table."""
        found: DataTable[Text] = self.query_one(DataTable)
        return found

    async def load(self) -> None:
        """Read a window of workflows, the newest first."""
        page = await self.session.client.workflows.list_workflows(
            user=self.session.user, limit=PAGE_ROWS, sort_by="id", reverse_sort=True, with_progress=True
        )
        table, row = self.table, self.table.cursor_row
        table.clear()
        for workflow in page.items:
            table.add_row(*cells(workflow), key=str(workflow.id))
        table.move_cursor(row=row)
        if self.session.workflow_id is None and page.items:
            self.torc.choose_workflow(page.items[0].id)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open the workflow of a row."""
        event.stop()
        self.do_open()

    def do_open(self) -> None:
        """Show the workflow of the row in the views."""
        table = self.table
        if table.row_count:
            key = table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value
            self.torc.choose_workflow(int(key or 0))
            self.torc.main.do_focus_view()
