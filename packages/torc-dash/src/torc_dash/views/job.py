"""A job: the reasons of its status, its attempts, what it runs, needs and used, and the important lines of its log."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from torc_client.api.enums import JobStatus
from torc_client.api.records import FileModel, JobModel, ResourceRequirementsModel, ResultModel, UserDataModel
from torc_client.client import TorcClient
from torc_client.errors import ApiError, NotFoundError, TorcError
from torc_client.exit_codes import meaning
from torc_client.log_files.line_index import IndexCache
from torc_client.recovery.amounts import duration_seconds, memory_bytes
from torc_client.recovery.diagnosis import codes_of
from torc_client.recovery.outcomes import DEFAULT_NAME
from torc_client.text import duration, parse_timestamp, size, timestamp
from torc_dash import addresses
from torc_dash.actions.offers import Offer, of_job
from torc_dash.addresses import ID
from torc_dash.job_reasons import Reason, reasons_of
from torc_dash.log_lines import LineLinks, render_lines
from torc_dash.log_reading import excerpt
from torc_dash.log_sources import JobAttempt, JobHistory, load_history, node_of, open_source
from torc_dash.rendering import respond
from torc_dash.table_definitions import time
from torc_dash.upstream import CLIENT

_NEIGHBOURS = 20
_UNSUCCESSFUL = "failed,terminated,pending_failed"


@dataclass(frozen=True)
class JobFact:
    """A caption and a value; `href` links to more, `detail` explains it."""

    caption: str
    value: str
    detail: str = ""
    href: str | None = None


@dataclass(frozen=True)
class Use:
    """An amount that the job used, and the one that it required. `percent` is None if nothing was required."""

    caption: str
    used: str
    required: str
    percent: float | None

    @property
    def width(self) -> float:
        """The width of the bar, of 100."""
        return min(100.0, self.percent or 0.0)


@dataclass(frozen=True)
class AttemptRow:
    """An attempt and its result."""

    run_id: int
    attempt_id: int
    status: str
    chosen: bool
    ended: str
    took: str
    code: str
    meaning: str
    memory: str
    cpu: str
    log_href: str
    href: str


@dataclass(frozen=True)
class Neighbours:
    """Some jobs that the job waits for, or that wait for it."""

    jobs: Sequence[JobModel]
    total: int
    href: str


@dataclass(frozen=True)
class Named:
    """A file or user data."""

    name: str
    value: str
    note: str


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
    workflow_id: int
    workflow_name: str
    workflow_href: str
    live: bool
    reasons: tuple[Reason, ...]
    facts: tuple[JobFact, ...]
    uses: tuple[Use, ...]
    attempts: tuple[AttemptRow, ...]
    env: tuple[tuple[str, str], ...]
    needs: Neighbours
    needed_by: Neighbours
    inputs: tuple[Named, ...]
    outputs: tuple[Named, ...]
    commands: tuple[str, ...]
    excerpt: LogExcerpt | None
    log_href: str
    graph_href: str
    events_href: str
    previous_href: str
    next_href: str
    offers: tuple[Offer, ...]


async def page(request: web.Request) -> web.Response:
    """Show a job."""
    client, id = request.app[CLIENT], int(request.match_info["id"])  # noqa: A001 - the contract's name
    history = await load_history(client, id, request.query)
    job, attempt = history.job, history.chosen
    needed = list(job.depends_on_job_ids or [])
    (needs, needed_by, requirements), (inputs, outputs, node, shown) = await asyncio.gather(
        asyncio.gather(
            _jobs(client, job, needed[:_NEIGHBOURS]),
            client.jobs.list_jobs(workflow_id=job.workflow_id, upstream_job_id=id, limit=_NEIGHBOURS),
            _requirements(client, job),
        ),
        asyncio.gather(_inputs(client, job), _outputs(client, job), _host(client, attempt), _excerpt(client, history)),
    )
    reasons = await reasons_of(client, history, needs, len(needed))
    result = attempt.result if attempt else None
    shown_page = JobPage(
        job=job,
        workflow_id=job.workflow_id,
        workflow_name=history.workflow.name,
        workflow_href=addresses.workflow(job.workflow_id),
        live=job.status not in {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.DISABLED},
        reasons=reasons,
        facts=_facts(history, node),
        uses=tuple(_uses(result, requirements)),
        attempts=tuple(_attempt(history, one) for one in history.attempts),
        env=tuple(sorted((job.env or {}).items())),
        needs=Neighbours(needs, len(needed), addresses.graph(job.workflow_id, job=id)),
        needed_by=Neighbours(needed_by.items, needed_by.total_count, addresses.graph(job.workflow_id, job=id)),
        inputs=inputs,
        outputs=outputs,
        commands=_commands(job),
        excerpt=shown,
        log_href=addresses.log(id),
        graph_href=addresses.graph(job.workflow_id, job=id),
        events_href=addresses.events(job.workflow_id, job=id),
        previous_href=f"/jobs/{id}/failed/previous",
        next_href=f"/jobs/{id}/failed/next",
        offers=of_job(job.workflow_id, job),
    )
    return respond(request, "pages/job.html", shown_page)


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


async def _jobs(client: TorcClient, job: JobModel, ids: list[int]) -> Sequence[JobModel]:
    if not ids:
        return []
    found = await client.jobs.list_jobs(
        workflow_id=job.workflow_id, filter=f"id={','.join(map(str, ids))}", limit=len(ids), sort_by="id"
    )
    return found.items


async def _requirements(client: TorcClient, job: JobModel) -> ResourceRequirementsModel | None:
    if job.resource_requirements_id is None:
        return None
    try:
        return await client.resource_requirements.get_resource_requirements(job.resource_requirements_id)
    except NotFoundError:
        return None


async def _host(client: TorcClient, attempt: JobAttempt | None) -> tuple[str, str]:
    """Return the host of an attempt and its allocation."""
    node = None if attempt is None else await node_of(client, attempt)
    if node is None:
        return "", ""
    scheduler = node.scheduler if isinstance(node.scheduler, dict) else {}
    return node.hostname, str(scheduler.get("slurm_job_id") or "")


async def _inputs(client: TorcClient, job: JobModel) -> tuple[Named, ...]:
    return await _named(client, job.input_file_ids, job.input_user_data_ids)


async def _outputs(client: TorcClient, job: JobModel) -> tuple[Named, ...]:
    return await _named(client, job.output_file_ids, job.output_user_data_ids)


async def _named(client: TorcClient, files: list[int] | None, data: list[int] | None) -> tuple[Named, ...]:
    found = await asyncio.gather(
        *(client.files.get_file(one) for one in (files or [])[:_NEIGHBOURS]),
        *(client.user_data.get_user_data(one) for one in (data or [])[:_NEIGHBOURS]),
        return_exceptions=True,
    )
    return tuple(_named_one(one) for one in found if isinstance(one, FileModel | UserDataModel))


def _named_one(one: FileModel | UserDataModel) -> Named:
    if isinstance(one, FileModel):
        note = "not recorded" if one.st_mtime is None else f"last changed {timestamp(one.st_mtime)}"
        return Named(one.name, one.path, note)
    text = str(one.data) if one.data is not None else ""
    return Named(one.name, text[:200] + ("…" if len(text) > 200 else ""), "user data" if text else "user data, empty")


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
    what = f"End of {source.kind.value}" if found.hit is None else f"First known error in {source.kind.value}"
    return LogExcerpt(what, lines, base)


def _facts(history: JobHistory, host: tuple[str, str]) -> tuple[JobFact, ...]:
    job, attempt = history.job, history.chosen
    result = attempt.result if attempt else None
    facts = [JobFact("Priority", str(job.priority or 0))]
    if host[0]:
        facts.insert(0, JobFact("Host", host[0], f"compute node {attempt.compute_node_id}" if attempt else ""))
    if host[1]:
        facts.append(JobFact("Slurm job", host[1]))
    if result is not None:
        facts.insert(0, JobFact("Exit code", str(result.return_code)))
        facts.insert(1, JobFact("Run time", duration(result.exec_time_minutes * 60)))
    started = parse_timestamp(job.start_time) if job.start_time else None
    if started is not None:
        facts.append(JobFact("Started", time(job.start_time).text))
    labels = job.labels or ([job.label] if job.label else [])
    if labels:
        facts.append(JobFact("Labels", ", ".join(labels)))
    if job.failure_handler_id is not None:
        href = addresses.table(job.workflow_id, "failure-handlers")
        facts.append(JobFact("Failure handler", str(job.failure_handler_id), href=href))
    if job.origin:
        facts.append(JobFact("Created by", job.origin))
    return tuple(facts)


def _uses(result: ResultModel | None, requirements: ResourceRequirementsModel | None) -> list[Use]:
    if requirements is None:
        return []
    if requirements.name == DEFAULT_NAME:  # the server's values, which are not a limit
        requirements = ResourceRequirementsModel(workflow_id=requirements.workflow_id, name=DEFAULT_NAME)
    memory = memory_bytes(requirements.memory) if requirements.memory else None
    runtime = duration_seconds(requirements.runtime) if requirements.runtime else None
    cpus, gpus, nodes = requirements.num_cpus or 0, requirements.num_gpus or 0, requirements.num_nodes or 1
    peak = (result.peak_memory_bytes if result else None) or None
    cpu = (result.peak_cpu_percent if result else None) or None
    seconds = result.exec_time_minutes * 60 if result else None
    rows = (
        Use("Memory", size(peak) if peak else "", requirements.memory or "", _percent(peak, memory)),
        Use("CPU", f"{cpu:.0f} %" if cpu else "", f"{cpus} CPU" if cpus else "", _percent(cpu, cpus * 100)),
        Use(
            "Time", "" if seconds is None else duration(seconds), requirements.runtime or "", _percent(seconds, runtime)
        ),
        Use("GPUs", "", str(gpus) if gpus else "", None),
        Use("Nodes", "", str(nodes) if nodes > 1 else "", None),
    )
    return [row for row in rows if row.used or row.required]


def _percent(used: float | None, required: float | None) -> float | None:
    return None if used is None or not required else round(100 * used / required, 1)


def _attempt(history: JobHistory, one: JobAttempt) -> AttemptRow:
    result, codes = one.result, codes_of(history.workflow)
    known = ""
    if result is not None:
        known = meaning(result.return_code, out_of_memory=codes.out_of_memory, out_of_time=codes.out_of_time)
    return AttemptRow(
        run_id=one.run_id,
        attempt_id=one.attempt_id,
        status=one.status.value,
        chosen=one is history.chosen,
        ended=time(result.completion_time).text if result else "",
        took=duration(result.exec_time_minutes * 60) if result else "",
        code=str(result.return_code) if result else "",
        meaning=known,
        memory=size(result.peak_memory_bytes) if result and result.peak_memory_bytes else "",
        cpu=f"{result.peak_cpu_percent:.0f} %" if result and result.peak_cpu_percent else "",
        log_href=addresses.log(history.job.id or 0, run=one.run_id, attempt=one.attempt_id),
        href=addresses.job(history.job.id or 0, run=one.run_id, attempt=one.attempt_id),
    )


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
