"""The resources that the jobs of a workflow required and used, and a form that fits requirements to the use."""

import asyncio
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from aiohttp import web

from torc_client.answers import id_of
from torc_client.api.records import ComputeNodeModel, ResourceUseResponse, UsedResources, UseOfJob, UseOfRequirements
from torc_client.client import TorcClient
from torc_client.edge.filter_language import quoted
from torc_client.limit_words import limit
from torc_client.recovery.multipliers import CORRECTION, Multipliers
from torc_client.recovery.outcomes import required_resources
from torc_client.recovery.quantiles import Quantile
from torc_client.recovery.use_summary import UseComparison, amount_text, comparisons, proposed
from torc_client.recovery.utilization import Resource
from torc_client.text import count, rounded
from torc_dash import addresses
from torc_dash.background_answers import Answered
from torc_dash.node_drawing import NodeChart, node_chart
from torc_dash.node_samples import MOST_NODES, NODE_SAMPLES, NodeFile, NodeReadings
from torc_dash.node_tables import Row, Rows
from torc_dash.rendering import respond
from torc_dash.table_definitions import number, text
from torc_dash.tables import Cell, CellKind
from torc_dash.upstream import CLIENT
from torc_dash.use_drawing import BoxPlot, Scatter, box_plot, scatter
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

FIT, CHANGE = "fit-resources", "change-requirements"
_LEAST_MARGIN, _MOST_MARGIN = 1.0, 10.0
_MOST_GROUPS = 8
_MOST_NODES = 20
_PATIENCE_SECONDS = 0.05
_RECENT_SECONDS = 5.0
_QUANTILES = {
    Quantile.MOST: "the job that used most",
    Quantile.P99: "99 % of the jobs",
    Quantile.P90: "90 % of the jobs",
    Quantile.P50: "half of the jobs",
}
_USED = ("Jobs", "Resource", "Required", "Least", "Median", "p90", "p99", "Most", "Compared")
_WORST = ("Job", "Memory", "Of required", "Run time", "Of required", "Return code")
_NODES = ("Host", "CPUs", "CPU peak", "CPU mean", "Memory", "Memory peak", "Memory mean", "ID")


@dataclass(frozen=True)
class SharedGroup:
    """A group of jobs that have a requirements record."""

    label: str
    num_jobs: int
    href: str


@dataclass(frozen=True)
class Compared:
    """One resource: a sentence, a drawing, and whether the jobs used more than required."""

    title: str
    sentence: str
    plot: BoxPlot
    is_over: bool


@dataclass(frozen=True)
class RequirementCard:
    """A requirements record, and what its jobs used."""

    id: int
    name: str
    required: str
    results: str
    lacking: tuple[str, ...]
    groups: tuple[SharedGroup, ...]
    groups_left_off: int
    resources: tuple[Compared, ...]
    scatter: Scatter | None
    table: Rows | None
    worst: Rows | None


