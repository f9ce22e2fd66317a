"""Render a view's dataclass as HTML: the whole page, or the blocks that an open page asks for."""

from dataclasses import dataclass
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web
from aiohttp.typedefs import Handler

from torc_client.errors import ApiError, ServerUnreachableError, TorcError
from torc_dash.version import __version__

# The blocks that an open page may ask for, by the id of the element that they replace.
PARTS = frozenset({"content", "live"})


@dataclass(frozen=True)
class PageChrome:
    """What every page shows around its content: the server, and the address for workers."""

    server: str
    worker_url: str | None = None
    version: str = __version__


@dataclass(frozen=True)
class Problem:
    """A page that could not be created: why, and what to do."""

    title: str
    message: str
    hint: str | None
    here: str
    live: bool


PAGE_CHROME = web.AppKey("chrome", PageChrome)


def set_up(app: web.Application) -> None:
    """Load the templates of the application. Undefined names are errors, and all values are escaped.

    All templates are loaded now, so that no request waits for the disk.
    """
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.PackageLoader("torc_dash", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name in environment.list_templates():
        environment.get_template(name)


def respond(request: web.Request, template_name: str, page: object, status: int = 200) -> web.Response:
    """Respond with a page, or with the blocks of it that an open page asks for."""
    template = aiohttp_jinja2.get_env(request.app).get_template(template_name)
    values: dict[str, Any] = {"page": page, "chrome": request.app[PAGE_CHROME]}
    part = _requested_part(request)
    if part in template.blocks:
        text = _render_part(template, part, values)
    else:
        text = template.render({**values, "beside": False})
    return web.Response(text=text, status=status, content_type="text/html", headers={"Vary": "HX-Request, HX-Target"})


def _requested_part(request: web.Request) -> str:
    """Return the block that the request asks for; empty if it asks for a whole page."""
    part = request.headers.get("HX-Target", "")
    is_open_page = request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    return part if is_open_page and part in PARTS else ""


def _render_part(template: jinja2.Template, part: str, values: dict[str, Any]) -> str:
    """Render one block. The live block brings the summary along, which is at another place of the page."""
    blocks = [part, *(("summary",) if part == "live" and "summary" in template.blocks else ())]
    context = template.new_context({**values, "beside": part == "live"})
    return "".join(piece for name in blocks for piece in template.blocks[name](context))


@web.middleware
async def render_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Render a page with what to do if the server refuses a request or does not answer."""
    try:
        return await handler(request)
    except TorcError as error:
        status, problem = _problem(error, request.path_qs)
        return respond(request, "pages/problem.html", problem, status)
    except web.HTTPNotFound:
        problem = Problem("Not found", "There is no such page.", None, request.path_qs, live=False)
        return respond(request, "pages/problem.html", problem, 404)


def _problem(error: TorcError, here: str) -> tuple[int, Problem]:
    if isinstance(error, ServerUnreachableError) or (isinstance(error, ApiError) and error.status in {502, 503, 504}):
        hint = "This page reconnects automatically when the server is back."
        return 503, Problem("The Torc server does not answer", error.message, hint, here, live=True)
    if isinstance(error, ApiError):
        status = error.status if 400 <= error.status < 500 else 502
        title = "Not found" if status == 404 else "The Torc server refused"
        # Messages of the server have no full stop.
        message = f"{error.message}." if error.message[-1:].isalnum() else error.message
        return status, Problem(title, message, error.hint, here, live=False)
    return 502, Problem("Unexpected answer from the server", error.message, error.hint, here, live=False)
