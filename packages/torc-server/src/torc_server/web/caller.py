"""Identify the caller: by the kernel over the UNIX socket, by the authenticator over TCP."""

import functools
import pwd
import socket
import struct
from urllib.parse import unquote

from aiohttp import hdrs, web

from torc_server.api.operation import Identity
from torc_server.auth.basic import Authenticator

# struct ucred of SO_PEERCRED: process, user, group.
_UCRED = struct.Struct("3i")

NOBODY = Identity()
SAID_USER = "X-Torc-Client-User"
LONGEST_USER_NAME = 255


async def caller_of(
    request: web.Request, authenticator: Authenticator, *, open_paths: frozenset[str], refused: int = 0
) -> Identity:
    """Identify the caller. Raises Refused, Overloaded and Throttled, as the authenticator does.

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
    user = await authenticator.user_of(sent, address=request.remote, refused=refused)
    return Identity(user, claimed=_claimed(request), is_owner=user is not None and authenticator.names_owners)


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