@dataclass(frozen=True)
class FitForm:
    """Proposed amounts of a record; each can be edited. `changes` say what is proposed, empty if it fits.

    `why` says which jobs that did not succeed decide about the proposal, empty if none does.
    """

    id: int
    name: str
    memory: str
    runtime: str
    num_cpus: str
    num_jobs: int
    groups: tuple[str, ...]
    changes: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class QuantileChoice:
    """An option of the quantile that requirements are fitted to."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class NodesUse:
    """The use of whole nodes: means and peaks, and lines over time where this machine has the samples."""

    table: Rows | None
    charts: tuple[NodeChart, ...]
    problems: tuple[str, ...]
    is_asking: bool


@dataclass(frozen=True)
class ResourcesPage:
    """The values of the template."""

    frame: WorkflowFrame
    num_results: int
    is_measured: bool
    cards: tuple[RequirementCard, ...]
    left_off: int
    forms: tuple[FitForm, ...]
    choices: tuple[QuantileChoice, ...]
    margin: str
    fit_href: str
    change_href: str
    nodes: NodesUse
    here: str


async def page(request: web.Request) -> web.Response:
    """Show what was required and what was used."""
    client, workflow_id = request.app[CLIENT], workflow_id_of(request)
    frame, use, nodes = await asyncio.gather(
        load_frame(request, workflow_id, "resources"),
        client.workflows.get_resource_use(workflow_id),
        _nodes(client, workflow_id),
    )
    quantile = _quantile_of(request)
    margin = _margin_of(request)
    files = tuple(_files_of(frame, nodes))
    read = await _read(request, files) if files else Answered[NodeReadings]()
    used = [each.used for each in use.requirements]
    forms = tuple(_forms(use, quantile, margin))
    return respond(
        request,
        "pages/resources.html",
        ResourcesPage(
            frame=frame,
            num_results=sum(one.num_results for one in used),
            is_measured=any(one.num_measured or one.cpu_percent for one in used),
            cards=tuple(_card(frame.id, each) for each in use.requirements if each.used.num_results),
            left_off=use.requirements_left_off,
            forms=forms,
            choices=tuple(QuantileChoice(one.value, title, one is quantile) for one, title in _QUANTILES.items()),
            margin=f"{margin:g}",
            fit_href=_fit_href(frame.id, quantile, margin) if any(form.changes for form in forms) else "",
            change_href=addresses.action(frame.id, CHANGE),
            nodes=_nodes_use(nodes, read),
            here=addresses.resources(frame.id, quantile=quantile.value, margin=f"{margin:g}"),
        ),
    )


async def _nodes(client: TorcClient, workflow_id: int) -> list[ComputeNodeModel]:
    found = await client.compute_nodes.list_compute_nodes(
        workflow_id=workflow_id, limit=_MOST_NODES, sort_by="id", reverse_sort=True
    )
    return list(found.items)


def _quantile_of(request: web.Request) -> Quantile:
    given = request.query.get("quantile", "")
    return next((one for one in Quantile if one.value == given), Quantile.MOST)


def _margin_of(request: web.Request) -> float:
    """Return the factor of the use that is proposed; the usual one if the text is not a sensible number."""
    try:
        given = float(request.query.get("margin", ""))
    except ValueError:
        return CORRECTION.memory
    return given if _LEAST_MARGIN <= given <= _MOST_MARGIN else CORRECTION.memory


def _fit_href(workflow_id: int, quantile: Quantile, margin: float) -> str:
    factor = f"{margin:g}"
    return addresses.action(workflow_id, FIT, quantile=quantile.value, memory=factor, runtime=factor, cpus=factor)


def _card(workflow_id: int, each: UseOfRequirements) -> RequirementCard:
    required = required_resources(each.requirements)
    record, used = each.requirements, each.used
    sets: list[tuple[str, UsedResources]] = [("all", used)]
    groups = [group for group in each.groups if group.used.num_results]
    if len(groups) > 1 or each.groups_left_off:
        sets += [(group.group, group.used) for group in groups]
    rows: dict[Resource, list[tuple[str, UseComparison]]] = {}
    for label, one in sets:
        for comparison in comparisons(required, one):
            rows.setdefault(comparison.resource, []).append((label, comparison))
    resources = tuple(
        Compared(
            resource.value,
            found[0][1].sentence,
            box_plot(found[: _MOST_GROUPS + 1]),
            (found[0][1].over_percent or 0) > 0,
        )
        for resource, found in rows.items()
    )
    table = tuple(_used_row(label, one) for found in rows.values() for label, one in found)
    return RequirementCard(
        id=id_of(record),
        name=record.name,
        required=_required_text(each),
        results=f"{_many('job', each.num_jobs)}, {_many('result', used.num_results)}",
        lacking=tuple(_lacking(used)),
        groups=tuple(_groups(workflow_id, each)),
        groups_left_off=each.groups_left_off,
        resources=resources,
        scatter=scatter(each.sample, required),
        table=Rows(f"Use of jobs with {record.name}", _USED, table) if table else None,
        worst=_worst(each),
    )


def _required_text(each: UseOfRequirements) -> str:
    record = each.requirements
    gpus = f", {count('GPU', record.num_gpus)}" if record.num_gpus else ""
    nodes = f" on each of {record.num_nodes} nodes" if (record.num_nodes or 1) > 1 else ""
    return f"{count('CPU', record.num_cpus or 1)}, {record.memory}, {limit(record.runtime or '')}{gpus}{nodes}"


def _many(noun: str, number_of: int) -> str:
    return f"{number_of:,} {noun}{'' if number_of == 1 else 's'}"


def _lacking(used: UsedResources) -> Iterator[str]:
    if used.num_out_of_memory:
        yield f"{_many('job', used.num_out_of_memory)} lacked memory"
    if used.num_out_of_time:
        yield f"{_many('job', used.num_out_of_time)} lacked time"
    others = used.num_unsuccessful - used.num_out_of_memory - used.num_out_of_time
    if others:
        yield f"{_many('job', others)} did not succeed for another reason"


def _groups(workflow_id: int, each: UseOfRequirements) -> Iterator[SharedGroup]:
    for group in each.groups:
        words = f"group={quoted(group.group)} requirements={quoted(each.requirements.name)}"
        yield SharedGroup(group.group, group.num_jobs, addresses.jobs(workflow_id, filter=words))


def _used_row(label: str, one: UseComparison) -> Row:
    amounts = (one.used.least, one.used.p50, one.used.p90, one.used.p99, one.used.most)
    return (
        text(label),
        text(one.resource.value),
        Cell(one.text(one.required) if one.required else "", CellKind.NUMBER),
        *(Cell(one.text(amount), CellKind.NUMBER) for amount in amounts),
        text(one.share_text),
    )


def _worst(each: UseOfRequirements) -> Rows | None:
    jobs = {job.job_id: job for job in (*each.most_memory, *each.longest)}
    rows = tuple(_worst_row(job, each) for job in jobs.values())
    return Rows(f"Jobs with {each.requirements.name} that used most", _WORST, rows) if rows else None


def _worst_row(job: UseOfJob, each: UseOfRequirements) -> Row:
    required = required_resources(each.requirements)
    memory = "" if job.memory_bytes is None else amount_text(Resource.MEMORY, job.memory_bytes)
    return (
        Cell(job.job_name, CellKind.LINK, href=addresses.job(job.job_id)),
        Cell(memory, CellKind.NUMBER),
        _share(job.memory_bytes, required.memory_bytes),
        Cell(amount_text(Resource.RUNTIME, job.seconds), CellKind.NUMBER),
        _share(job.seconds, required.runtime_seconds),
        number(job.return_code),
    )


def _share(used: float | None, required: float | None) -> Cell:
    return Cell("" if used is None or not required else f"{math.ceil(100 * used / required)} %", CellKind.NUMBER)


def _forms(use: ResourceUseResponse, quantile: Quantile, margin: float) -> Iterator[FitForm]:
    for each in use.requirements:
        required = required_resources(each.requirements)
        if required.is_default or not each.used.num_results:
            continue
        record = each.requirements
        up, down = proposed(required, each.used, Multipliers(margin, margin, margin), quantile)
        memory = up.new_memory or down.new_memory
        runtime = up.new_runtime or down.new_runtime
        cpus = up.new_cpus or down.new_cpus
        pairs: tuple[tuple[str, object, object], ...] = (
            ("memory", record.memory, memory),
            ("run time", limit(record.runtime), runtime and limit(runtime)),
            ("CPUs", record.num_cpus, cpus),
        )
        yield FitForm(
            id=id_of(record),
            name=record.name,
            memory=memory or record.memory or "",
            runtime=runtime or record.runtime or "",
            num_cpus=str(cpus or record.num_cpus or 1),
            num_jobs=each.num_jobs,
            groups=tuple(group.group for group in each.groups),
            changes=tuple(f"{name} {old} \N{RIGHTWARDS ARROW} {new}" for name, old, new in pairs if new is not None),
            why=_why(each.used, quantile),
        )


def _why(used: UsedResources, quantile: Quantile) -> str:
    ignored = quantile.ignored(used.num_results)
    if used.num_unsuccessful <= ignored:
        return ""
    lacking = [
        f"{_many('job', number)} lacked {what}"
        for number, what in ((used.num_out_of_memory, "memory"), (used.num_out_of_time, "time"))
        if number > ignored
    ]
    raised = f"Raised, because {' and '.join(lacking)}. " if lacking else ""
    kept = f"Nothing is lowered while {_many('job', used.num_unsuccessful)} did not succeed."
    are_few = used.num_unsuccessful <= Quantile.P50.ignored(used.num_results)
    leave = " Fit to fewer of the jobs to leave these out." if are_few else ""
    return f"{raised}{kept}{leave}"


def _files_of(frame: WorkflowFrame, nodes: list[ComputeNodeModel]) -> Iterator[NodeFile]:
    """Yield the files of samples that the records of nodes lead to, each once."""
    run_id = frame.workflow.run_id or 0
    files = dict.fromkeys(
        NodeFile(node.hostname, node.output_dir, frame.id, run_id) for node in nodes if node.output_dir
    )
    yield from list(files)[:MOST_NODES]


async def _read(request: web.Request, files: tuple[NodeFile, ...]) -> Answered[NodeReadings]:
    """Return the samples of nodes. A slow file system must not delay the page: it then asks again."""
    answers = request.app[NODE_SAMPLES]
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return replace(await answers.fresh(files), is_asking=False)
    except TimeoutError:
        found = answers.latest(files)
    is_recent = found.value is not None and found.age_seconds < _RECENT_SECONDS
    return replace(found, is_asking=found.is_asking and not is_recent)


def _nodes_use(nodes: list[ComputeNodeModel], read: Answered[NodeReadings]) -> NodesUse:
    cpus = {node.hostname: node.num_cpus for node in nodes}
    rows = tuple(_node_row(node) for node in nodes if node.peak_cpu_percent or node.peak_memory_bytes)
    found = read.value or NodeReadings((), ())
    return NodesUse(
        Rows("Use of compute nodes", _NODES, rows) if rows else None,
        tuple(node_chart(node, cpus.get(node.host)) for node in found.nodes),
        found.problems if read.problem is None else (read.problem,),
        read.is_asking and not found.nodes,
    )


def _node_row(node: ComputeNodeModel) -> Row:
    def amount(resource: Resource, value: float | None) -> Cell:
        return Cell("" if value is None else amount_text(resource, value), CellKind.NUMBER)

    return (
        text(node.hostname),
        number(node.num_cpus),
        amount(Resource.CPU, node.peak_cpu_percent),
        amount(Resource.CPU, node.avg_cpu_percent),
        Cell(f"{rounded(node.memory_gb)} GiB", CellKind.NUMBER),
        amount(Resource.MEMORY, node.peak_memory_bytes),
        amount(Resource.MEMORY, node.avg_memory_bytes),
        number(node.id),
    )


ROUTES = (web.get(f"/workflows/{addresses.ID}/resources", page, name="resources"),)
