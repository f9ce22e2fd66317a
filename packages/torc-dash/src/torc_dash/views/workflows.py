"""The list of workflows."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from torc_client.answers import id_of
from torc_client.api.records import WorkflowModel, WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.errors import ForbiddenError, NotFoundError
from torc_dash.rendering import respond
from torc_dash.table_definitions import WORKFLOWS, ListedWorkflow
from torc_dash.tables import Table, read_query, shape
from torc_dash.upstream import CLIENT

PATH = "/workflows"
# Concurrent requests for statuses; a page has at most 250 rows.
_STATUSES_AT_ONCE = 8


@dataclass(frozen=True)
class WorkflowsPage:
    """The values of the template."""

    table: Table
    live: bool = True
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Listed:
    items: list[ListedWorkflow]
    total_count: int


async def page(request: web.Request) -> web.Response:
    """Show one page of the list, with the progress of each workflow."""
    client = request.app[CLIENT]
    query = read_query(WORKFLOWS, request.query)
    found = await client.workflows.list_workflows(**query.arguments())
    turns = asyncio.Semaphore(_STATUSES_AT_ONCE)
    statuses = await asyncio.gather(*(_status(client, workflow, turns) for workflow in found.items))
    listed = _Listed([ListedWorkflow(*pair) for pair in zip(found.items, statuses, strict=True)], found.total_count)
    return respond(request, "pages/workflows.html", WorkflowsPage(shape(WORKFLOWS, query, listed, PATH, {})))


async def _status(
    client: TorcClient, workflow: WorkflowModel, turns: asyncio.Semaphore
) -> WorkflowStatusResponse | None:
    async with turns:
        try:
            return await client.workflows.get_workflow_status(id_of(workflow))
        except (NotFoundError, ForbiddenError):
            # Deleted in the meantime, or without access for this user: the row has no status.
            return None
