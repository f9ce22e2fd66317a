"""Access control: host names, origins, the one-time link, and headers that isolate a page.

Each rule is a middleware of its own and runs before routing, so that without access all addresses respond alike: pages,
fragments, static files, the proxy and unknown paths. On the UNIX socket the kernel has checked the user. On TCP every
user of the machine can connect, so the link is required.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

from torc_client.edge.browser_requests import host_name, is_of_foreign_page
from torc_client.edge.http_protocol import ISOLATION
from torc_dash.tcp_peer import Peers

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
TOKEN_PARAMETER = "token"  # noqa: S105 - a name, not a secret

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types default"
    ),
    **ISOLATION,
    # Not "no-referrer": with it, browsers send "Origin: null" with forms of our own pages.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# More than any browser has without a server that adds them.
_MOST_COOKIES = 20

_ENTERED = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Torc</title><link rel="icon" href="/static/icon.svg">
<meta http-equiv="refresh" content="0; url=/"></head>
<body><p><a href="/">Continue to the dashboard</a></p></body></html>
"""


@dataclass
class Sessions:
    """The browsers that used the link. A link works once; then `announce` is called with the token of the next.

    A session belongs to its holder: a host name, and the user or the address at the other end of the connection. A
    browser sends the cookie to all ports of the host name, also to servers of other users. It is useless for them.
    """

    cookie_name: str
    announce: Callable[[str], None]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    peers: Peers = field(default_factory=Peers)
    _open: dict[str, str] = field(default_factory=dict, repr=False)

    def holder_of(self, request: web.Request) -> str | None:
        """Return who sends a request, and to which name; None if the client closed the connection."""
        peer = self.peers.of(request.transport)
        return None if peer is None else f"{host_name(request.headers['Host'])} {peer}"

    def redeem(self, token: str, holder: str) -> str | None:
        """Exchange the token for a session, once; None for any other text."""
        if not hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self.token.encode()):
            return None
        self.token = secrets.token_urlsafe(32)
        session = secrets.token_urlsafe(32)
        self._open[session] = holder
        self.announce(self.token)
        return session

    def of(self, request: web.Request) -> str | None:
        """Return the session of a request by the cookie of its sender; None if it has no valid one."""
        sent = _cookies(request, self.cookie_name)
        holder = self.holder_of(request) if sent else None
        known = [
            session
            for session, one in self._open.items()
            for value in sent
            if hmac.compare_digest(value.encode("utf-8", "surrogateescape"), session.encode()) and one == holder
        ]
        return known[0] if known else None


@dataclass(frozen=True)
class AccessPolicy:
    """The host names of the dashboard, and its sessions; None if the kernel checks the user."""

    names: frozenset[str] = LOOPBACK_NAMES
    sessions: Sessions | None = None


ACCESS_POLICY = web.AppKey("access_policy", AccessPolicy)


def _cookies(request: web.Request, name: str) -> list[str]:
    """Return the values of a cookie. Another server of the same host name can add some with the same name."""
    parts = (part.strip().partition("=") for part in request.headers.get("Cookie", "").split(";"))
    return [value for found, _, value in parts if found == name][:_MOST_COOKIES]


@web.middleware
async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other host names (against DNS rebinding) and absolute addresses."""
    hosts = request.headers.getall("Host", [])
    if not request.raw_path.startswith("/"):
        return _refuse(400, "Request a path on this server.")
    if len(hosts) != 1 or host_name(hosts[0]) not in request.app[ACCESS_POLICY].names:
        return _refuse(
            403, "This host name does not belong to the dashboard. Use localhost, or start it with --allowed-host NAME."
        )
    return await handler(request)


@web.middleware
async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests from pages of other sites. Programs send no Origin; the next check handles them."""
    if is_of_foreign_page(request.method, request.headers):
        return _refuse(403, "This request comes from a page of another site or port.")
    return await handler(request)


@web.middleware
async def check_session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """On TCP, accept requests with the session cookie, and set the cookie for a request with the link."""
    sessions = request.app[ACCESS_POLICY].sessions
    if sessions is None or sessions.of(request) is not None:
        return await handler(request)
    token, holder = request.query.get(TOKEN_PARAMETER), sessions.holder_of(request)
    if request.path == "/" and request.method == "GET" and token is not None and holder is not None:
        session = sessions.redeem(token, holder)
        if session is not None:
            # A page and not a redirect: after a redirect from another site, browsers do not send a strict cookie.
            entered = web.Response(text=_ENTERED, content_type="text/html")
            entered.set_cookie(sessions.cookie_name, session, httponly=True, samesite="Strict", path="/")
            return entered
    return _refuse(403, "Open the dashboard with the link that torc-dash printed where it was started; it works once.")


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers of every response. Only static files may be cached, and must be revalidated."""
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = "no-cache" if request.path.startswith("/static/") else "no-store"
    response.headers.popall("Server", None)


MIDDLEWARES = (check_host, check_origin, check_session)


def _refuse(status: int, why: str) -> web.Response:
    return web.Response(status=status, text=why + "\n")
