"""Fixtures for pytest. Import them in a conftest.py to use them."""

from collections.abc import AsyncIterator

import pytest

from torc_client.client import TorcClient
from torc_client.retrying import RetryPolicy
from torc_client.testing.fake_server import FakeServer

# Retries that take milliseconds instead of seconds.
QUICK = RetryPolicy(seconds=2.0, first_pause_seconds=0.001, longest_pause_seconds=0.01)


@pytest.fixture
async def fake_server() -> AsyncIterator[FakeServer]:
    """Run a FakeServer for one test, and check at the end that the contract was not violated."""
    async with FakeServer() as server:
        yield server


@pytest.fixture
async def client(fake_server: FakeServer) -> AsyncIterator[TorcClient]:
    """Connect a client to the fake server."""
    async with TorcClient(fake_server.url, retry_policy=QUICK) as connected:
        yield connected
