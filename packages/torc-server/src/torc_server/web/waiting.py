"""Requests that wait or stream: their mark on the connection, and their end with the rights of their user."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from aiohttp import web

from torc_server.api.operation import Call
from torc_server.auth.basic import Authenticator, Refused
from torc_server.edge.held_connections import connection_of
from torc_server.live.waits import Check, Waits
from torc_server.web.caller import is_over_unix_socket
from torc_server.web.request_keys import LOGINS

WAITS = web.AppKey("waits", Waits)
AUTHENTICATOR = web.AppKey("authenticator", Authenticator)


@asynccontextmanager
async def waiting(request: web.Request, call: Call, check: Check) -> AsyncIterator[None]:
    """Let a request wait in the block.

    Raises Refused if its user is removed or gets another password, and an EngineError of `check` if the user loses
    access.
    """
    connection = connection_of(request)
    if connection is not None:
        connection.is_waiting = True
    user = None if is_over_unix_socket(request) else call.identity.user
    async with request.app[WAITS].entered(user, check):
        # The passwords may have been reloaded since the credentials were checked.
        if user is not None and request.app[AUTHENTICATOR].is_withdrawn(user, since=request[LOGINS]):
            raise Refused
        yield


def ending_waits(app: web.Application) -> Callable[[Collection[str]], None]:
    """Make the function that ends the waits of users on the current event loop. It can be called from any thread."""
    loop = asyncio.get_running_loop()

    def end(users: Collection[str]) -> None:
        with contextlib.suppress(RuntimeError):  # the server has stopped
            loop.call_soon_threadsafe(app[WAITS].end_users, users, Refused())

    return end
