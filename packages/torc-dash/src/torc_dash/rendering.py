"""From a view's dataclass to HTML: the whole page, or the block of it that an open page asks for."""

from dataclasses import dataclass
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web
from aiohttp.typedefs import Handler

from torc_client.errors import ApiError, ServerUnreachableError, TorcError
from torc_dash.version import __version__

# The parts that a page may be asked for, by the id of the element that they replace.
PARTS = frozenset({"content", "live"})


@dataclass(frozen=True)
class Frame:
    """What every page says around its content: which server this is, and what workers need to reach it."""

    server: str
    worker_url: str | None = None
    version: str = __version__


@dataclass(frozen=True)
class Problem:
    """A page that could not be made: why, and what to do."""

    title: str
    message: str
    hint: str | None
    here: str
    live: bool


FRAME = web.AppKey("frame", Frame)


def set_up(app: web.Application) -> None:
    """Give the application its templates. Undefined names are errors, and everything is escaped.

    All are read now, so that no request waits for the disk.
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
    """Render a page; for a request of an open page, only the block that it wants to replace.

    The living part brings the summary along, which stands at another place of the page.
    """
    template = aiohttp_jinja2.get_env(request.app).get_template(template_name)
    names: dict[str, Any] = {"page": page, "frame": request.app[FRAME]}
    part = request.headers.get("HX-Target", "")
    wants_part = request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    if wants_part and part in PARTS and part in template.blocks:
        wanted = [part, *(("summary",) if part == "live" and "summary" in template.blocks else ())]
        context = template.new_context({**names, "beside": part == "live"})
        text = "".join(piece for name in wanted for piece in template.blocks[name](context))
    else:
        text = template.render({**names, "beside": False})
    return web.Response(text=text, status=status, content_type="text/html", headers={"Vary": "HX-Request, HX-Target"})


@web.middleware
async def tell_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what the server behind refuses, or its absence, into a page that says what to do."""
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
        hint = "This page goes on by itself as soon as the server is back."
        return 503, Problem("The Torc server does not answer", error.message, hint, here, live=True)
    if isinstance(error, ApiError):
        status = error.status if 400 <= error.status < 500 else 502
        title = "Not found" if status == 404 else "The Torc server refused"
        return status, Problem(title, error.message, error.hint, here, live=False)
    return 502, Problem("The answer makes no sense", error.message, error.hint, here, live=False)
