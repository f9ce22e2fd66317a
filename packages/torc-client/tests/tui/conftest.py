"""Fixtures of the terminal interface: an app at a fake server, and its screen as lines."""

from collections.abc import Callable

import pytest

from torc_client.client import TorcClient
from torc_client.testing.fake_server import EventSource, FakeServer
from torc_client.testing.fixtures import QUICK
from torc_client.tui.app import TorcApp
from torc_client.tui.settings import TuiSettings
from tui_screens import page_of
from tui_workflow import answer_empty

WORKFLOWS = [{"id": 2, "name": "sweep", "user": "ada"}, {"id": 1, "name": "diamond", "user": "ada"}]


@pytest.fixture
def list_events() -> EventSource:
    """The stream of changed workflows. It begins by saying that everything may have changed."""
    return EventSource({"everything": True, "workflow_ids": []})


@pytest.fixture
def events() -> EventSource:
    """The stream of events of workflows."""
    return EventSource({"workflow_id": 2, "timestamp": 0, "event_type": "x", "severity": "info", "data": {}})


@pytest.fixture
def server(fake_server: FakeServer, list_events: EventSource, events: EventSource) -> FakeServer:
    """A server with two workflows, of which the first has no jobs."""
    answer_empty(fake_server)
    fake_server.answer("stream_workflow_changes", list_events)
    fake_server.answer("stream_events", events)
    fake_server.answer("list_workflows", page_of(WORKFLOWS))
    fake_server.answer("list_jobs", page_of([]))
    return fake_server


@pytest.fixture
def make_app(server: FakeServer) -> Callable[..., TorcApp]:
    """Make an app for the server."""

    def connect(url: str) -> TorcClient:
        return TorcClient(url, retry_policy=QUICK)

    return lambda **options: TorcApp(TuiSettings(**{"url": server.url, "connect": connect, "user": "ada", **options}))
