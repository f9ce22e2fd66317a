"""What all pages of a workflow show around their content: name, state, progress and tabs."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowModel, WorkflowStatusResponse
from torc_client.job_statuses import UNSUCCESSFUL, WorkflowState, count_in
from torc_client.overview.progress import StateSummary, count, is_final, summarize
from torc_dash import addresses, navigation
from torc_dash.actions.action import Situation
from torc_dash.actions.offers import Offers, of_workflow
from torc_dash.navigation import Link
from torc_dash.progress import slices_of
from torc_dash.tables import Slice
from torc_dash.tasks.registry import TASKS
from torc_dash.upstream import CLIENT


@dataclass(frozen=True)
class WorkflowFrame:
    """The values of `workflow.html`; the page of a workflow has them as its member `frame`."""

    id: int
    workflow: WorkflowModel
    status: WorkflowStatusResponse
    summary: StateSummary
    slices: tuple[Slice, ...]
    tabs: tuple[Link, ...]
    live: bool
    """Whether something can still change by itself."""

    href: str
    offers: Offers
    tasks: tuple[Link, ...]
    """The tasks of this dashboard that work on it."""

    @property
    def is_unsuccessful(self) -> bool:
        """Whether a job was not successful."""
        return count_in(self.status.jobs_by_status, UNSUCCESSFUL) > 0

    @property
    def icon(self) -> str:
        """The variant of the icon: running, failed, completed, or none."""
        if self.is_unsuccessful:
            return "failed"
        if self.live:
            return "running" if self.summary.state == WorkflowState.RUNNING else ""
        return "completed" if self.summary.state == WorkflowState.COMPLETED else ""

    @property
    def title(self) -> str:
        """The title of the window: progress or result, and name."""
        name = self.workflow.name
        if not self.live:
            return f"✗ {name}" if self.is_unsuccessful else f"✓ {name}" if self.icon else name
        # Rounded down: 100 % is the end.
        percent = 100 * count(self.status, JobStatus.COMPLETED) // max(self.status.total_jobs, 1)
        return f"{percent} %{' ✗' if self.is_unsuccessful else ''} {name}"


def workflow_id_of(request: web.Request) -> int:
    """Return the id of the workflow in the path of the request."""
    return int(request.match_info["id"])


async def load_frame(request: web.Request, workflow_id: int, tab: str = "") -> WorkflowFrame:
    """Read the workflow and its status. `tab` is the key of the chosen tab."""
    client = request.app[CLIENT]
    workflow, status = await asyncio.gather(
        client.workflows.get_workflow(workflow_id), client.workflows.get_workflow_status(workflow_id)
    )
    return WorkflowFrame(
        id=workflow_id,
        workflow=workflow,
        status=status,
        summary=summarize(status),
        slices=slices_of(status),
        tabs=navigation.tabs(request, workflow_id, tab),
        live=not is_final(status),
        href=addresses.workflow(workflow_id),
        offers=of_workflow(Situation(workflow, status, runs_here=request.app[TASKS].runs(workflow_id))),
        tasks=tuple(
            Link(f"task-{one.id}", one.title, addresses.task(one.id), chosen=False)
            for one in request.app[TASKS].of_workflow(workflow_id)
        ),
    )
