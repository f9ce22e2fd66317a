"""The recovery of a workflow as a table: groups to tick, values to edit, what it would do, then do it."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Static

from torc_client.edge.terminal_text import inert
from torc_client.errors import TorcError
from torc_client.tui.actions import recovering, recovery_rows
from torc_client.tui.actions.proposal import Done, TorcProgram
from torc_client.tui.actions.recovering import RecoveryPreview, RecoveryRequest
from torc_client.tui.dispatch import bindings
from torc_client.tui.footer import KeyFooter
from torc_client.tui.front import FrontScreen
from torc_client.tui.keys import Scope
from torc_client.tui.screens.log_viewer import LogViewer
from torc_client.tui.screens.proposal_dialog import ProposalDialog
from torc_client.tui.text.sources import JobLogSource


class RecoveryScreen(FrontScreen[Done | TorcProgram]):
    """Shows why jobs failed and what a recovery would do. Each change is tried again, without effect.

    The answer is what was done, the command that does it, or None. With `is_dry`, nothing can be applied.
    """

    CSS = """
    RecoveryScreen { background: $background; }
    RecoveryScreen #recovery-title { background: $panel; height: 1; text-style: bold; }
    RecoveryScreen DataTable { height: 1fr; min-height: 4; }
    RecoveryScreen #recovery-why { height: auto; max-height: 4; color: $text-muted; border-top: solid $panel; }
    RecoveryScreen #recovery-effects { height: auto; max-height: 8; border-top: solid $panel; }
    """
    SCOPES = (Scope.RECOVERY,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def __init__(self, workflow_id: int, *, is_dry: bool = False) -> None:
        super().__init__()
        self.workflow_id = workflow_id
        self.is_dry = is_dry
        self.request = RecoveryRequest()
        self.preview: RecoveryPreview | None = None
        self._rows: list[recovery_rows.RecoveryRow] = []
        self._latest = 0
        self._shown = 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the key that applies, if nothing can be applied."""
        if self.is_dry and action == "perform" and parameters[0] == "apply_recovery":
            return False
        return super().check_action(action, parameters)

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        what = "What a recovery would do" if self.is_dry else "Recover"
        yield Static(f"{what}: workflow {self.workflow_id}", id="recovery-title", markup=False)
        table: DataTable[Text] = DataTable(cursor_type="row", cell_padding=1)
        table.add_columns(*recovery_rows.COLUMNS)
        yield table
        yield Static("", id="recovery-why", markup=False)
        yield Static("Looking for the causes ...", id="recovery-effects", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look for the causes."""
        self.table.focus()
        self.do_look_again()

    @property
    def table(self) -> DataTable[Text]:
        """The table of groups."""
        found: DataTable[Text] = self.query_one(DataTable)
        return found

    def do_close(self) -> None:
        """Go back, and change nothing."""
        self.action_close()

    def do_look_again(self) -> None:
        """Try the recovery again, from the present records."""
        self._try(self.request)

    def _try(self, request: RecoveryRequest) -> None:
        """Show the ticks at once, and what they do when it is known. A later request replaces an earlier one."""
        self._latest += 1
        before, self.request = self.request, request
        if self.preview is not None:
            self._show_rows(self.preview)
        self.torc.run_guarded(self._look(request, before, self._latest), f"recover workflow {self.workflow_id}")

    async def _look(self, request: RecoveryRequest, before: RecoveryRequest, number: int) -> None:
        """Show what a request would do. One that cannot be done is taken back."""
        try:
            preview = await recovering.preview(self.session.client, self.workflow_id, request, self.preview)
        except TorcError:
            if number == self._latest and self.is_attached:
                self.request, self._shown = before, number
                if self.preview is None:
                    self._show_effects(("Nothing can be recovered now.",))
                else:
                    self._show_rows(self.preview)
            raise
        if number == self._latest and self.is_attached:
            self.preview, self._shown = preview, number
            self._show_rows(preview)
            self._show_effects(recovery_rows.effects(preview))

    def _show_rows(self, preview: RecoveryPreview) -> None:
        self._rows = recovery_rows.rows_of(preview, self.request)
        table, row = self.table, self.table.cursor_row
        table.clear()
        for each in self._rows:
            table.add_row(*(Text(cell) for cell in each.cells))
        table.move_cursor(row=row)
        self._show_why()

    def _show_effects(self, sentences: tuple[str, ...]) -> None:
        self.query_one("#recovery-effects", Static).update(inert("\n".join(sentences)))

    def _show_why(self) -> None:
        row = self._row
        self.query_one("#recovery-why", Static).update("" if row is None else inert(row.why))

    @property
    def _row(self) -> recovery_rows.RecoveryRow | None:
        number = self.table.cursor_row
        return self._rows[number] if number < len(self._rows) else None

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Show why the jobs of the row failed."""
        event.stop()
        self._show_why()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Edit the row."""
        event.stop()
        self.do_edit_row()

    def do_tick(self) -> None:
        """Tick the row, or no longer."""
        if self._row is not None and self.preview is not None:
            self._try(self.request.toggled(recovering.class_of_group(self._row.group), self.preview.plan))

    def do_tick_all(self) -> None:
        """Tick all rows, or none."""
        if self.preview is not None and self._rows:
            self._try(self.request.all_toggled(self.preview.plan))

    def do_edit_row(self) -> None:
        """Edit memory and run time of the row."""
        if self._row is not None and self.preview is not None:
            self.torc.run_guarded(self._edit(self._row, self.preview), "change the values")

    async def _edit(self, row: recovery_rows.RecoveryRow, preview: RecoveryPreview) -> None:
        proposal = recovery_rows.edit_proposal(preview, row.group, self.request)
        values = await self.app.push_screen_wait(ProposalDialog(proposal))
        if values is None:
            return
        changed = recovery_rows.edited(preview.plan, proposal, dict(values))
        request = self.request.with_values(changed)
        group = recovering.class_of_group(row.group)
        if changed and not row.group.retry and any(changed.values()):
            # Values are for jobs that run again: who edits them wants that.
            request = request.toggled(group, preview.plan)
        self._try(request)

    def do_show_log(self) -> None:
        """Show the log of the example of the row."""
        if self._row is not None:
            source = JobLogSource(
                self.session.client, self._row.group.example_job_id, folders=(self.session.output_dir,)
            )
            _ = self.app.push_screen(LogViewer(source))

    def do_apply_recovery(self) -> None:
        """Do what is shown, after a question."""
        if self.preview is not None and not self.is_dry and self._shown == self._latest:
            self.torc.run_guarded(self._apply(self.preview, self.request), f"recover workflow {self.workflow_id}")

    async def _apply(self, preview: RecoveryPreview, request: RecoveryRequest) -> None:
        proposal = recovery_rows.apply_proposal(self.workflow_id, preview)
        if await self.app.push_screen_wait(ProposalDialog(proposal)) is None:
            return
        _ = self.dismiss(
            await recovering.apply(self.session.client, self.workflow_id, request, preview, self.session.output_dir)
        )
