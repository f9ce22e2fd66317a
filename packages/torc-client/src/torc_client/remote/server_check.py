"""The result of checking the server from the host of a worker, and its sentence and remedy. Pure.

What is at the other end of a URL depends on where it is used: names resolve differently, firewalls differ, and
`localhost` is another machine.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct


class Reach(StrEnum):
    """Whether and how the server is reached. The value is the name in JSON output."""

    OK = "ok"
    NAME_UNKNOWN = "name_unknown"
    NAME_SLOW = "name_not_answered"
    NAME_IS_LOOPBACK = "name_is_loopback"
    URL_IS_LOOPBACK = "url_is_loopback"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    SILENT = "silent"
    NO_ROUTE = "no_route"
    BROKEN = "connection_broken"
    SOCKET_MISSING = "socket_missing"
    SOCKET_DEAD = "socket_dead"
    SOCKET_CLOSED = "socket_closed"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    CERTIFICATE_NAME = "certificate_name"
    CERTIFICATE_TIME = "certificate_time"
    CERTIFICATE_OTHER = "certificate_invalid"
    NOT_TLS = "not_tls"
    NOT_HTTP = "not_http"
    NOT_TORC = "not_torc"
    OTHER_SERVER = "other_server"
    VERSION = "version"
    NEEDS_LOGIN = "needs_login"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - the name of a reason
    NO_ACCESS = "no_access"
    NO_WORKFLOW = "no_workflow"
    SERVER_FAILED = "server_failed"
    SETTINGS = "settings"


class ServerCheck(Struct, frozen=True, kw_only=True):
    """What the host of a worker found at a URL."""

    reach: Reach
    url: str
    host: str = ""
    port: int | None = None
    addresses: list[str] = []
    """What the host name resolves to there."""
    detail: str = ""
    """The message of the system, of TLS or of the server, if it says more."""
    seconds: float = 0.0
    """The time without an answer."""
    status: int = 0
    """The HTTP status."""
    server_version: str = ""
    proxies: list[str] = []
    """The variables there that name an HTTP proxy."""

    @property
    def is_ok(self) -> bool:
        """Whether a runner there can work with the server."""
        return self.reach is Reach.OK


class Explanation(NamedTuple):
    """What is wrong, as a sentence, and the remedy."""

    sentence: str
    remedy: str


_OTHER_NAME = (
    "Try the fully qualified name of the server's machine, or its name in the network of the workers"
    " (`ssh {there} getent hosts NAME` shows whether a name resolves there), start the server with"
    " `torc-server run --host NAME`, and set TORC_API_URL to that name; or use --tunnel."
)
_REBIND = (
    "Start it with `torc-server run --host 0.0.0.0`, and set TORC_API_URL to an address that the workers reach;"
    " or use --tunnel."
)
_FIREWALL = (
    "Ask your administrators which ports are open between the machines, and choose one with"
    " `torc-server run --port PORT`; or use --tunnel."
)
_CA = "Name the certificate of the authority that issued it with --tls-ca-cert."
_NOT_OURS = "Check the URL in --url or TORC_API_URL, and `torc ping` here."

WORDS: Mapping[Reach, tuple[str, str]] = {
    Reach.NAME_UNKNOWN: ("{host} does not resolve on {there}", _OTHER_NAME),
    Reach.NAME_SLOW: (
        "The name service of {there} did not resolve {host} within {seconds} s",
        "Check the name service there, or use the address of the server in TORC_API_URL.",
    ),
    Reach.NAME_IS_LOOPBACK: ("{host} resolves to {addresses} on {there}, which is {there} itself", _OTHER_NAME),
    Reach.URL_IS_LOOPBACK: ("On {there}, {url} is {there} itself, not the machine of the server", _REBIND),
    Reach.REFUSED: (
        "Connections from {there} to {endpoint} are refused",
        "Is the server bound to 127.0.0.1? `netstat -tlnp | grep {port}` on its machine shows it. " + _REBIND,
    ),
    Reach.NO_ANSWER: (
        "{endpoint} does not answer {there} within {seconds} s: a firewall may drop the packets",
        _FIREWALL,
    ),
    Reach.SILENT: (
        "{endpoint} accepts connections from {there}, and sends no answer within {seconds} s",
        "Check that the server is not stopped or overloaded (`torc ping` here), and that no firewall drops packets.",
    ),
    Reach.NO_ROUTE: ("There is no way from {there} to {endpoint}", _FIREWALL),
    Reach.BROKEN: (
        "The connection from {there} to {endpoint} breaks before the answer",
        "Check that a Torc server listens there (`torc ping` here), and that no firewall resets connections.",
    ),
    Reach.SOCKET_MISSING: (
        "There is no socket {socket} on {there}",
        "Start a server there with this socket, or use --tunnel to bring the server of this machine there.",
    ),
    Reach.SOCKET_DEAD: (
        "No program listens on the socket {socket} on {there}",
        "Start the server there again, or use --tunnel to bring the server of this machine there.",
    ),
    Reach.SOCKET_CLOSED: (
        "The socket {socket} on {there} belongs to another user",
        "Use the account of its owner, or a server with a port.",
    ),
    Reach.CERTIFICATE_UNKNOWN: ("{there} does not trust the certificate of {endpoint}", _CA),
    Reach.CERTIFICATE_NAME: (
        "The certificate of the server is not valid for {host}, as {there} sees it",
        "Use a name in TORC_API_URL that the certificate has.",
    ),
    Reach.CERTIFICATE_TIME: (
        "The certificate of {endpoint} has expired or is not valid yet, by the clock of {there}",
        "Renew the certificate, or set the clock there.",
    ),
    Reach.CERTIFICATE_OTHER: ("{there} refuses the certificate of {endpoint}", _CA),
    Reach.NOT_TLS: (
        "The TLS handshake of {there} with {endpoint} failed",
        "If the server does not use TLS, its URL begins with http://.",
    ),
    Reach.NOT_HTTP: ("What answers {there} at {endpoint} does not speak HTTP", _NOT_OURS),
    Reach.NOT_TORC: ("What answers {there} at {url} is not a Torc server (HTTP status {status})", _NOT_OURS),
    Reach.OTHER_SERVER: (
        "Another Torc server, with another database, answers {there} at {url}",
        "Set TORC_API_URL to a name or an address that means the same server on all machines; or use --tunnel.",
    ),
    Reach.VERSION: (
        "Torc on {there} cannot talk to torc-server {server_version}",
        "Install the version of the server there.",
    ),
    Reach.NEEDS_LOGIN: (
        "The server requires credentials, and the worker has none",
        "Set TORC_PASSWORD here, so that a token can be issued for the worker.",
    ),
    Reach.TOKEN_REFUSED: (
        "The server refuses the token of the worker on {there}",
        "Run the command again, which issues another token; a proxy on the way may remove the header Authorization.",
    ),
    Reach.NO_ACCESS: (
        "The server does not let the worker on {there} use the workflow",
        "Ask the owner of the workflow to share it: torc access-groups --help.",
    ),
    Reach.NO_WORKFLOW: (
        "The server that {there} reaches does not have the workflow",
        "Check the id with `torc workflows list`; another server may answer there.",
    ),
    Reach.SERVER_FAILED: (
        "The server answers {there} with an error (HTTP status {status})",
        "Look at the log of the server, or of the proxy in front of it.",
    ),
    Reach.SETTINGS: ("The settings for the server cannot be used on {there}", "Correct them, and try again."),
}
"""Sentence and remedy of each failure. `there` is the host of the worker, `endpoint` the address and port."""

_BOUND_TO_LOOPBACK = "The server listens on {bound} only, which other machines cannot reach. "
_BOUND = "The server listens on {bound}, so a firewall rejects the connections. "
_PROXIES = " {proxies} on {there} names an HTTP proxy, which torc does not use: it connects directly."


def explain(
    check: ServerCheck, there: str, *, bound: Sequence[str] = (), is_bound_to_loopback: bool = False
) -> Explanation:
    """Return what is wrong on the host `there`, and the remedy.

    `bound` has the addresses on which the server listens, if they are known; `is_bound_to_loopback` is whether no other
    machine can connect to them.
    """
    sentence, remedy = WORDS[check.reach]
    if check.reach is Reach.REFUSED and bound:
        remedy = _BOUND_TO_LOOPBACK + _REBIND if is_bound_to_loopback else _BOUND + _FIREWALL
    if check.proxies:
        remedy += _PROXIES
    facts = {**_facts(check, there), "bound": " and ".join(bound)}
    detail = f" ({check.detail})" if check.detail else ""
    return Explanation(f"{sentence.format_map(facts)}{detail}.", remedy.format_map(facts))


def _facts(check: ServerCheck, there: str) -> Mapping[str, str]:
    host = f"[{check.host}]" if ":" in check.host else check.host
    shown = check.addresses[0] if len(check.addresses) == 1 and check.addresses[0] != check.host else ""
    endpoint = f"{host}:{check.port}" if check.port else check.url
    return {
        "there": there,
        "url": check.url,
        "host": check.host,
        "port": str(check.port or ""),
        "endpoint": f"{endpoint} ({shown})" if shown and check.port else endpoint,
        "addresses": " and ".join(check.addresses),
        "seconds": f"{round(check.seconds, 1):g}",
        "status": str(check.status),
        "server_version": check.server_version,
        "proxies": ", ".join(check.proxies),
        "socket": check.url.partition("?")[0].removeprefix("unix://"),
    }
