"""Create a workflow: the text of a spec, what is wrong with it, and what it becomes."""

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web

from torc_client.edge.terminal_text import inert_line
from torc_client.graph.model import Edge, GraphNode, NodeKind, graph_of
from torc_client.how_to_install import how_to_install
from torc_client.spec.formats import SUFFIXES, Format
from torc_client.text import count
from torc_dash import addresses, csrf
from torc_dash.actions import of_workflows
from torc_dash.command_output import CommandFailedError, read, send_text
from torc_dash.graph_drawing import Drawing, NodeText, draw
from torc_dash.rendering import respond
from torc_dash.specs.asking import NoAnswerError, ask
from torc_dash.specs.creation import CREATIONS, Creation, SpecForm
from torc_dash.specs.examination import Examination
from torc_dash.specs.examples import EXAMPLES, Example
from torc_dash.specs.folders import FolderError, resolve
from torc_dash.specs.making import file_name
from torc_dash.tasks.registry import TASKS
from torc_dash.upstream import CLIENT

FORMATS = tuple(one.value for one in Format)
_TITLES = {"yaml": "YAML", "json": "JSON", "json5": "JSON5", "kdl": "KDL"}
# A text may come with its file, and both with the rest of a form.
_FORM_BYTES = 2 * csrf.SPEC_BYTES + 64 * 1024
# A creation that takes longer has a page that waits for it.
PATIENCE_SECONDS = 5.0
# The name of the workflow in the usual ways to write it. A download needs no more than a likely name.
_NAME = re.compile(r"""^\s*["']?name["']?\s*:?\s*["']?([\w .-]{1,80})""", re.MULTILINE)


@dataclass(frozen=True)
class ShownProblem:
    """A problem with the line of the text that has it. `severity` is error or warning."""

    line: int | None
    column: int | None
    severity: str
    where: str
    reason: str
    fix: str
    code: str
    excerpt: str


@dataclass(frozen=True)
class Check:
    """What a check found: problems, or what the text becomes."""

    problems: tuple[ShownProblem, ...]
    problem_count: int
    more: int
    other_format: str
    other_title: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    drawing: Drawing | None
    group_count: int
    merged: bool
    """Whether a box of the drawing stands for several groups."""

    @property
    def is_valid(self) -> bool:
        """Whether a workflow can be created."""
        return self.problem_count == 0


@dataclass(frozen=True)
class NewPage:
    """The values of the template. `once` is the same if one form is sent twice."""

    form: SpecForm
    formats: Mapping[str, str]
    examples: tuple[Example, ...]
    example: str
    start_folder: str
    check: Check | None
    problems: tuple[str, ...]
    output: str
    can_run: bool
    once: str
    waits_for: str
    task_href: str
    live: bool = False


async def page(request: web.Request) -> web.Response:
    """Show the form: empty, with an example, or with what a creation became."""
    query = request.query
    creation = request.app[CREATIONS].get(query.get("creation", ""))
    if creation is not None:
        return await _of_creation(request, creation)
    form = SpecForm(folder=query.get("folder", ""))
    source = query.get("from", "")
    if source.isascii() and source.isdigit() and len(source) < 19:
        return await _of_workflow(request, int(source), query.get("format", ""))
    example = request.app[EXAMPLES].get(query.get("example", ""))
    if example is None:
        return _respond(request, form)
    return _respond(request, replace(form, text=example.text), example=example.name)


async def _of_workflow(request: web.Request, workflow_id: int, format_name: str) -> web.Response:
    """Show the form with the spec of a workflow: as it was written, or in the format as it is now."""
    workflow = await request.app[CLIENT].workflows.get_workflow(workflow_id)
    written = None if format_name else request.app[CREATIONS].form_of(workflow_id)
    if written is not None:
        return _respond(request, written)
    form = SpecForm(
        format=format_name if format_name in FORMATS else FORMATS[0], folder=workflow.submission_directory or ""
    )
    try:
        text = await read(request, ("workflows", "spec", str(workflow_id), "--to", form.format), csrf.SPEC_BYTES)
    except CommandFailedError as error:
        return _respond(request, form, problems=("The workflow cannot be copied here.",), output=str(error))
    return _respond(request, replace(form, text=text))


