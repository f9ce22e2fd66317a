"""The list of workflows as a table: which are listed, and their progress in words."""

from dataclasses import dataclass

from torc_client.api.records import WorkflowModel, WorkflowProgressModel
from torc_client.client import TorcClient
from torc_client.job_statuses import COMPLETE, count_in, failed_in
from torc_client.tui.tables.query import ListedRecords, RowWindow, TableQuery
from torc_client.tui.tables.row_cache import Ask
from torc_client.vocabulary import records
from torc_client.vocabulary.rows import Row, sortable

_BAR_WIDTH = 8
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_COLUMNS = ("id", "name", "state", "progress", "seconds_left", "active_compute_nodes", "user", "project", "timestamp")
_KNOWN = {column.member: column for column in records.WORKFLOWS.columns}
WORKFLOWS = ListedRecords("Workflows", records.WORKFLOWS, tuple(_KNOWN[name] for name in _COLUMNS))


@dataclass(frozen=True, slots=True)
class ListedBy:
    """Whose workflows are listed: those of a user, None for all, at a server."""

    url: str
    user: str | None


async def read_workflows(client: TorcClient, user: str | None, query: TableQuery, ask: Ask) -> RowWindow:
    """Read workflows with their progress. Archived ones are listed if the filter speaks of them. Raises TorcError."""
    answer = await client.workflows.list_workflows(
        user=user,
        is_archived=None if "archived" in query.filter else False,
        offset=ask.offset,
        limit=ask.limit,
        sort_by=query.sort if query.sort in sortable(records.WORKFLOWS) else None,
        reverse_sort=query.reverse,
        filter=query.filter or None,
        with_progress=True,
    )
    return RowWindow([workflow_row(each) for each in answer.items], answer.total_count)


def workflow_row(workflow: WorkflowModel) -> Row:
    """Return the row of a workflow. Pure."""
    progress = workflow.progress
    if progress is None:  # a server without this extension
        return Row(workflow)
    joined = {
        "progress": progress_text(progress),
        "state": progress.state,
        "active_compute_nodes": progress.active_compute_nodes or None,
        "first_node_start": progress.first_node_start,
        "seconds_left": progress.seconds_left,
    }
    return Row(workflow, joined)


def progress_text(progress: WorkflowProgressModel) -> str:
    """Return a bar with numbers: "███▌     34,012/100,002 ✗7". Canceled jobs count as ended, not as failed. Pure."""
    counts, total = progress.jobs_by_status, progress.total_jobs
    if not total:
        return "no jobs"
    ended = count_in(counts, COMPLETE)
    failed = failed_in(counts)
    eighths = ended * _BAR_WIDTH * 8 // total
    bar = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    return f"{bar.ljust(_BAR_WIDTH)} {ended:,}/{total:,}" + (f" ✗{failed:,}" if failed else "")
