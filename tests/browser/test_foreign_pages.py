"""Pages of other sites in a real browser, in front of a server without passwords."""

import contextlib
import functools
import http.server
import json
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support import needs
from support.processes import Server

CHROMIUM = needs.path_of("chromium")
sync_api = needs.library("playwright.sync_api")
pytestmark = needs.programs("chromium")

REBOUND = "evil.example"
FLAGS = [
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # The name of an attacker points to this machine.
    f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1",
    # Newer versions also ask the user before a page reaches the loopback address; older ones do not.
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessRespectPreflightResults",
]
ATTACK = """async ([url, kind, mode]) => {
  const body = JSON.stringify({name: "owned", user: "evil"});
  try { return (await fetch(url, {method: "POST", mode, body, headers: {"Content-Type": kind}})).status; }
  catch (error) { return String(error); }
}"""
READ = """async (url) => {
  try { const answer = await fetch(url); return answer.ok ? await answer.text() : answer.status; }
  catch (error) { return "unreadable"; }
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def attacker(tmp_path: Path) -> Iterator[str]:
    """A web server of another user of this machine; its address."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<title>attacker</title><form id=form method=post enctype=text/plain></form>")
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(pages)))
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/"
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def page() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        with contextlib.closing(browser):
            yield browser.new_page()


def number_of_workflows(server: Server) -> int:
    with urllib.request.urlopen(f"{server.url}/workflows") as answer:  # noqa: S310 - the server of the test
        number: int = json.load(answer)["total_count"]
    return number


def test_a_page_of_another_port_changes_and_reads_nothing(server: Server, page: Any, attacker: str):
    page.goto(attacker)
    url = f"{server.url}/workflows"
    for mode in ("no-cors", "cors"):
        for kind in ("text/plain", "application/json"):
            page.evaluate(ATTACK, [url, kind, mode])
    assert page.evaluate(READ, url) == "unreadable"
    page.evaluate(
        """(url) => {
      const field = document.createElement("input");
      field.name = '{"name": "owned", "user": "evil", "x": "'; field.value = '"}';
      form.action = url; form.append(field); form.submit();
    }""",
        url,
    )
    page.wait_for_url(url)
    assert "another site" in page.locator("body").inner_text()
    assert number_of_workflows(server) == 0


def test_a_page_whose_name_points_here_changes_and_reads_nothing(server: Server, page: Any):
    origin = f"http://{REBOUND}:{server.port}"
    # The first answer is the attacker's own; then the name points to the server.
    page.route(f"{origin}/", lambda route: route.fulfill(body="<title>attacker</title>", content_type="text/html"))
    page.goto(f"{origin}/")
    url = f"{origin}/torc-service/v1/workflows"
    assert page.evaluate(READ, url) == 403
    assert page.evaluate(ATTACK, [url, "application/json", "cors"]) == 403
    assert number_of_workflows(server) == 0
