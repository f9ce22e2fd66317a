"""What a user is told to do when a server cannot be reached."""

import errno
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from torc_client.address import parse_address
from torc_client.connection_errors import outage_of
from torc_client.connection_remedies import remedy_for_silence
from torc_client.http_library import aiohttp
from torc_client.time_limits import LIMITS

SEVERAL = OSError(
    "Multiple exceptions: [Errno 111] Connect call failed ('fd00::1', 8080, 0, 0), [Errno 101] Connect call failed"
    " ('10.0.0.1', 8080)"
)
START = "To start a server, run `torc-server run --host 127.0.0.1`"
KEY: Any = SimpleNamespace(host="login1", port=8080, ssl=False, is_ssl=False)


def failed(
    url: str,
    error: OSError | str,
    kind: type[aiohttp.ClientConnectorError] = aiohttp.ClientConnectorError,
    *,
    was_heard: bool = False,
):
    """Return the reason and the remedy after an error of a connection to this URL."""
    cause = OSError(getattr(errno, error), "") if isinstance(error, str) else error
    outage = outage_of(kind(KEY, cause), 0, 1, parse_address(url), LIMITS, was_heard=was_heard)
    return outage.reason, outage.hint


@pytest.mark.parametrize(
    ("url", "error", "reason", "remedy"),
    [
        ("http://login1:8080", "ECONNREFUSED", "Connection refused. Is the server bound to loopback?",
         "On login1, `netstat -tlnp | grep 8080` shows"),
        ("http://login1:8080", "ECONNREFUSED", "", "restart the server with `torc-server run --host 0.0.0.0`"),
        ("http://[fd00::1]:8080", "ECONNREFUSED", "", "restart the server with `torc-server run --host ::`"),
        ("http://localhost:8080", "ECONNREFUSED", "Connection refused.", START),
        ("http://localhost:8080", "ECONNREFUSED", "", "A server with --host NAME is reached as http://NAME:8080 only"),
        ("unix:///run/torc.sock", "ECONNREFUSED", "Connection refused.", START),
        ("unix:///run/torc.sock", "EACCES", "", "Only the owner of the socket /run/torc.sock"),
        ("http://login1:8080", "ENETUNREACH", "Network is unreachable. Is its name that of another network",
         "such as the high-speed network, and start the server with `torc-server run --host` and that name"),
        ("http://login1:8080", "EHOSTUNREACH", "No route to host.", "`getent hosts login1`"),
        ("http://login1:8080", SEVERAL, "Connection refused, Network is unreachable. Is the", "On login1, "),
    ],
)  # fmt: skip
def test_each_cause_has_its_remedy(url: str, error: OSError | str, reason: str, remedy: str):
    found = failed(url, error)
    assert found[0].startswith(reason)
    assert remedy in str(found[1])


def test_a_server_that_has_answered_is_not_bound_elsewhere():
    reason, remedy = failed("http://login1:8080", "ECONNREFUSED", was_heard=True)
    assert "Was the server stopped" in reason
    assert "whether the server still listens" in str(remedy)
    reason, remedy = failed("http://login1:8080", "EHOSTUNREACH", was_heard=True)
    assert reason == "No route to host."
    assert "Run `torc ping` on login1" in str(remedy)
    assert "--host NAME" not in str(failed("http://localhost:8080", "ECONNREFUSED", was_heard=True)[1])


def test_an_unknown_name_is_looked_up_by_hand():
    reason, remedy = failed("http://login1:8080", socket.gaierror(-2, "unknown"), aiohttp.ClientConnectorDNSError)
    assert reason == "its host name is unknown here."
    assert str(remedy).startswith("`getent hosts login1` shows whether a name is known here.")


@pytest.mark.parametrize("url", ["http://login1:8080", "http://localhost:8080", "unix:///run/torc.sock"])
def test_a_firewall_can_be_between_machines_only(url: str):
    assert ("a firewall drops packets" in remedy_for_silence(parse_address(url))) is ("login1" in url)
