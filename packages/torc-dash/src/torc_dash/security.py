"""Who may come in: host names, origins, the one-time link, and the headers that keep a page to itself.

Each rule is a middleware of its own and runs before routing, so that pages, fragments, static files, the proxy and
addresses that do not exist all answer alike to a stranger. Over the UNIX socket the kernel has checked the user; over
TCP anybody on the machine can connect, hence the link.
"""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
TOKEN_PARAMETER = "token"  # noqa: S105 - a name, not a secret
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{1,5})?")

_ENTERED = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Torc</title><link rel="icon" href="/static/icon.svg">
<meta http-equiv="refresh" content="0; url=/"></head>
<body><p><a href="/">Continue to the dashboard</a></p></body></html>
"""


@dataclass
class Sessions:
    """The browsers that came in by the link. The link works once; `announce` then tells the person the next one."""

    cookie_name: str
    announce: Callable[[str], None]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    _open: set[str] = field(default_factory=set, repr=False)

    def redeem(self, token: str) -> str | None:
        """Turn the token into a session, once; None for any other text."""
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        self.token = secrets.token_urlsafe(32)
        session = secrets.token_urlsafe(32)
        self._open.add(session)
        self.announce(self.token)
        return session

    def knows(self, session: str) -> bool:
        """Tell whether a cookie's value is a session of ours."""
        known = [hmac.compare_digest(session.encode(), one.encode()) for one in self._open]
        return any(known)


@dataclass(frozen=True)
class Door:
    """The names under which the dashboard may be addressed; `sessions` is None where the kernel checks the user."""

    names: frozenset[str] = LOOPBACK_NAMES
    sessions: Sessions | None = None


DOOR = web.AppKey("door", Door)


def host_name(header: str) -> str | None:
    """Return the name in a Host header, in lower case and without brackets and port; None for what is no host."""
    match = _HOST.fullmatch(header)
    return (match[1] or match[2]).lower() if match else None


@web.middleware
async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names that are not ours (a page of another site may have been pointed here) and absolute addresses."""
    hosts = request.headers.getall("Host", [])
    if not request.raw_path.startswith("/"):
        return _refuse(400, "Ask for a path on this server.")
    if len(hosts) != 1 or host_name(hosts[0]) not in request.app[DOOR].names:
        return _refuse(
            403, "This name does not belong to the dashboard. Use localhost, or --allowed-host NAME at its start."
        )
    return await handler(request)


@web.middleware
async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page sends. Programs send no Origin and are let through to the next check."""
    origins = request.headers.getall("Origin", [])
    host = request.headers["Host"].lower()
    if origins and [origin.lower() for origin in origins] not in ([f"http://{host}"], [f"https://{host}"]):
        return _refuse(403, "This request comes from a page of another origin.")
    foreign = request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
    followed_link = request.method in SAFE_METHODS and request.headers.get("Sec-Fetch-Mode") == "navigate"
    if foreign and not followed_link:
        return _refuse(403, "This request comes from a page of another site.")
    return await handler(request)


@web.middleware
async def check_session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Over TCP, let in who has the cookie, and give the cookie to who brings the link."""
    sessions = request.app[DOOR].sessions
    if sessions is None or sessions.knows(request.cookies.get(sessions.cookie_name, "")):
        return await handler(request)
    token = request.query.get(TOKEN_PARAMETER)
    if request.path == "/" and request.method == "GET" and token is not None:
        session = sessions.redeem(token)
        if session is not None:
            # A page, not a redirect: after a redirect from another site the browser would hold the strict cookie back.
            entered = web.Response(text=_ENTERED, content_type="text/html")
            entered.set_cookie(sessions.cookie_name, session, httponly=True, samesite="Strict", path="/")
            return entered
    return _refuse(403, "Open the dashboard with the link that torc-dash printed where it was started; it works once.")


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add what every answer carries. Only static files may be kept, and only to be asked about again."""
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = "no-cache" if request.path.startswith("/static/") else "no-store"
    response.headers.popall("Server", None)


MIDDLEWARES = (check_host, check_origin, check_session)


def _refuse(status: int, why: str) -> web.Response:
    return web.Response(status=status, text=why + "\n")
