"""Show what a line or a node leads to."""

from typing import TYPE_CHECKING, Any

from torc_client.tui.lines.line import LineTarget

if TYPE_CHECKING:
    from torc_client.tui.app import TorcApp
    from torc_client.tui.pane import Pane


async def open_target(app: "TorcApp", target: LineTarget) -> None:
    """Show the log of a job, the jobs that match a filter, or a view."""
    if target.log_of:
        app.show_log(target.log_of)
        return
    filter_text = f"id={target.job_id}" if target.job_id else target.filter
    pane: Any = await app.main.show_view(target.view or "jobs", focus=True)
    if filter_text:
        await pane.show_jobs(filter_text)


async def show_near(pane: "Pane") -> None:
    """Show the graph of the jobs near the job of the row."""
    of_jobs: Any = pane
    ids = of_jobs.chosen_ids()
    if ids:
        graph: Any = await pane.torc.main.show_view("graph", focus=True)
        graph.show_near(ids[0])
