"""Refuse HTTP requests that are not of a program of this user: pages of browsers, foreign names, a wrong token."""

import hmac
from typing import Any, Final

from multidict import CIMultiDict
from starlette.types import ASGIApp, Receive, Scope, Send

from torc_client.edge.browser_requests import OwnNames, is_of_browser

_BEARER: Final = "bearer "
_REFUSALS: Final = {
    401: "The token is missing or wrong: send the header `Authorization: Bearer TOKEN`.",
    403: "Requests of web pages, and for other hosts, are refused.",
}


class HttpGuard:
    """Passes requests on to `application` that a program of this user makes. Without `token`, none is required."""

    def __init__(self, application: ASGIApp, token: str | None) -> None:
        self._application = application
        self._token = token
        self._names = OwnNames()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        status = self.refusal(scope) if scope["type"] == "http" else 403 if scope["type"] == "websocket" else None
        if status is None:
            await self._application(scope, receive, send)
        else:
            await _refuse(send, status)

    def refusal(self, scope: Scope) -> int | None:
        """Return the status of a refused request."""
        headers = CIMultiDict((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        hosts = headers.getall("Host", [])
        if is_of_browser(headers) or len(hosts) != 1 or not self._is_own(hosts[0]):
            return 403
        return None if self._token is None or _is_token(headers, self._token) else 401

    def _is_own(self, host: str) -> bool:
        # Over a socket, clients send any name; no page of a browser reaches one.
        return self._token is None or host in self._names


def _is_token(headers: CIMultiDict[str], token: str) -> bool:
    given = headers.getall("Authorization", [])
    if len(given) != 1 or not given[0].lower().startswith(_BEARER):
        return False
    return hmac.compare_digest(given[0][len(_BEARER) :].strip().encode(), token.encode())


async def _refuse(send: Any, status: int) -> None:
    body = _REFUSALS[status].encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
