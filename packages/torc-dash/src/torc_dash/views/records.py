"""The tables of a workflow: jobs, results, files and all other records."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from torc_client.api.records import JobGroupModel, WorkflowStatusResponse
from torc_client.errors import ApiError
from torc_dash import addresses
from torc_dash.actions.of_jobs import FAIL_JOBS, JOB_ACTIONS
from torc_dash.actions.offers import BulkAction
from torc_dash.addresses import ID
from torc_dash.group_list import GroupList, group_list
from torc_dash.record_csv import send_csv
from torc_dash.record_tables import RecordQuery, RecordTable, read_record_query, shape_records
from torc_dash.rendering import PAGE_CHROME, respond
from torc_dash.table_sources import EVENTS_SOURCE, JOBS_SOURCE, SOURCES, TableSource, each_row, find, links_of
from torc_dash.upstream import CLIENT
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

_NAME = "{name:[a-z-]{1,40}}"


@dataclass(frozen=True)
class TableLink:
    """A table of the workflow in the list of its tables."""

    title: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class RecordsPage:
    """The values of the template."""

    frame: WorkflowFrame
    title: str
    table: RecordTable
    others: tuple[TableLink, ...]
    actions: tuple[BulkAction, ...]
    live: str
    groups: GroupList | None = None
    """The groups beside the table of jobs."""


async def table_page(request: web.Request) -> web.Response:
    """Show a page of a table."""
    return await _page(request, _source_of(request))


async def jobs_page(request: web.Request) -> web.Response:
    """Show a page of the jobs."""
    return await _page(request, JOBS_SOURCE)


async def events_page(request: web.Request) -> web.Response:
    """Show a page of the stored events."""
    return await _page(request, EVENTS_SOURCE)


async def table_csv(request: web.Request) -> web.StreamResponse:
    """Send a whole table as CSV."""
    return await _csv(request, _source_of(request))


async def events_csv(request: web.Request) -> web.StreamResponse:
    """Send all events that match as CSV."""
    return await _csv(request, EVENTS_SOURCE)


async def jobs_csv(request: web.Request) -> web.StreamResponse:
    """Send all jobs that match as CSV."""
    return await _csv(request, JOBS_SOURCE)


def _source_of(request: web.Request) -> TableSource:
    source = SOURCES.get(request.match_info["name"])
    if source is None:
        raise web.HTTPNotFound
    return source


def _query(request: web.Request, source: TableSource) -> RecordQuery:
    return read_record_query(source.words, request.query, datetime.now(UTC), source.extra)


def _path(workflow_id: int, source: TableSource) -> str:
    if source is EVENTS_SOURCE:
        return addresses.events(workflow_id)
    return addresses.jobs(workflow_id) if source is JOBS_SOURCE else addresses.table(workflow_id, source.name)


async def _page(request: web.Request, source: TableSource) -> web.Response:
    workflow_id = workflow_id_of(request)
    asked = _query(request, source)
    frame, found, groups = await asyncio.gather(
        load_frame(request, workflow_id, source.tab),
        find(request.app[CLIENT], workflow_id, source, asked),
        _groups(request, workflow_id, source),
    )
    links = links_of(source, found.rows) if "job" in request.app.router.named_resources() else {}
    table = shape_records(source.words, asked, found, _path(workflow_id, source), links)
    page = RecordsPage(
        frame=frame,
        title=source.title,
        table=table,
        others=(
            TableLink(JOBS_SOURCE.title, addresses.jobs(workflow_id), source is JOBS_SOURCE),
            *(TableLink(each.title, _path(workflow_id, each), each is source) for each in SOURCES.values()),
        ),
        actions=_actions(request, workflow_id, source, frame.status),
        live=source.live,
        groups=group_list(workflow_id, groups, asked.filter, table.kept),
    )
    return respond(request, "pages/records.html", page)


async def _groups(request: web.Request, workflow_id: int, source: TableSource) -> Sequence[JobGroupModel]:
    """Return the groups of the jobs; none for other tables, and where the server does not know them."""
    if source is not JOBS_SOURCE:
        return ()
    try:
        return (await request.app[CLIENT].workflows.list_job_groups(workflow_id)).groups
    except ApiError as error:
        if error.status == 404:
            return ()
        raise


def _actions(
    request: web.Request, workflow_id: int, source: TableSource, status: WorkflowStatusResponse
) -> tuple[BulkAction, ...]:
    """Return the actions on selected jobs; none in a read-only dashboard."""
    if source is not JOBS_SOURCE or request.app[PAGE_CHROME].read_only:
        return ()
    has_held = bool(status.jobs_by_status.pending_failed)
    return tuple(
        BulkAction(one.title, addresses.action(workflow_id, one.name))
        for one in JOB_ACTIONS
        if has_held or one is not FAIL_JOBS
    )


async def _csv(request: web.Request, source: TableSource) -> web.StreamResponse:
    workflow_id = workflow_id_of(request)
    asked = _query(request, source)
    if asked.problem:
        raise web.HTTPUnprocessableEntity(text=f"The filter is not valid. {asked.problem}")
    parts = each_row(request.app[CLIENT], workflow_id, source, asked)
    return await send_csv(request, f"workflow-{workflow_id}-{source.name}", asked.columns, parts)


ROUTES = (
    web.get(f"/workflows/{ID}/jobs", jobs_page, name="jobs"),
    web.get(f"/workflows/{ID}/jobs.csv", jobs_csv),
    web.get(f"/workflows/{ID}/events", events_page, name="events"),
    web.get(f"/workflows/{ID}/events.csv", events_csv),
    web.get(f"/workflows/{ID}/tables/{_NAME}", table_page, name="table"),
    web.get(f"/workflows/{ID}/tables/{_NAME}.csv", table_csv),
)
