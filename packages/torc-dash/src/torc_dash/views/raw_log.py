"""A log as it is, as plain text: whole, a range, or a download."""

import asyncio
import re

from aiohttp import web

from torc_client.log_files.attempt_sources import LogSource, load_history, open_source
from torc_dash.addresses import ID
from torc_dash.tables import integer
from torc_dash.upstream import CLIENT

_PIECE_BYTES = 256 * 1024
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


async def page(request: web.Request) -> web.StreamResponse:
    """Send a log in pieces. The header `Range`, or the parameters `offset` and `bytes`, select a part."""
    client = request.app[CLIENT]
    history = await load_history(client, int(request.match_info["id"]), request.query)
    source = await open_source(client, history, request.query.get("stream", ""))
    try:
        return await _send(request, source)
    finally:
        source.close()


async def _send(request: web.Request, source: LogSource) -> web.StreamResponse:
    size = source.log.size_bytes
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"{'attachment' if request.query.get('download') == '1' else 'inline'}; "
        f'filename="{_name(source)}"',
    }
    try:
        start, end, _ = request.http_range.indices(size)
    except ValueError:
        start, end = size, size
    partial = "Range" in request.headers
    if request.headers.get("Range") == "bytes=-0":
        start, end = size, size
    if partial and start >= end:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    if not partial:
        start, end = _selected(request, size)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response = web.StreamResponse(status=206 if partial else 200, headers=headers)
    response.content_length = end - start
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    while start < end:
        piece = await _read(source, start, min(_PIECE_BYTES, end - start))
        if not piece:
            # The log became shorter. The connection closes before the promised length, so that the browser sees it.
            if request.transport is not None:
                request.transport.abort()
            break
        await response.write(piece)
        start += len(piece)
    return response


async def _read(source: LogSource, start: int, most: int) -> bytes:
    reading = asyncio.ensure_future(asyncio.to_thread(source.log.read, start, most))
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        await asyncio.wait([reading])  # the log is closed when nothing reads it
        raise


def _selected(request: web.Request, size: int) -> tuple[int, int]:
    try:
        start = min(max(0, integer(request.query.get("offset", "0"))), size)
        return start, min(size, start + max(0, integer(request.query.get("bytes", str(size)))))
    except ValueError:
        return 0, size


def _name(source: LogSource) -> str:
    name = source.place.rpartition("/")[2]
    return _UNSAFE.sub("_", name)[:100].lstrip(".") or "log.txt"


ROUTES = (web.get(f"/jobs/{ID}/log/raw", page, name="raw-log"),)
