"""A job: the reasons of its status, its attempts, what it runs, needs and used, and the important lines of its log."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from torc_client.api.enums import JobStatus
from torc_client.api.records import EventModel, JobModel, NeighbourJob, ResourceRequirementsModel
from torc_client.client import TorcClient
from torc_client.errors import ApiError, NotFoundError, TorcError
from torc_client.job_usage import Use, Variable, own_variables, uses_of
from torc_client.log_files.attempt_sources import JobHistory, load_history, node_of, open_source
from torc_client.log_files.line_index import IndexCache
from torc_client.log_files.window_reading import excerpt
from torc_client.overview.neighbours import Neighbourhood, read_neighbours
from torc_client.vocabulary.records import EVENTS
from torc_client.vocabulary.rows import Row
from torc_dash import addresses
from torc_dash.actions.of_jobs import EDIT_JOB
from torc_dash.actions.offers import Offer, of_job
from torc_dash.addresses import ID
from torc_dash.explanations import EXPLANATIONS
from torc_dash.graph_drawing import Drawing
from torc_dash.job_facts import (
    AttemptRow,
    JobFact,
    attempt_row,
    facts_of,
    latest,
    title_of,
)
from torc_dash.job_files import DISK, JobFiles, read_files
from torc_dash.job_reasons import ASKING, Reason, reasons_of
from torc_dash.log_lines import LineLinks, render_lines
from torc_dash.near_drawing import draw_near
from torc_dash.record_cells import RecordCell, cell_of
from torc_dash.rendering import respond
from torc_dash.upstream import CLIENT

_NEIGHBOURS, _DRAWN = 20, 5
_EVENTS = 20
_UNSUCCESSFUL = "failed,terminated,pending_failed"
_OVER = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.DISABLED})
_ICONS = {JobStatus.COMPLETED: "completed", JobStatus.RUNNING: "running"} | dict.fromkeys(
    (JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.PENDING_FAILED), "failed"
)


@dataclass(frozen=True)
class Side:
    """Some jobs that the job waits for, or that wait for it, and the number of all of them in words."""

    title: str
    jobs: Sequence[NeighbourJob]
    number: str


@dataclass(frozen=True)
class RunLink:
    """A run in which the job has attempts."""

    run_id: int
    href: str
    chosen: bool


@dataclass(frozen=True)
class LogExcerpt:
    """Lines of the log around its first known error, or its last lines."""

    title: str
    lines: Markup
    href: str


@dataclass(frozen=True)
class JobPage:
    """The values of the template."""

    job: JobModel
    title: str
    icon: str
    workflow_id: int
    workflow_name: str
    workflow_href: str
    live: bool
    here: str
    is_asking: bool
    """Whether the page asks again for the reasons."""

    reasons: tuple[Reason, ...]
    facts: tuple[JobFact, ...]
    uses: tuple[Use, ...]
    runs: tuple[RunLink, ...]
    attempts: tuple[AttemptRow, ...]
    env: tuple[Variable, ...]
    drawing: Drawing | None
    sides: tuple[Side, ...]
    files: JobFiles
    events: tuple[tuple[RecordCell, ...], ...]
    commands: tuple[str, ...]
    excerpt: LogExcerpt | None
    log_href: str
    graph_href: str
    events_href: str
    jobs_href: str
    previous_href: str
    next_href: str
    edit_href: str
    copy_href: str
    offers: tuple[Offer, ...]


async def page(request: web.Request) -> web.Response:
    """Show a job."""
    client, id = request.app[CLIENT], int(request.match_info["id"])  # noqa: A001 - the contract's name
    history, near = await asyncio.gather(
        load_history(client, id, request.query),
        read_neighbours(client, id, steps=1, limit=_NEIGHBOURS, drawn=_DRAWN),
    )
    job, attempt = history.job, history.chosen
    (requirements, node), (files, events, shown) = await asyncio.gather(
        asyncio.gather(_requirements(client, job), node_of(client, attempt) if attempt else _nothing()),
        asyncio.gather(
            read_files(client, request.app[DISK], job, history.workflow),
            _events(client, job),
            _excerpt(client, history),
        ),
    )
    reasons, ready_at = await asyncio.gather(
        reasons_of(request.app[EXPLANATIONS], history, near), _ready_at(client, history, near)
    )
    shown_page = JobPage(
        job=job,
        title=title_of(history),
        icon=_ICONS.get(job.status or JobStatus.READY, ""),
        workflow_id=job.workflow_id,
        workflow_name=history.workflow.name,
        workflow_href=addresses.workflow(job.workflow_id),
        live=job.status not in _OVER,
        here=request.path_qs,
        is_asking=ASKING in reasons,
        reasons=reasons,
        facts=facts_of(history, node, ready_at, requirements.name if requirements else ""),
        uses=uses_of(attempt.result if attempt else None, requirements),
        runs=_runs(history),
        attempts=tuple(attempt_row(history, one) for one in history.attempts),
        env=own_variables(job.env, history.workflow.env),
        drawing=draw_near(near, leads_to_graph=False) if len(near.jobs) > 1 else None,
        sides=tuple(Side(title, near.at(step)[:_DRAWN], near.number_at(step)) for step, title in _SIDES.items()),
        files=files,
        events=events,
        commands=_commands(job),
        excerpt=shown,
        log_href=addresses.log(id, run=request.query.get("run"), attempt=request.query.get("attempt")),
        graph_href=addresses.graph(job.workflow_id, job=id),
        events_href=addresses.events(job.workflow_id, filter=f"job_id={id}"),
        jobs_href=addresses.jobs(job.workflow_id),
        previous_href=f"/jobs/{id}/failed/previous",
        next_href=f"/jobs/{id}/failed/next",
        edit_href=addresses.action(job.workflow_id, EDIT_JOB.name, ids=id),
        copy_href=addresses.new(**{"from": job.workflow_id}),
        offers=of_job(job.workflow_id, job),
    )
    return respond(request, "pages/job.html", shown_page)


_SIDES = {-1: "Needs", 1: "Needed by"}


async def next_failed(request: web.Request) -> web.Response:
    """Redirect to the next or previous unsuccessful job of the workflow, by id; to the job itself if there is none."""
    client, id = request.app[CLIENT], int(request.match_info["id"])  # noqa: A001 - the contract's name
    job = await client.jobs.get_job(id)
    forward = request.match_info["direction"] == "next"
    found = await client.jobs.list_jobs(
        workflow_id=job.workflow_id,
        filter=f"status={_UNSUCCESSFUL} id{'>' if forward else '<'}{id}",
        limit=1,
        sort_by="id",
        reverse_sort=not forward,
    )
    raise web.HTTPFound(addresses.job(found.items[0].id or id if found.items else id))


async def _nothing() -> None:
    return None


async def _requirements(client: TorcClient, job: JobModel) -> ResourceRequirementsModel | None:
    if job.resource_requirements_id is None:
        return None
    try:
        return await client.resource_requirements.get_resource_requirements(job.resource_requirements_id)
    except NotFoundError:
        return None


async def _events(client: TorcClient, job: JobModel) -> tuple[tuple[RecordCell, ...], ...]:
    """Return the time and the text of the latest stored events that name the job."""
    try:
        found = await client.events.list_events(
            workflow_id=job.workflow_id, filter=f"job_id={job.id}", sort_by="id", reverse_sort=True, limit=_EVENTS
        )
    except ApiError:  # a server without this field
        return ()
    return tuple(_event(one) for one in found.items)


def _event(one: EventModel) -> tuple[RecordCell, ...]:
    _, time, data = EVENTS.columns
    return cell_of(time, Row(one)), cell_of(data, Row(one))


async def _ready_at(client: TorcClient, history: JobHistory, near: Neighbourhood) -> datetime | None:
    """Return when the chosen attempt could have started: when what it needs, or its previous attempt, had ended.

    None if it is not recorded.
    """
    attempt, job = history.chosen, history.job
    if attempt is None:
        return None
    earlier = [
        one.result
        for one in history.attempts
        if one.result is not None and one.run_id == attempt.run_id and one.attempt_id < attempt.attempt_id
    ]
    if earlier:
        return latest([earlier[0].completion_time])
    needs = near.at(-1)
    if not needs or not near.has_all_needs:
        return None
    words = f"job_id={','.join(str(one.job_id) for one in needs)}"
    found = await client.results.list_results(workflow_id=job.workflow_id, filter=words, limit=len(needs))
    return latest(one.completion_time for one in found.items) if len(found.items) == len(needs) else None


async def _excerpt(client: TorcClient, history: JobHistory) -> LogExcerpt | None:
    """Return lines of the log of an unsuccessful attempt, if this machine has it."""
    attempt = history.chosen
    if attempt is None or attempt.status.value not in _UNSUCCESSFUL:
        return None
    try:
        source = await open_source(client, history, "")
    except (TorcError, ApiError):
        return None
    reading = asyncio.ensure_future(asyncio.to_thread(excerpt, source.log, IndexCache().of(())))
    try:
        found = await asyncio.shield(reading)
    except asyncio.CancelledError:
        await asyncio.wait([reading])
        raise
    except TorcError:
        return None
    finally:
        source.close()
    if not found.lines:
        return None
    base = addresses.log(history.job.id or 0, source.kind.value, run=attempt.run_id, attempt=attempt.attempt_id)
    links = LineLinks(f"{base}&line=", f"{base}&at=", base.replace("/log?", "/log/raw?", 1))
    lines = render_lines(found.lines, found.first_number, links, found.hit, None)
    what = "End of" if found.hit is None else "Probable error in" if found.is_probable else "First known error in"
    return LogExcerpt(f"{what} {source.kind.value}", lines, base)


def _runs(history: JobHistory) -> tuple[RunLink, ...]:
    """Return the runs with attempts, the newest first; none if there is only one."""
    runs = list(dict.fromkeys(one.run_id for one in history.attempts))
    chosen = history.chosen.run_id if history.chosen else None
    job_id = history.job.id or 0
    return tuple(RunLink(one, addresses.job(job_id, run=one), one == chosen) for one in runs) if len(runs) > 1 else ()


def _commands(job: JobModel) -> tuple[str, ...]:
    return (
        f"torc jobs get {job.id}",
        f"torc logs show {job.id}",
        f"torc workflows diagnose {job.workflow_id}",
    )


ROUTES = (
    web.get(f"/jobs/{ID}", page, name="job"),
    web.get(f"/jobs/{ID}/failed/{{direction:next|previous}}", next_failed, name="failed-job"),
)
