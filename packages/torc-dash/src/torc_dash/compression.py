"""Compress pages, their parts, scripts and styles: most readers are behind an ssh tunnel.

Compression reveals the length of what it compresses. The only secret on a page is the token of its forms, which each
response has in another form (see `csrf`). Event streams and answers of the proxy are not compressed here.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

LEAST_BYTES = 1024
_TYPES = frozenset({"text/html", "text/csv", "text/plain", "image/svg+xml", "application/json"})


_CONDITIONS = ("If-None-Match", "If-Modified-Since", "Range")
_SUFFIXES = (".js", ".css", ".svg")


@web.middleware
async def compress(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Compress a response of a known type if it is large enough and the browser accepts it."""
    response = await handler(request)
    if response.prepared or not _is_worth_it(request, response):
        return response
    varying = response.headers.get("Vary")
    response.headers["Vary"] = f"{varying}, Accept-Encoding" if varying else "Accept-Encoding"
    response.enable_compression()
    return response


def _is_worth_it(request: web.Request, response: web.StreamResponse) -> bool:
    if isinstance(response, web.FileResponse):
        # If the browser has the file, the response has no body, and nothing may follow its headers.
        has_it = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
        return request.path.endswith(_SUFFIXES) and not has_it
    is_large = isinstance(response, web.Response) and (response.content_length or 0) >= LEAST_BYTES
    return is_large and response.content_type in _TYPES
