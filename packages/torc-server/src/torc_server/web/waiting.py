"""Requests that wait or stream: their mark on the connection, and their end with the rights of their user."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from aiohttp import web

from torc_server.api.operation import Call
from torc_server.auth.basic import Authenticator, Refused
from torc_server.edge.held_connections import connection_of
from torc_server.engine.ids import TokenId
from torc_server.live.token_checks import TokenChecker
from torc_server.live.waits import Check, Waits
from torc_server.web.caller import is_over_unix_socket
from torc_server.web.request_keys import LOGINS

WAITS = web.AppKey("waits", Waits)
TOKENS: web.AppKey[TokenChecker | None] = web.AppKey("tokens")
AUTHENTICATOR = web.AppKey("authenticator", Authenticator)


@asynccontextmanager
async def waiting(request: web.Request, call: Call, check: Check) -> AsyncIterator[None]:
    """Let a request wait in the block.

    Raises Refused if its user is removed or gets another password, or its token is revoked, and an EngineError of
    `check` if the user loses access.
    """
    connection = connection_of(request)
    if connection is not None:
        connection.is_waiting = True
    token, tokens = call.identity.token, request.app[TOKENS]
    if token is not None and tokens is not None:
        check = _with_token(token.token_id, tokens, check)
    # A token outlives the password of its user.
    user = None if token is not None or is_over_unix_socket(request) else call.identity.user
    async with request.app[WAITS].entered(user, check, token_of=None if token is None else token.workflow_id):
        # The passwords may have been reloaded since the credentials were checked.
        if user is not None and request.app[AUTHENTICATOR].is_withdrawn(user, since=request[LOGINS]):
            raise Refused
        # The token may have been revoked since it was checked.
        if token is not None and tokens is not None:
            await tokens.require_still_valid(token.token_id)
        yield


def _with_token(token_id: TokenId, tokens: TokenChecker, check: Check) -> Check:
    """Make the check of a request with a token."""

    async def both() -> object:
        await tokens.require_still_valid(token_id)
        return await check()

    return both


def ending_waits(app: web.Application) -> Callable[[Collection[str]], None]:
    """Make the function that ends the waits of users on the current event loop. It can be called from any thread."""
    loop = asyncio.get_running_loop()

    def end(users: Collection[str]) -> None:
        with contextlib.suppress(RuntimeError):  # the server has stopped
            loop.call_soon_threadsafe(app[WAITS].end_users, users, Refused())
            # Those whose user was removed end.
            loop.call_soon_threadsafe(app[WAITS].check_tokens)

    return end
