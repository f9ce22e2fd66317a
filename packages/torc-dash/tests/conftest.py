"""A dashboard in the test's own process, in front of a fake server."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application
from blockbuster import BlockBuster

from dash_builders import furnish
from torc_client.testing import FakeServer
from torc_dash import background_answers
from torc_dash.app import make_app
from torc_dash.security import AccessPolicy
from torc_dash.upstream import Upstream

Browser = TestClient
Open = Callable[..., Awaitable[TestClient]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own: credentials and settings of the developer are not used."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    for name in ("TORC_API_URL", "TORC_PASSWORD", "TORC_USERNAME", "XDG_CONFIG_HOME", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages wait for answers of the background, however busy this machine is."""
    monkeypatch.setattr(background_answers, "PATIENCE_SECONDS", 60.0)


@pytest.fixture
async def fake_server() -> AsyncIterator[FakeServer]:
    """A furnished server that checks every call against the contract."""
    async with FakeServer() as server:
        furnish(server)
        yield server


@pytest.fixture
async def open_dashboard() -> AsyncIterator[Open]:
    """Open dashboards in front of any address; they are closed at the end."""
    opened: list[TestClient] = []
    guard = BlockBuster(scanned_modules=["torc_dash"])

    async def open_one(url: str, policy: AccessPolicy | None = None) -> TestClient:
        guard.deactivate()
        app: Application = make_app(Upstream(url), policy or AccessPolicy())
        client = TestClient(TestServer(app, handler_cancellation=True))
        await client.start_server()
        opened.append(client)
        guard.activate()  # what a dashboard does once it is open must not block the event loop
        return client

    yield open_one
    guard.deactivate()
    for client in opened:
        await client.close()


@pytest.fixture
async def browser(fake_server: FakeServer, open_dashboard: Open) -> TestClient:
    """A browser with access."""
    return await open_dashboard(fake_server.url)
