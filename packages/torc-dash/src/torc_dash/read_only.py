"""A dashboard that changes nothing: ``--read-only``."""

from aiohttp import web
from aiohttp.typedefs import Handler

from torc_dash.rendering import PAGE_CHROME, problem_page

# Routes whose forms change only how the reader sees the pages.
_PREFERENCES = frozenset({"settings"})
_WHY = "This dashboard was started with --read-only."


@web.middleware
async def refuse_changes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse all requests that could change something on the server, also those of the proxy."""
    if not request.app[PAGE_CHROME].read_only or request.method in {"GET", "HEAD"}:
        return await handler(request)
    if request.path.startswith("/torc-service/"):
        return web.json_response({"error": {"message": _WHY}}, status=403)
    resource = request.match_info.route.resource
    if request.match_info.http_exception is not None or (resource is not None and resource.name in _PREFERENCES):
        return await handler(request)
    return problem_page(request, "Read-only", _WHY, "Use another dashboard, or the command torc.", 403)
