"""Fixtures of the runner's tests."""

from collections.abc import AsyncIterator, Callable

import pytest

from fake_workflow import FakeWorkflow
from torc_client.testing import FakeServer


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    """Run a FakeServer for one test. At its end every request must have followed the document."""
    async with FakeServer() as running:
        yield running


@pytest.fixture
def serve(server: FakeServer) -> Callable[..., FakeWorkflow]:
    """Return a function that adds a workflow of these jobs to the server."""
    return lambda *jobs: FakeWorkflow(server, *jobs)
