"""The list of workflows: those of the reader that are not archived, unless the reader chooses others."""

import asyncio
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from torc_client.address import DEFAULT_URL
from torc_client.api.records import WorkflowModel, WorkflowProgressModel, WorkflowStatusResponse
from torc_client.client import TorcClient, current_user
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import WorkflowState
from torc_client.overview.progress import summarize
from torc_client.vocabulary.records import WORKFLOWS
from torc_client.vocabulary.rows import Row
from torc_dash import addresses
from torc_dash.access_group_rights import names_of_mine
from torc_dash.actions.offers import BulkAction, on_several_workflows
from torc_dash.live.stream import ALL, MINE
from torc_dash.progress import slices_of
from torc_dash.record_cells import JobsProgress
from torc_dash.record_csv import send_csv
from torc_dash.record_tables import Found, RecordQuery, RecordTable, read_record_query, shape_records, with_counts
from torc_dash.rendering import PAGE_CHROME, respond
from torc_dash.specs.examples import EXAMPLES, Example
from torc_dash.upstream import CLIENT, UPSTREAM, Upstream

PATH = "/workflows"
ALL_USERS, ARCHIVED, ACCESS_GROUP = "users", "archived", "access_group"
_EXTRA = (ALL_USERS, ARCHIVED, ACCESS_GROUP)
_COMPLETE = (WorkflowState.COMPLETED, WorkflowState.FAILED, WorkflowState.CANCELED)


@dataclass(frozen=True)
class Scope:
    """A choice of which workflows are listed."""

    title: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class WorkflowsPage:
    """The values of the template."""

    table: RecordTable
    actions: tuple[BulkAction, ...]
    """Those on selected workflows; none in a read-only dashboard."""

    scopes: tuple[Scope, ...]
    groups: tuple[Scope, ...]
    """The access groups whose workflows can be listed; none if the user belongs to none."""

    is_new: bool
    """Whether there is nothing to list, and nothing is left out."""

    new_href: str
    examples: tuple[Example, ...]
    run_command: str
    """What runs a file on this server in a terminal."""

    live: str
    """The list whose changes concern the page."""


async def page(request: web.Request) -> web.Response:
    """Show one page of the list, with the progress of each workflow.

    One call for the list, one for each chip, and one for the access groups.
    """
    client = request.app[CLIENT]
    asked = read_record_query(WORKFLOWS, request.query, datetime.now(UTC), _EXTRA)
    found, counts, groups = await asyncio.gather(_found(client, asked), _counts(client, asked), names_of_mine(client))
    links = {row.record.id: addresses.workflow(row.record.id) for row in found.rows}
    table = with_counts(shape_records(WORKFLOWS, asked, found, PATH, links), counts)
    has_new = "new" in request.app.router.named_resources()
    is_new = not (found.total or asked.filter or asked.extra.get(ARCHIVED) or asked.extra.get(ACCESS_GROUP))
    return respond(
        request,
        "pages/workflows.html",
        WorkflowsPage(
            table,
            () if request.app[PAGE_CHROME].read_only else on_several_workflows(),
            _scopes(asked),
            _groups(asked, groups),
            is_new,
            addresses.new() if has_new else "",
            tuple(request.app[EXAMPLES].values()),
            _run_command(request.app[UPSTREAM]),
            ALL if _is_of_all(asked) else MINE,
        ),
    )


async def page_csv(request: web.Request) -> web.StreamResponse:
    """Send the list as CSV."""
    asked = read_record_query(WORKFLOWS, {**request.query, "size": "250"}, datetime.now(UTC), _EXTRA)
    if asked.problem:
        raise web.HTTPUnprocessableEntity(text=f"The filter is not valid. {asked.problem}")

    async def parts() -> Any:
        number = 1
        while (found := await _found(request.app[CLIENT], asked, page=number)).rows:
            yield found.rows
            number += 1

    return await send_csv(request, "workflows", asked.columns, parts())


def _run_command(upstream: Upstream) -> str:
    url = upstream.worker_url or upstream.url
    return "torc run FILE" if url == DEFAULT_URL else f"TORC_API_URL={shlex.quote(url)} torc run FILE"


