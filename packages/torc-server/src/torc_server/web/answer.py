"""Values as answers: JSON bytes, straight from rows where they came as JSON."""

from typing import Any

import msgspec
from aiohttp import web

from torc_server.resources.records import Encoded
from torc_server.web.request import warning_for


def answer(value: Any, unknown: tuple[str, ...] = ()) -> web.Response:
    """Make the answer of an operation that succeeded. It is always 200: generated clients read no other."""
    body = value.encode() if isinstance(value, Encoded) else msgspec.json.encode(value)
    headers = {"Warning": warning_for(unknown)} if unknown else None
    return web.Response(body=body, content_type="application/json", headers=headers)
