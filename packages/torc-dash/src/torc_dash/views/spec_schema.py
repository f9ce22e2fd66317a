"""The JSON Schema of specs, by which the editor completes fields and values."""

from functools import cache

import msgspec
from aiohttp import web

from torc_client.spec.schema import schema


async def show(_request: web.Request) -> web.Response:
    """Respond with the schema."""
    return web.Response(body=_text(), content_type="application/json")


@cache
def _text() -> bytes:
    return msgspec.json.encode(schema())


ROUTES = (web.get("/new/schema.json", show, name="spec-schema"),)
