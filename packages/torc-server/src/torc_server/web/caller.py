"""Identify the caller: by the kernel over the UNIX socket, by a token or a password over TCP."""

import functools
import pwd
import socket
import struct
from urllib.parse import unquote

from aiohttp import hdrs, web

from torc_server.api.operation import Identity
from torc_server.auth.basic import Authenticator
from torc_server.engine.access.permissions import TokenScope
from torc_server.live.token_checks import TokenChecker

# struct ucred of SO_PEERCRED: process, user, group.
_UCRED = struct.Struct("3i")

NOBODY = Identity()
SAID_USER = "X-Torc-Client-User"
LONGEST_USER_NAME = 255


async def caller_of(
    request: web.Request,
    authenticator: Authenticator,
    tokens: TokenChecker | None = None,
    *,
    open_paths: frozenset[str],
    refused: int = 0,
) -> Identity:
    """Identify the caller. Raises Refused, Overloaded and Throttled, as the authenticator does, and StoreError.

    `refused` is the number of wrong passwords on the same connection.

    The UNIX socket requires no credentials: the kernel lets only its owner and root connect, and reports the user.
    `open_paths` require no credentials either.
    """
    peer = _peer(request)
    if peer is not None and peer.family == socket.AF_UNIX:
        return Identity(_peer_user(peer))
    if authenticator.believes_nobody or request.path in open_paths:
        return Identity(claimed=_claimed(request))
    sent = request.headers.get(hdrs.AUTHORIZATION)
    token = None if tokens is None else await tokens.token_of(sent)
    if token is not None:
        return Identity(token.user, is_login=token.is_login, token=TokenScope(token.id, token.workflow_id))
    user = await authenticator.user_of(sent, address=request.remote, refused=refused)
    is_login = user is not None
    return Identity(
        user, claimed=_claimed(request), is_owner=is_login and authenticator.names_owners, is_login=is_login
    )


def _claimed(request: web.Request) -> str | None:
    """Return the user name that the client claims, percent-encoded in a header; None if it is not a valid name."""
    name = unquote(request.headers.get(SAID_USER, ""))
    return name if name.isprintable() and 0 < len(name) <= LONGEST_USER_NAME else None


def is_over_unix_socket(request: web.Request) -> bool:
    """Whether the request arrived over the private socket."""
    peer = _peer(request)
    return peer is not None and peer.family == socket.AF_UNIX


def _peer(request: web.Request) -> socket.socket | None:
    transport = request.transport
    return None if transport is None else transport.get_extra_info("socket")


def _peer_user(peer: socket.socket) -> str:
    """Return the name of the user at the other end, as the kernel reports it."""
    _, uid, _ = _UCRED.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    return _user_name(uid)


@functools.cache
def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
