"""Everything about the chosen workflow: its settings, its submission directory, its actions."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from torc_client.api.records import WorkflowActionModel
from torc_client.edge.terminal_text import inert_line
from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.pane import Pane
from torc_client.tui.screens.record import text_of
from torc_client.tui.tables.record_sections import sections_of
from torc_client.tui.tables.sections import DetailSection, Loaded, SectionLine
from torc_client.vocabulary.records import WORKFLOWS
from torc_client.vocabulary.rows import Row, shown_json


def action_section(actions: list[WorkflowActionModel]) -> DetailSection:
    """Return the actions of a workflow: what triggers each, what it does, and whether that was done. Pure."""
    lines = []
    for action in actions:
        done = "executed" if action.executed else "not executed"
        what = f"{action.action_type} {shown_json(action.action_config)}"
        lines.append(SectionLine(inert_line(action.trigger_type), inert_line(f"{what} ({done})")))
    return DetailSection("Actions", tuple(lines))


class DetailsPane(Pane):
    """Everything about the chosen workflow."""

    title = "Details"
    scope = Scope.DETAILS
    kinds = frozenset({"workflow"})
    SCOPES = (Scope.DETAILS,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._loaded: Loaded | None = None
        self._shown_id: int | None = None

    def compose(self) -> ComposeResult:
        """Compose the text."""
        with VerticalScroll():
            yield Static("", markup=False)

    async def load(self) -> None:
        """Read the workflow and its actions."""
        chosen, client = self.session.workflow_id, self.session.client
        if chosen is None:
            self._loaded = None
            self.query_one(Static).update("No workflow is chosen.")
            return
        workflow = await client.workflows.get_workflow(chosen)
        actions = await client.workflow_actions.get_workflow_actions(chosen)
        loaded = sections_of(WORKFLOWS, Row(workflow))
        if chosen != self.session.workflow_id:
            return
        more = (action_section(actions),) if actions else ()
        self._loaded = loaded
        self.query_one(Static).update(text_of((*loaded.sections, *more)))
        if chosen != self._shown_id:
            self._shown_id = chosen
            self.query_one(VerticalScroll).scroll_home(animate=False)

    def do_copy_record(self) -> None:
        """Copy the record of the workflow."""
        if self._loaded is not None:
            self.torc.copy(self._loaded.copied, self._loaded.copied_name)
