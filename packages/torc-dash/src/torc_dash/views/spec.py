"""The spec of a workflow as text, to be copied, changed and downloaded; and its export."""

from dataclasses import dataclass

from aiohttp import web

from torc_client.spec.formats import Format
from torc_dash import addresses, csrf
from torc_dash.addresses import ID
from torc_dash.command_output import CommandFailedError, read, send, send_text
from torc_dash.rendering import respond
from torc_dash.specs.creation import CREATIONS
from torc_dash.specs.making import file_name
from torc_dash.tasks.program import shown_command
from torc_dash.upstream import CLIENT
from torc_dash.workflow_frame import WorkflowFrame, load_frame, workflow_id_of

# The text of more jobs is only downloaded: it is too long to be read, and a browser is slow with it.
MOST_JOBS = 2000
_FORMATS = {"yaml": "YAML", "json": "JSON", "json5": "JSON5", "kdl": "KDL"}


@dataclass(frozen=True)
class FormatLink:
    """A format as a link to the text in it."""

    title: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class SpecPage:
    """The values of the template. `text` is None while it is not asked for."""

    frame: WorkflowFrame
    formats: tuple[FormatLink, ...]
    format: str
    text: str | None
    problem: str
    is_written: bool
    """Whether this is the text from which the workflow was created."""

    written_href: str
    now_href: str
    text_href: str
    copy_href: str
    download_href: str
    export_href: str
    is_large: bool
    most_jobs: int
    command: str
    can_copy: bool


async def page(request: web.Request) -> web.Response:
    """Show the text: that from which the workflow was created if this dashboard knows it, or that of its records."""
    id = workflow_id_of(request)  # noqa: A001 - the contract's name
    frame = await load_frame(request, id, "spec")
    written = request.app[CREATIONS].form_of(id)
    wanted = request.query.get("format", "")
    is_written = written is not None and not wanted and "now" not in request.query
    format_name = written.format if written is not None and is_written else wanted if wanted in _FORMATS else "yaml"
    is_large = frame.status.total_jobs > MOST_JOBS
    text, problem = written.text if written is not None and is_written else None, ""
    if text is None and "show" in request.query and not is_large:
        try:
            text = await read(request, _words(id, format_name), csrf.SPEC_BYTES)
        except CommandFailedError as error:
            problem = str(error)

    def here(name: str, **query: str) -> str:
        return addresses.spec(id, format=name, show=1, **query)

    return respond(
        request,
        "pages/spec.html",
        SpecPage(
            frame=frame,
            formats=tuple(
                FormatLink(title, here(name), name == format_name and not is_written)
                for name, title in _FORMATS.items()
            ),
            format=format_name,
            text=text,
            problem=problem,
            is_written=is_written,
            written_href=addresses.spec(id) if written is not None else "",
            now_href=addresses.spec(id, now=1, show=1),
            text_href=here(format_name),
            copy_href=addresses.new(**{"from": id, "format": None if is_written else format_name}),
            download_href=addresses.spec_file(id, format_name, written=1 if is_written else None),
            export_href=addresses.export(id),
            is_large=is_large,
            most_jobs=MOST_JOBS,
            command=shown_command(_words(id, format_name)),
            can_copy="new" in request.app.router.named_resources() and (is_written or not is_large),
        ),
    )


async def download(request: web.Request) -> web.StreamResponse:
    """Send the text as a file."""
    id = workflow_id_of(request)  # noqa: A001 - the contract's name
    format_name = Format(request.match_info["format"]).value
    workflow = await request.app[CLIENT].workflows.get_workflow(id)
    name = file_name(workflow.name, format_name)
    written = request.app[CREATIONS].form_of(id)
    if written is not None and "written" in request.query:
        return send_text(written.text, name)
    return await send(request, _words(id, format_name), name)


async def export(request: web.Request) -> web.StreamResponse:
    """Send the export of the workflow, for an import on this server or another one."""
    id = workflow_id_of(request)  # noqa: A001 - the contract's name
    workflow = await request.app[CLIENT].workflows.get_workflow(id)
    words = ["workflows", "export", str(id)]
    words += [f"--include-{part}" for part in ("results", "events") if request.query.get(part)]
    return await send(request, words, file_name(f"{workflow.name}-export", "json"))


def _words(workflow_id: int, format_name: str) -> tuple[str, ...]:
    return ("workflows", "spec", str(workflow_id), "--to", format_name)


_ONE_FORMAT = "{format:" + "|".join(_FORMATS) + "}"
ROUTES = (
    web.get(f"/workflows/{ID}/spec", page, name="spec"),
    web.get(f"/workflows/{ID}/spec/file.{_ONE_FORMAT}", download, name="spec-file"),
    web.get(f"/workflows/{ID}/export", export, name="export"),
)
