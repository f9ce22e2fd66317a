"""Which causes the reason of an outage names."""

import errno

import aiohttp
import pytest

from torc_client.address import parse_address
from torc_client.connection_errors import no_answer, outage_of
from torc_client.time_limits import LIMITS

BOUND = "Is the server bound to loopback"


def refused() -> Exception:
    key = aiohttp.client_reqrep.ConnectionKey(
        "login1", 8080, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
    )
    return aiohttp.ClientConnectorError(key, OSError(errno.ECONNREFUSED, "refused"))


@pytest.mark.parametrize("error", [refused(), aiohttp.ConnectionTimeoutError()])
def test_a_server_that_answered_before_is_not_bound_to_loopback(error: Exception):
    address = parse_address("http://login1:8080")
    assert BOUND in outage_of(error, 0.0, 5.0, address, LIMITS).reason
    later = outage_of(error, 0.0, 5.0, address, LIMITS, was_heard=True).reason
    assert BOUND not in later
    assert "does a firewall" in later


def test_a_server_on_this_machine_is_reached_through_loopback():
    assert BOUND not in no_answer(3, parse_address("http://localhost:8080"))
