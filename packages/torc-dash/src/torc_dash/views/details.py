"""One workflow: its job counts by status, jobs, results and compute nodes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from torc_client.api.records import ExplainResponse, WorkflowModel, WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert_line
from torc_client.text import duration
from torc_dash.addresses import ID
from torc_dash.background_answers import Answered
from torc_dash.explanations import EXPLANATIONS
from torc_dash.progress import ORDER, count
from torc_dash.rendering import respond
from torc_dash.table_definitions import COMPUTE_NODES, JOBS, RESULTS, time
from torc_dash.tables import Page, Table, TableDefinition, href, read_query, shape
from torc_dash.upstream import CLIENT
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

_MOST_REASONS = 8


@dataclass(frozen=True)
class _Tab:
    title: str
    of: TableDefinition[Any]
    fetch: Callable[[TorcClient], Callable[..., Awaitable[Page[Any]]]]


_TABS = {
    "jobs": _Tab("Jobs", JOBS, lambda client: client.jobs.list_jobs),
    "results": _Tab("Results", RESULTS, lambda client: client.results.list_results),
    "compute_nodes": _Tab("Compute nodes", COMPUTE_NODES, lambda client: client.compute_nodes.list_compute_nodes),
}


@dataclass(frozen=True)
class Card:
    """A number with its caption; `href` links to its rows."""

    caption: str
    value: str
    status: str | None = None
    href: str | None = None


@dataclass(frozen=True)
class TabLink:
    """A tab's title and address."""

    title: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class DetailsPage:
    """The values of the template."""

    frame: WorkflowFrame
    created: str
    reasons: tuple[str, ...]
    """Why jobs run or do not run, as sentences of the server."""

    cards: tuple[Card, ...]
    facts: tuple[Card, ...]
    tabs: tuple[TabLink, ...]
    table: Table
    fixed: tuple[tuple[str, str], ...]


async def page(request: web.Request) -> web.Response:
    """Show a workflow and one page of the table on the chosen tab."""
    client = request.app[CLIENT]
    id = workflow_id_of(request)  # noqa: A001 - the contract's name
    word = request.query.get("tab", "jobs")
    word = word if word in _TABS else "jobs"
    tab = _TABS[word]
    query = read_query(tab.of, request.query)
    frame, explained, found = await asyncio.gather(
        load_frame(request, id, "overview"),
        request.app[EXPLANATIONS].fresh(id),
        tab.fetch(client)(workflow_id=id, **query.arguments()),
    )
    path = f"/workflows/{id}"
    fixed = {"tab": word}
    return respond(
        request,
        "pages/details.html",
        DetailsPage(
            frame=frame,
            created=time(frame.workflow.timestamp).text,
            reasons=_reasons(explained),
            cards=_cards(frame.status, path, request.query.get("status") if word == "jobs" else None),
            facts=_facts(frame.workflow, frame.status),
            tabs=tuple(TabLink(one.title, href(path, {"tab": name}), name == word) for name, one in _TABS.items()),
            table=shape(tab.of, query, found, path, fixed),
            fixed=tuple(fixed.items()),
        ),
    )


def _reasons(answered: Answered[ExplainResponse]) -> tuple[str, ...]:
    """Return the first reasons. Without an answer there is one: why there is none."""
    if answered.value is None:
        return () if answered.problem is None else (inert_line(answered.problem),)
    return tuple(inert_line(reason.message) for reason in answered.value.reasons[:_MOST_REASONS])


def _cards(status: WorkflowStatusResponse, path: str, chosen: str | None) -> tuple[Card, ...]:
    """Return the counts with links to their jobs. A status without jobs is left out unless it is chosen."""
    everything = Card("jobs", f"{status.total_jobs:,}", None, href(path, {"tab": "jobs"}))
    return (
        everything,
        *(
            Card(one.value, f"{count(status, one):,}", one.value, href(path, {"tab": "jobs", "status": one.value}))
            for one in ORDER
            if count(status, one) or one.value == chosen
        ),
    )


def _facts(workflow: WorkflowModel, status: WorkflowStatusResponse) -> tuple[Card, ...]:
    facts = [
        Card("Run", str(status.run_id if status.run_id is not None else workflow.run_id)),
        Card("Active compute nodes", str(status.active_compute_nodes)),
        Card("Time in jobs", duration(status.total_exec_time_minutes * 60)),
    ]
    if status.walltime_seconds is not None:
        facts.append(Card("Elapsed", duration(status.walltime_seconds)))
    if workflow.project:
        facts.append(Card("Project", workflow.project))
    if workflow.submission_directory:
        facts.append(Card("Directory", workflow.submission_directory))
    return tuple(facts)


ROUTES = (web.get(f"/workflows/{ID}", page, name="overview"),)
