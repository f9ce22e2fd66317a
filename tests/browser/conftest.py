"""A browser with a page of a dashboard, for the tests of pages."""

import contextlib
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from support import needs
from support.browsing import CHROMIUM, FLAGS, OWNER, Visit
from support.processes import Output, Place, Server, ended_after


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for all tests of a module."""
    sync_api = needs.library("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def dashboard(place: Place, server: Server) -> Iterator[str]:
    """A dashboard over TCP in front of the server; the link that it printed."""
    mine = {"TORC_USERNAME": OWNER}
    process = place.start(
        "torc-dash", "--port", "0", "--api-url", server.url, stderr=subprocess.STDOUT, environment=mine
    )
    with ended_after(process):
        assert process.stdout is not None
        output = Output(process.stdout)
        yield output.wait_for("?token=").split()[-1]
        process.terminate()
        assert process.wait() == 0
        output.finish()


@pytest.fixture
def visit(chromium: Any, dashboard: str) -> Iterator[Visit]:
    """An open page of the dashboard, which asks for nothing outside its origin."""
    with contextlib.closing(chromium.new_context()) as context:
        visit = Visit(context.new_page(), dashboard.partition("/?")[0], dashboard)
        yield visit
        assert visit.requests
        assert not visit.foreign_requests(), "the page asked for something outside its origin"
