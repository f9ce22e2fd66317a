"""Values as answers: JSON bytes, straight from rows where they came as JSON."""

from typing import Any

import msgspec
from aiohttp import web

from torc_server.api.operation import Accepted
from torc_server.web.request import warning_for


def answer(value: Any, unknown: tuple[str, ...] = ()) -> web.Response:
    """Make the answer of an operation that succeeded.

    Generated clients read 200 only, and 202 where they asked for what is done later.
    """
    status = web.HTTPOk.status_code
    if isinstance(value, Accepted):
        value, status = value.answer, web.HTTPAccepted.status_code
    body = msgspec.json.encode(value)
    headers = {"Warning": warning_for(unknown)} if unknown else None
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)
