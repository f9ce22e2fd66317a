"""Refuse requests of pages in browsers that are not pages of the user of this server.

The server has no pages of its own. Its dashboard sends requests as a program does.
"""

from collections.abc import Iterable

from aiohttp import hdrs, web

from torc_server.edge.browser_requests import OwnNames, host_name, is_of_browser, is_of_foreign_page, is_of_page
from torc_server.web.caller import is_over_unix_socket
from torc_server.web.errors import RequestError

_FORBIDDEN = web.HTTPForbidden.status_code
_UNSUPPORTED = web.HTTPUnsupportedMediaType.status_code


class PagePolicy:
    """The names that requests over TCP may be sent to.

    Requests of pages may be sent to own names alone: a page of another site can make its name point here, and then
    names itself in Origin and in Host. When it only reads, nothing but Host shows that, so with `checks_all_names` all
    requests over TCP need an own name.
    """

    def __init__(self, allowed_hosts: Iterable[str] = (), *, checks_all_names: bool = False) -> None:
        self._names = OwnNames(allowed_hosts)
        self._checks_all_names = checks_all_names

    def require_own_page(self, request: web.Request) -> None:
        """Raise RequestError for a request that a page of another site can have made."""
        headers = request.headers
        host = headers.get(hdrs.HOST)
        if is_of_browser(headers):
            if is_of_foreign_page(request.method, headers):
                raise RequestError("This request comes from a page of another site; use a program", status=_FORBIDDEN)
            if is_of_page(headers):
                self._require_own_name(host)
            if request.body_exists and request.content_type != "application/json":
                raise RequestError("Send the body as application/json", status=_UNSUPPORTED)
        if self._checks_all_names and host is not None and host not in self._names and not is_over_unix_socket(request):
            self._require_own_name(host)

    def _require_own_name(self, host: str | None) -> None:
        if host is not None and host in self._names:
            return
        name = None if host is None else host_name(host)
        if name is None:
            raise RequestError("The header Host is not a host name with an optional port", status=_FORBIDDEN)
        raise RequestError(
            f"{name} is not a name of this server; use localhost, or start the server with --allowed-host {name}",
            status=_FORBIDDEN,
        )
