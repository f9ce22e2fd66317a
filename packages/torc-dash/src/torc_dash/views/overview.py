"""The overview of a workflow: what to know now, counts, groups, what runs and ended, throughput, what to do next."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from torc_client.api.records import (
    ExplainResponse,
    FailuresResponse,
    ThroughputResponse,
    WorkflowModel,
    WorkflowStatusResponse,
)
from torc_client.edge.filter_language import quoted
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import ACTIVE, count_in, has_runners, workflow_state
from torc_client.overview.next_steps import FIRST_START_TO_LAST_END, NextStep, next_step
from torc_client.overview.progress import ORDER, count
from torc_client.overview.sentences import ENDING_SOON, MOST_CLUSTERS, MOST_NODES, sample_of
from torc_client.text import duration
from torc_dash import addresses
from torc_dash.addresses import ID
from torc_dash.background_answers import Answered
from torc_dash.explanations import EXPLANATIONS
from torc_dash.first_errors import FIRST_ERRORS, FirstError
from torc_dash.overview_answers import GROUPS, THROUGHPUTS
from torc_dash.overview_groups import GroupsNow, groups_now
from torc_dash.overview_jobs import JobsNow, read_jobs
from torc_dash.overview_news import News, about_failures, about_nodes, about_obstacles, about_pace
from torc_dash.rendering import PAGE_CHROME, respond
from torc_dash.sparkline import Sparkline, sparkline
from torc_dash.table_definitions import time
from torc_dash.tasks.registry import TASKS
from torc_dash.upstream import CLIENT
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

# Fewer bars show nothing.
_FEWEST_BINS = 5


@dataclass(frozen=True)
class Card:
    """A number with its caption, and a link to its rows."""

    caption: str
    value: str
    href: str
    status: str = ""


@dataclass(frozen=True)
class OverviewFact:
    """A caption and a value. A `moment` is a point in time."""

    caption: str
    value: str
    moment: str = ""


@dataclass(frozen=True)
class SharedWith:
    """An access group whose members can use the workflow."""

    name: str
    href: str


@dataclass(frozen=True)
class Pace:
    """The ended attempts by time, and what a bar and the width stand for."""

    line: Sparkline
    label: str
    start: str
    rate: str


@dataclass(frozen=True)
class OverviewPage:
    """The values of the template. What is still being asked comes later by itself."""

    frame: WorkflowFrame
    next: NextStep | None
    news: tuple[News, ...]
    is_asking: bool
    cards: tuple[Card, ...]
    groups: GroupsNow | None
    groups_problem: str
    groups_asking: bool
    graph_href: str
    jobs: JobsNow
    running_href: str
    results_href: str
    pace: Pace | None
    pace_asking: bool
    facts: tuple[OverviewFact, ...]
    shared_with: tuple[SharedWith, ...]
    share_href: str
    here: str


async def page(request: web.Request) -> web.StreamResponse:
    """Show how a workflow is."""
    workflow_id = workflow_id_of(request)
    moved = _moved(workflow_id, request.query)
    if moved:
        raise web.HTTPFound(moved)
    client = request.app[CLIENT]
    (frame, (failures, errors), jobs, nodes), (obstacles, pace, groups) = await asyncio.gather(
        asyncio.gather(
            load_frame(request, workflow_id, "overview"),
            _failures(request, workflow_id),
            read_jobs(client, workflow_id),
            client.compute_nodes.list_compute_nodes(
                workflow_id=workflow_id, filter=ENDING_SOON, sort_by="end_time", limit=MOST_NODES
            ),
        ),
        asyncio.gather(
            request.app[EXPLANATIONS].soon(workflow_id),
            request.app[THROUGHPUTS].soon(workflow_id),
            request.app[GROUPS].soon(workflow_id),
        ),
    )
    status = frame.status
    news = about_failures(
        workflow_id,
        failures,
        errors,
        can_change=not request.app[PAGE_CHROME].read_only,
        can_recover=workflow_state(status).is_over and not has_runners(status),
    )
    if status.total_jobs and not status.is_complete:
        reasons = obstacles.value.reasons if obstacles.value is not None else ()
        news += about_obstacles(workflow_id, reasons, runs=bool(count_in(status.jobs_by_status, ACTIVE)))
        news += _problem(obstacles)
        news += about_pace(pace.value) if pace.value is not None else ()
        news += about_nodes(workflow_id, nodes.items, datetime.now(UTC))
    return respond(
        request,
        "pages/overview.html",
        OverviewPage(
            frame=frame,
            next=next_step(status, runs_here=request.app[TASKS].runs(workflow_id)),
            news=news,
            is_asking=any(answered.is_asking for answered in errors.values()) or obstacles.is_asking or pace.is_asking,
            cards=_cards(workflow_id, status),
            groups=groups_now(workflow_id, groups.value) if groups.value is not None else None,
            groups_problem=groups.problem or "",
            groups_asking=groups.is_asking,
            graph_href=addresses.graph(workflow_id),
            jobs=jobs,
            running_href=addresses.jobs(workflow_id, filter="status=running", sort="start_time"),
            results_href=addresses.table(workflow_id, "results", sort="id", reverse=1),
            pace=_pace(pace.value),
            pace_asking=pace.is_asking,
            facts=_facts(frame.workflow, status),
            shared_with=tuple(
                SharedWith(inert_line(name), addresses.access_groups(name=name))
                for name in frame.workflow.access_groups or ()
            ),
            share_href=addresses.access_groups(workflow=workflow_id),
            here=addresses.workflow(workflow_id),
        ),
    )


def _moved(workflow_id: int, query: Mapping[str, str]) -> str:
    """Return where a table is that this page had; empty if the address names none."""
    match query.get("tab"):
        case "jobs":
            words = [f"{name}={quoted(query[name])}" for name in ("status",) if query.get(name)]
            words += [f"{name}~{quoted(query[name])}" for name in ("name", "command") if query.get(name)]
            return addresses.jobs(workflow_id, filter=" ".join(words))
        case "results":
            return addresses.table(workflow_id, "results")
        case "compute_nodes":
            return addresses.table(workflow_id, "nodes")
        case _:
            return ""


async def _failures(
    request: web.Request, workflow_id: int
) -> tuple[FailuresResponse, Mapping[int, Answered[FirstError | None]]]:
    """Return what failed, and a line of the log of one job of each kind."""
    found = await request.app[CLIENT].workflows.list_failures(workflow_id)
    samples = [job_id for each in found.clusters[:MOST_CLUSTERS] if (job_id := sample_of(each)) is not None]
    answers = await asyncio.gather(*(request.app[FIRST_ERRORS].soon(job_id) for job_id in samples))
    return found, dict(zip(samples, answers, strict=True))


def _problem(answered: Answered[ExplainResponse]) -> tuple[News, ...]:
    """Return why it is not known why jobs do not run."""
    return () if answered.problem is None else (News("waits", inert_line(answered.problem)),)


def _cards(workflow_id: int, status: WorkflowStatusResponse) -> tuple[Card, ...]:
    """Return the counts with links to their jobs. A status without jobs is left out."""
    return (
        Card("jobs", f"{status.total_jobs:,}", addresses.jobs(workflow_id)),
        *(
            Card(
                one.value,
                f"{count(status, one):,}",
                addresses.jobs(workflow_id, filter=f"status={one.value}"),
                one.value,
            )
            for one in ORDER
            if count(status, one)
        ),
    )


def _pace(found: ThroughputResponse | None) -> Pace | None:
    line = sparkline(found.ended) if found is not None else None
    if found is None or line is None or len(found.ended) < _FEWEST_BINS:
        return None
    width, total = duration(found.bin_seconds), duration(found.bin_seconds * len(found.ended))
    return Pace(
        line,
        label=f"Attempts that ended in each {width}: at most {line.most:,}",
        start=found.start_time or "",
        rate=f"{total}; a bar is {width}, the highest one {line.most:,} attempts.",
    )


def _facts(workflow: WorkflowModel, status: WorkflowStatusResponse) -> tuple[OverviewFact, ...]:
    facts = [
        OverviewFact("Owner", workflow.user),
        OverviewFact("Created", "", time(workflow.timestamp).text),
        OverviewFact("Run", str(status.run_id if status.run_id is not None else workflow.run_id)),
        OverviewFact("Active compute nodes", f"{status.active_compute_nodes:,}"),
        OverviewFact("Time in jobs", duration(status.total_exec_time_minutes * 60)),
    ]
    if status.walltime_seconds is not None:
        facts.append(OverviewFact(FIRST_START_TO_LAST_END, duration(status.walltime_seconds)))
    if workflow.project:
        facts.append(OverviewFact("Project", inert_line(workflow.project)))
    if workflow.submission_directory:
        facts.append(OverviewFact("Directory", inert_line(workflow.submission_directory)))
    return tuple(facts)


ROUTES = (web.get(f"/workflows/{ID}", page, name="overview"),)
