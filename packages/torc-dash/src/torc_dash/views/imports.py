"""Create a workflow from an export: an upload, or a file on the machine of the dashboard."""

import asyncio
import secrets
import shutil
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from torc_dash import addresses, csrf
from torc_dash.rendering import respond
from torc_dash.specs.creation import CREATIONS
from torc_dash.specs.making import NotMadeError, file_name, made_by, scratch_folder
from torc_dash.tasks.program import shown_command
from torc_dash.tasks.registry import TASKS, Task, TooManyTasksError

# The export of 100,000 jobs with results has about 100 MB.
MOST_BYTES = 512 * 1024 * 1024
# An import that takes longer is watched on the page of its task.
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class ImportForm:
    """The values of the form. `path` is a file on the machine of the dashboard."""

    path: str = ""
    name: str = ""
    skips_results: bool = False
    skips_events: bool = False

    def options(self) -> list[str]:
        """Return the options of the command."""
        return [
            *([f"--name={self.name}"] if self.name else []),
            *(["--skip-results"] if self.skips_results else []),
            *(["--skip-events"] if self.skips_events else []),
        ]


@dataclass(frozen=True)
class ImportPage:
    """The values of the template."""

    form: ImportForm
    problem: str
    output: str
    once: str
    most_mebibytes: int
    start_folder: str


async def page(request: web.Request) -> web.Response:
    """Show the form."""
    return _respond(request, ImportForm())


@csrf.accepts(MOST_BYTES)
async def receive(request: web.Request) -> web.Response:
    """Import a file, once if the form is sent twice, and go to the workflow."""
    sent = await request.post()
    tasks = request.app[TASKS]
    once = _text(sent, "once") or secrets.token_urlsafe(16)
    form = ImportForm(
        path=_text(sent, "path").strip(),
        name=_text(sent, "name").strip(),
        skips_results=bool(_text(sent, "skips_results")),
        skips_events=bool(_text(sent, "skips_events")),
    )
    file = sent.get("file")
    upload = file if isinstance(file, web.FileField) and file.filename else None
    started, problem = tasks.started_by(once), _refusal(form, upload)
    if isinstance(file, web.FileField) and (started is not None or problem or upload is None):
        await asyncio.to_thread(file.file.close)
    if started is not None:
        raise web.HTTPSeeOther(addresses.task(started.id))
    if problem:
        return _respond(request, form, problem=problem, status=422)
    # What is done from here on does not end with the request.
    making = request.app[CREATIONS].keep(_import(request.app, form, upload, once))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            workflow_id = await asyncio.shield(making)
    except TimeoutError:
        known = tasks.started_by(once)
        raise web.HTTPSeeOther(addresses.tasks() if known is None else addresses.task(known.id)) from None
    except (NotMadeError, TooManyTasksError, OSError) as error:
        return _respond(request, form, problem="No workflow was created.", output=str(error), status=422)
    raise web.HTTPSeeOther(addresses.workflow(workflow_id))


def _text(sent: Mapping[str, object], name: str) -> str:
    value = sent.get(name, "")
    return value if isinstance(value, str) else ""


def _refusal(form: ImportForm, upload: web.FileField | None) -> str:
    if upload is None and not form.path:
        return "Choose a file, or give the path of one."
    if upload is not None and form.path:
        return "Choose a file or give a path, not both."
    if "\0" in form.path + form.name or len(form.path + form.name) > 10_000:
        return "The path or the name is too long, or contains a NUL."
    return ""


async def _import(app: web.Application, form: ImportForm, upload: web.FileField | None, once: str) -> int:
    """Run the command, and return the id of the workflow. Raises NotMadeError, TooManyTasksError, OSError."""
    tasks = app[TASKS]
    async with AsyncExitStack() as stack:
        if upload is None:
            # Absolute, so that it cannot be an option.
            file = await asyncio.to_thread(_absolute, tasks.folder, form.path)
            shown = str(file)
        else:
            name = file_name(Path(upload.filename).stem, "json")
            file = await stack.enter_async_context(scratch_folder()) / name
            await asyncio.to_thread(_copy, upload, file)
            shown = name
        words = ("workflows", "import", *form.options())
        task: Task = await tasks.start(
            f"Import: {form.name or file.name}",
            ("-f", "json", *words, str(file)),
            command=shown_command((*words, shown)),
            folder=tasks.folder,
            once=once,
        )
        return await made_by(tasks, task, file)


def _absolute(start: Path, path: str) -> Path:
    try:
        return start / Path(path).expanduser()
    except RuntimeError as error:  # a user without a home
        raise OSError(str(error)) from error


def _copy(upload: web.FileField, target: Path) -> None:
    with upload.file as source, target.open("xb") as file:
        shutil.copyfileobj(source, file, 1024 * 1024)


def _respond(
    request: web.Request, form: ImportForm, *, problem: str = "", output: str = "", status: int = 200
) -> web.Response:
    return respond(
        request,
        "pages/import.html",
        ImportPage(
            form=form,
            problem=problem,
            output=output,
            once=secrets.token_urlsafe(16),
            most_mebibytes=MOST_BYTES >> 20,
            start_folder=str(request.app[TASKS].folder),
        ),
        status=status,
    )


ROUTES = (
    web.get("/new/import", page, name="imports"),
    web.post("/new/import", receive, name="imports"),
)