@csrf.accepts(_FORM_BYTES)
async def receive(request: web.Request) -> web.Response:
    """Check, create, run, or send the text back: what the pressed button says."""
    sent = await request.post()
    try:
        form, problems = await _form_of(sent)
    finally:
        await asyncio.to_thread(_close_files, sent)
    wanted = sent.get("do", "check")
    if wanted == "download" and not problems:
        return _download(form)
    if wanted in {"create", "run"} and not problems:
        return await _create(request, form, str(sent.get("once", "")), runs=wanted == "run")
    return _respond(
        request,
        form,
        check=None if problems else await _checked(request, form),
        problems=tuple(problems),
        status=422 if problems else 200,
    )


async def _form_of(sent: Mapping[str, object]) -> tuple[SpecForm, list[str]]:
    """Return the values of a form, and what is wrong with them. A file replaces an empty text, or on request any."""

    def text_of(name: str) -> str:
        value = sent.get(name, "")
        return value if isinstance(value, str) else ""

    format_name = text_of("as") or text_of("format")
    form = SpecForm(
        # Browsers send the ends of lines of a form as CR LF.
        text=text_of("text").replace("\r\n", "\n"),
        format=format_name if format_name in FORMATS else FORMATS[0],
        folder=text_of("folder"),
        makes_folder=bool(text_of("makes_folder")),
    )
    file = sent.get("file")
    problems = []
    if isinstance(file, web.FileField) and file.filename and (not form.text.strip() or text_of("do") == "load"):
        content = await asyncio.to_thread(file.file.read, csrf.SPEC_BYTES + 1)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return form, ["The file is not UTF-8 text. Choose a spec in YAML, JSON, JSON5 or KDL."]
        suffix = SUFFIXES.get(Path(file.filename).suffix.lower())
        form = replace(form, text=text, format=suffix.value if suffix else form.format)
    if len(form.text.encode("utf-8", "surrogatepass")) > csrf.SPEC_BYTES:
        problems.append(f"The text is larger than {csrf.SPEC_BYTES >> 20} MiB. Use parameters to describe many jobs.")
    return form, problems


def _close_files(sent: Mapping[str, object]) -> None:
    for value in sent.values():
        if isinstance(value, web.FileField):
            value.file.close()


async def _create(request: web.Request, form: SpecForm, once: str, *, runs: bool) -> web.Response:
    if runs and not of_workflows.has_runner():
        return _respond(request, form, problems=(f"The runner is not installed here. {how_to_install('torc-runner')}",))
    try:
        folder = await asyncio.to_thread(resolve, form.folder, request.app[TASKS].folder, makes=form.makes_folder)
    except FolderError as error:
        return _respond(request, form, problems=(str(error),), status=422)
    creation = request.app[CREATIONS].begin(once or secrets.token_urlsafe(16), form, folder, runs=runs)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await creation.done.wait()
    except TimeoutError:
        raise web.HTTPSeeOther(addresses.new(creation=creation.key)) from None
    return await _of_creation(request, creation, status=422)


async def _of_creation(request: web.Request, creation: Creation, status: int = 200) -> web.Response:
    """Go to what was created, or show the form with what is wrong, or that it is not done yet."""
    if creation.workflow_id is not None and creation.done.is_set():
        address = addresses.workflow(creation.workflow_id)
        if request.headers.get("HX-Request") == "true":
            return web.Response(headers={"HX-Redirect": address})
        raise web.HTTPSeeOther(address)
    if not creation.done.is_set():
        task_href = "" if creation.task is None else addresses.task(creation.task.id)
        waits_for = addresses.new(creation=creation.key)
        return _respond(request, creation.form, waits_for=waits_for, task_href=task_href)
    if request.headers.get("HX-Request") == "true":
        return web.Response(headers={"HX-Refresh": "true"})  # the page that waited has no buttons
    found = creation.examination
    has_problems = found is not None and not found.is_valid
    return _respond(
        request,
        creation.form,
        check=_shown(found, creation.form.text) if found is not None and has_problems else None,
        problems=("No workflow was created.",),
        output=creation.problem,
        status=status,
    )


