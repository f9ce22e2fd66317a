"""The line of the chosen workflow: its name, state and progress, above its views."""

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from torc_client.api.records import WorkflowModel
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import COMPLETE, UNSUCCESSFUL, count_in
from torc_client.text import time_left
from torc_client.tui.pane import Pane
from torc_client.tui.tables.marks import MARKS, STYLES

_BAR_CELLS = 10


def chosen_text(workflow: WorkflowModel) -> Text:
    """Return a workflow in one line. Pure."""
    known = workflow.progress
    text = Text(no_wrap=True, overflow="ellipsis")
    if known is None:
        return text.append(inert_line(f"{workflow.id} {workflow.name}"), "bold")
    text.append(f"{MARKS.get(known.state, ' ')} ", STYLES.get(known.state, ""))
    text.append(inert_line(f"{workflow.id} {workflow.name}"), "bold")
    text.append(f"  {known.state}", STYLES.get(known.state, ""))
    if not known.total_jobs:
        return text
    counts = known.jobs_by_status
    ended = count_in(counts, COMPLETE)
    filled = ended * _BAR_CELLS // known.total_jobs
    text.append(f"  {'█' * filled}{'░' * (_BAR_CELLS - filled)} {ended:,}/{known.total_jobs:,}")
    failed = count_in(counts, UNSUCCESSFUL) - counts.canceled
    if failed:
        text.append(f"  ✗ {failed:,}", "red")
    if counts.running:
        text.append(f"  ▶ {counts.running:,}", "yellow")
    if known.seconds_left and known.state == "running":
        text.append(f"  {time_left(known.seconds_left)}")
    return text


class ChosenLine(Pane):
    """The line of the chosen workflow."""

    title = "the chosen workflow"
    kinds = frozenset({"status", "workflow"})

    def compose(self) -> ComposeResult:
        """Compose the line."""
        yield Static(markup=False)

    async def load(self) -> None:
        """Read the workflow."""
        chosen = self.session.workflow_id
        if chosen is None:
            self._show(Text())
            return
        page = await self.session.client.workflows.list_workflows(filter=f"id={chosen}", limit=1, with_progress=True)
        if chosen == self.session.workflow_id:
            self._show(chosen_text(page.items[0]) if page.items else Text(f"  workflow {chosen}"))

    def _show(self, text: Text) -> None:
        self.query_one(Static).update(text, layout=False)