def _is_of_all(asked: RecordQuery) -> bool:
    """Whether the list has workflows of all users. Those of an access group belong to several."""
    return bool(asked.extra.get(ALL_USERS) or asked.extra.get(ACCESS_GROUP))


def _scope(asked: RecordQuery) -> dict[str, Any]:
    """Return the arguments that select the workflows. A filter of archived ones selects them by itself."""
    by_filter = "archived" in asked.filter
    return {
        "user": None if _is_of_all(asked) else current_user(),
        "access_group": asked.extra.get(ACCESS_GROUP),
        "is_archived": None if by_filter else bool(asked.extra.get(ARCHIVED)),
    }


async def _found(client: TorcClient, asked: RecordQuery, page: int | None = None) -> Found:
    if asked.problem:
        return Found((), 0)
    arguments = asked.arguments(WORKFLOWS)
    if page is not None:
        arguments["offset"] = (page - 1) * asked.size
    answer = await client.workflows.list_workflows(**arguments, **_scope(asked), with_progress=True)
    return Found([_row(each) for each in answer.items], answer.total_count)


async def _counts(client: TorcClient, asked: RecordQuery) -> list[int]:
    """Return how many workflows each chip would show."""
    calls = (client.workflows.list_workflows(filter=quick.text, limit=0, **_scope(asked)) for quick in WORKFLOWS.quick)
    return [answer.total_count for answer in await asyncio.gather(*calls)]


def _row(workflow: WorkflowModel) -> Row:
    known = workflow.progress
    if known is None:  # a server without this extension
        return Row(workflow)
    status = _as_status(workflow, known)
    return Row(
        workflow,
        {
            "progress": JobsProgress(summarize(status).description, slices_of(status)),
            "state": known.state,
            "active_compute_nodes": known.active_compute_nodes,
            "first_node_start": known.first_node_start,
            "seconds_left": known.seconds_left,
        },
    )


def _as_status(workflow: WorkflowModel, known: WorkflowProgressModel) -> WorkflowStatusResponse:
    """Return the part of a status that the progress of a list has."""
    return WorkflowStatusResponse(
        active_compute_nodes=known.active_compute_nodes,
        active_scheduled_nodes=0,
        is_canceled=bool(workflow.is_canceled),
        is_complete=known.state in _COMPLETE,
        jobs_by_status=known.jobs_by_status,
        pending_scheduled_nodes=0,
        runtime_blocked_ready_jobs=0,
        total_exec_time_minutes=0.0,
        total_jobs=known.total_jobs,
        workflow_id=workflow.id or 0,
        workflow_name=workflow.name,
        workflow_user=workflow.user,
    )


def _scopes(asked: RecordQuery) -> tuple[Scope, ...]:
    everyone, archived = asked.extra.get(ALL_USERS), asked.extra.get(ARCHIVED)
    group = asked.extra.get(ACCESS_GROUP)

    def link(**changes: str | None) -> str:
        kept = {"filter": asked.filter, ALL_USERS: everyone, ARCHIVED: archived}
        return addresses.workflows(**{**kept, **changes})

    return (
        Scope("mine", link(users=None), not everyone and not group),
        Scope("all users", link(users="all"), bool(everyone) and not group),
        Scope("archived", link(archived=None if archived else "1", access_group=group), bool(archived)),
    )


def _groups(asked: RecordQuery, names: tuple[str, ...]) -> tuple[Scope, ...]:
    """Return a choice for each access group of the user, and for the chosen one."""
    chosen = asked.extra.get(ACCESS_GROUP)
    every = dict.fromkeys((*((chosen,) if chosen and chosen not in names else ()), *names))
    kept = {"filter": asked.filter, ARCHIVED: asked.extra.get(ARCHIVED)}
    return tuple(
        Scope(
            inert_line(name),
            addresses.workflows(**kept, **({} if name == chosen else {ACCESS_GROUP: name})),
            name == chosen,
        )
        for name in every
    )


ROUTES = (web.get("/", page), web.get(PATH, page, name="workflows"), web.get(f"{PATH}.csv", page_csv))