async def _checked(request: web.Request, form: SpecForm) -> Check | str | None:
    """Return what the text becomes, or why that is not known; None for an empty text."""
    if not form.text.strip():
        return None
    tasks = request.app[TASKS]
    try:
        folder = await asyncio.to_thread(resolve, form.folder, tasks.folder, makes=False)
    except FolderError:
        folder = tasks.folder
    try:
        async with tasks.dry_runs:
            return _shown(await ask(form.text, form.format, folder), form.text)
    except NoAnswerError as error:
        return str(error)


def _shown(found: Examination, text: str) -> Check:
    lines = text.split("\n") if found.problems else []
    problems = tuple(
        ShownProblem(
            line=one.line,
            column=one.column,
            severity="warning" if one.is_warning else "error",
            where=inert_line(one.place),
            reason=inert_line(one.reason),
            fix=inert_line(one.fix),
            code=one.code,
            excerpt=inert_line(lines[one.line - 1][:200]) if one.line and one.line <= len(lines) else "",
        )
        for one in found.problems
    )
    return Check(
        problems=problems,
        problem_count=found.problem_count,
        more=found.problem_count + found.warning_count - len(problems),
        other_format=found.other_format,
        other_title=_TITLES.get(found.other_format, ""),
        sentence=_sentence(found),
        facts=tuple(_facts(found)) if found.is_valid else (),
        drawing=_drawing(found) if found.nodes else None,
        group_count=found.group_count,
        merged=len(found.nodes) < found.group_count,
    )


def _sentence(found: Examination) -> str:
    if not found.is_valid:
        return f"{count('problem', found.problem_count)}: no workflow can be created."
    warnings = f", with {count('warning', found.warning_count)}" if found.warning_count else ""
    return f"Valid{warnings}: {inert_line(found.name)} becomes {found.jobs:,} {'job' if found.jobs == 1 else 'jobs'}."


def _facts(found: Examination) -> list[tuple[str, str]]:
    facts = [("Jobs", f"{found.jobs:,}")]
    if found.jobs != found.jobs_before_expansion:
        facts.append(("Written as", f"{found.jobs_before_expansion:,}"))
    facts.append(("Stages", f"{found.stages:,}"))
    if found.files:
        facts.append(("Files", f"{found.files:,}"))
    if found.user_data:
        facts.append(("User data", f"{found.user_data:,}"))
    facts.append(("Core-hours at most", _hours(found.core_hours)))
    if found.gpu_hours:
        facts.append(("GPU-hours at most", _hours(found.gpu_hours)))
    if found.schedulers:
        facts.append(("Slurm schedulers", f"{found.schedulers:,}"))
    where = "allocations of its actions" if found.schedules_nodes else "this machine, or runners that you start"
    facts.append(("Runs on", where))
    return facts


def _hours(hours: float) -> str:
    return f"{hours:,.0f}" if hours >= 10 else f"{hours:.2g}"


def _drawing(found: Examination) -> Drawing:
    graph = graph_of(
        (
            GraphNode(one.key, one.label, NodeKind(one.kind), order=one.order, jobs=one.jobs, weight=one.weight)
            for one in found.nodes
        ),
        (Edge(source, target) for source, target in found.edges),
    )
    return draw(graph, lambda node: NodeText(count("job", node.jobs), None, {}), with_path=False)


def _download(form: SpecForm) -> web.Response:
    found = _NAME.search(form.text)
    name = file_name(found[1] if found else "", form.format)
    return send_text(form.text, name)


def _respond(
    request: web.Request,
    form: SpecForm,
    *,
    check: Check | str | None = None,
    problems: tuple[str, ...] = (),
    output: str = "",
    example: str = "",
    waits_for: str = "",
    task_href: str = "",
    status: int = 200,
) -> web.Response:
    return respond(
        request,
        "pages/new.html",
        NewPage(
            form=form,
            formats=_TITLES,
            examples=tuple(request.app[EXAMPLES].values()),
            example=example,
            start_folder=str(request.app[TASKS].folder),
            check=check if isinstance(check, Check) else None,
            problems=(*problems, check) if isinstance(check, str) else problems,
            output=output,
            can_run=of_workflows.has_runner(),
            once=secrets.token_urlsafe(16),
            waits_for=waits_for,
            task_href=task_href,
        ),
        status=status,
    )


ROUTES = (
    web.get("/new", page, name="new"),
    web.post("/new", receive, name="new"),
)
