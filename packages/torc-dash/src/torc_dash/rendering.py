"""Render a view's dataclass as HTML: the whole page, or the blocks that an open page asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import aiohttp_jinja2
import jinja2
import jinja2.nodes
from aiohttp import web
from aiohttp.typedefs import Handler

from torc_client.errors import ApiError, ServerUnreachableError, TorcError
from torc_dash import moments, navigation
from torc_dash.version import __version__

# The parts that an open page asks for, and the parts in the response, separated by spaces.
PARTS_HEADER = "X-Torc-Parts"
_VARY = {"Vary": f"HX-Request, HX-Target, {PARTS_HEADER}"}


@dataclass(frozen=True)
class PageChrome:
    """What every page shows around its content: the server, and the address for workers."""

    server: str
    worker_url: str | None = None
    version: str = __version__
    read_only: bool = False


@dataclass(frozen=True)
class Problem:
    """A page that could not be created: why, and what to do."""

    title: str
    message: str
    hint: str | None
    live: bool


PAGE_CHROME = web.AppKey("chrome", PageChrome)
# Functions that compute further values of all templates from the request.
PageValues = Callable[[web.Request], dict[str, object]]
PAGE_VALUES: web.AppKey[tuple[PageValues, ...]] = web.AppKey("page_values", tuple)
_PARENTS: web.AppKey[dict[str, tuple[jinja2.Template, ...]]] = web.AppKey("parents", dict)


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
    environment.filters.update(when=moments.when, ago=moments.ago)
    app[_PARENTS] = {name: _with_parents(environment, name) for name in environment.list_templates()}


def _with_parents(environment: jinja2.Environment, name: str) -> tuple[jinja2.Template, ...]:
    """Return a template, the one that it extends, and so on."""
    found = [environment.get_template(name)]
    loader = environment.loader
    while loader is not None:
        source, _, _ = loader.get_source(environment, found[-1].name or "")
        extended = next(environment.parse(source).find_all(jinja2.nodes.Extends), None)
        if extended is None:
            break
        found.append(environment.get_template(extended.template.as_const()))
    return tuple(found)


def respond(request: web.Request, template_name: str, page: object, status: int = 200) -> web.Response:
    """Respond with a page, or with the parts of it that an open page asks for.

    A part is a block of the template, which has the name of its element's id. So a page can ask for nothing that it
    does not show anyway. A request for another part gets the whole page.
    """
    templates = request.app[_PARENTS][template_name]
    values: dict[str, Any] = {
        "page": page,
        "chrome": request.app[PAGE_CHROME],
        "top_bar": navigation.top_bar(request),
    }
    for values_for in request.app[PAGE_VALUES]:
        values.update(values_for(request))
    blocks = {name for template in templates for name in template.blocks}
    parts = [part for part in _requested_parts(request) if part in blocks]
    headers = dict(_VARY)
    if not parts:
        return web.Response(text=templates[0].render(values), status=status, content_type="text/html", headers=headers)
    text = _render_parts(templates, parts, values)
    headers[PARTS_HEADER] = " ".join(parts)
    headers["ETag"] = _etag(text, values)
    if status == 200 and request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def _etag(text: str, values: dict[str, Any]) -> str:
    """Return the name of this content, which is the same when only the token of the forms differs."""
    token = str(values.get("csrf_token", ""))
    content = text.replace(token, "") if token else text
    return f'"{sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


def _requested_parts(request: web.Request) -> list[str]:
    """Return the parts that the request asks for: some by live.js, one by htmx. None for a whole page."""
    if "HX-History-Restore-Request" in request.headers:
        return []
    if PARTS_HEADER in request.headers:
        return list(dict.fromkeys(request.headers[PARTS_HEADER].split()))
    return [request.headers.get("HX-Target", "")] if request.headers.get("HX-Request") == "true" else []


def _render_parts(templates: tuple[jinja2.Template, ...], parts: list[str], values: dict[str, Any]) -> str:
    context = templates[0].new_context(values)
    for parent in templates[1:]:
        for name, block in parent.blocks.items():
            context.blocks.setdefault(name, []).append(block)
    return "".join(piece for part in parts for piece in context.blocks[part][0](context))


def problem_page(
    request: web.Request, title: str, message: str, hint: str | None, status: int, *, live: bool = False
) -> web.Response:
    """Respond with a page that says what is wrong and what to do."""
    return respond(request, "pages/problem.html", Problem(title, message, hint, live), status)


@web.middleware
async def render_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Render a page with what to do if the server refuses a request or does not answer."""
    try:
        return await handler(request)
    except TorcError as error:
        status, problem = _problem(error)
        return respond(request, "pages/problem.html", problem, status)
    except web.HTTPNotFound:
        return problem_page(request, "Not found", "There is no such page.", None, 404)
    except web.HTTPRequestEntityTooLarge:
        return problem_page(request, "Too large", "The form is larger than the dashboard accepts.", None, 413)


def _problem(error: TorcError) -> tuple[int, Problem]:
    if isinstance(error, ServerUnreachableError) or (isinstance(error, ApiError) and error.status in {502, 503, 504}):
        hint = "This page reconnects automatically when the server is back."
        return 503, Problem("The Torc server does not answer", error.message, hint, live=True)
    if isinstance(error, ApiError):
        status = error.status if 400 <= error.status < 500 else 502
        title = "Not found" if status == 404 else "The Torc server refused"
        # Messages of the server have no full stop.
        message = f"{error.message}." if error.message[-1:].isalnum() else error.message
        return status, Problem(title, message, error.hint, live=False)
    return 502, Problem("Unexpected answer from the server", error.message, error.hint, live=False)
