"""The dashboard over TCP beside a server of another user on the same machine, which gets cookies of the browser."""

import contextlib
import http.client
import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from support import needs
from support.processes import Output, Place, Server, ended_after
from support.users import not_root

CHROMIUM = needs.path_of("chromium")
sync_api = needs.library("playwright.sync_api")
FLAGS = [
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


class Dashboard:
    """A dashboard on a TCP port, and what it prints."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.link = self.next_link()
        self.name = urlsplit(self.link).hostname or ""
        self.port = urlsplit(self.link).port or 0

    def next_link(self) -> str:
        return self.output.wait_for("?token=").split()[-1]

    def status(self, path: str = "/workflows", *, host: str = "127.0.0.1", address: str = "127.0.0.1", **headers: str):
        connection = http.client.HTTPConnection(address, self.port)
        try:
            connection.request("GET", path, headers={"Host": f"{host}:{self.port}", **headers})
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def dashboard(place: Place, server: Server) -> Iterator[Dashboard]:
    process = place.start("torc-dash", "--port", "0", "--api-url", server.url)
    with ended_after(process):
        assert process.stdout is not None
        output = Output(process.stdout)
        yield Dashboard(output)
        process.terminate()
        assert process.wait() == 0
        output.finish()


class Neighbour:
    """A server of another user on another port, with the cookies that it got."""

    def __init__(self) -> None:
        self.cookies: list[str] = []
        neighbour = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                neighbour.cookies.append(self.headers.get("Cookie", ""))
                self.send_response(200)
                self.send_header("Set-Cookie", "planted=1; Path=/")
                self.end_headers()
                self.wfile.write(b"<title>neighbour</title>")

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    neighbour = Neighbour()
    yield neighbour
    neighbour.server.shutdown()
    neighbour.server.server_close()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request: pytest.FixtureRequest) -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        with contextlib.closing(browser):
            yield browser.new_context(java_script_enabled=request.param).new_page()


@needs.programs("chromium")
def test_a_browser_sends_the_session_to_no_neighbour(dashboard: Dashboard, neighbour: Neighbour, page: Any):
    page.goto(dashboard.link)
    page.wait_for_url(f"http://{dashboard.name}:{dashboard.port}/")
    sync_api.expect(page.locator("body")).to_contain_text("No workflows yet")
    (session,) = page.context.cookies()
    for host in ("localhost", "127.0.0.1", "other.localhost"):
        page.goto(f"http://{host}:{neighbour.port}/")
        page.goto(f"http://{host}:{neighbour.port}/again")
    sent = [one for cookies in neighbour.cookies for one in cookies.split("; ") if one]
    assert sent
    assert set(sent) == {"planted=1"}
    assert session["value"] not in str(neighbour.cookies)
    # The page of the dashboard still works.
    page.goto(f"http://{dashboard.name}:{dashboard.port}/workflows")
    sync_api.expect(page.locator("body")).to_contain_text("No workflows yet")


@needs.root()
@needs.programs("chromium")
def test_a_session_that_a_neighbour_got_is_useless_for_it(
    dashboard: Dashboard, neighbour: Neighbour, page: Any, tmp_path: Path
):
    # A browser that does not find the name of the link.
    page.goto(dashboard.link.replace(dashboard.name, "127.0.0.1"))
    page.wait_for_url(f"http://127.0.0.1:{dashboard.port}/")
    page.goto(f"http://127.0.0.1:{neighbour.port}/")
    stolen = neighbour.cookies[-1]
    assert stolen.startswith("torc_dash_")
    with not_root(tmp_path):
        assert dashboard.status(Cookie=stolen) == 403
        assert dashboard.status(host="localhost", Cookie=stolen) == 403
    assert dashboard.status(Cookie=stolen) == 200, "the same user has the session"
    page.goto(f"http://127.0.0.1:{dashboard.port}/workflows")
    sync_api.expect(page.locator("body")).to_contain_text("No workflows yet")


def session_of(dashboard: Dashboard, host: str) -> str:
    """Use the link as a browser of this user does, and return the cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", dashboard.port)
    target = dashboard.link.partition(str(dashboard.port))[2]
    connection.request("GET", target, headers={"Host": f"{host}:{dashboard.port}"})
    cookie = connection.getresponse().getheader("Set-Cookie") or ""
    connection.close()
    return cookie.partition(";")[0]


@needs.root()
def test_a_session_belongs_to_the_user_who_opened_it(dashboard: Dashboard, tmp_path: Path):
    with not_root(tmp_path):
        cookie = session_of(dashboard, dashboard.name)
        assert dashboard.status(host=dashboard.name, Cookie=cookie) == 200
    # A root that is not the owner of the session is another user too.
    assert dashboard.status(host=dashboard.name, Cookie=cookie) == 403


def test_a_session_is_for_the_name_at_which_it_was_opened(dashboard: Dashboard):
    cookie = session_of(dashboard, dashboard.name)
    assert dashboard.status(host=dashboard.name, Cookie=cookie) == 200
    assert dashboard.status(host="127.0.0.1", Cookie=cookie) == 403
    assert dashboard.status(host="other.localhost", Cookie=cookie) == 403


def test_cookies_that_a_neighbour_planted_do_not_end_a_session(dashboard: Dashboard):
    cookie = session_of(dashboard, "127.0.0.1")
    name = cookie.partition("=")[0]
    assert dashboard.status(Cookie=f"{name}=planted; {cookie}; {name}=planted") == 200


def has_ipv6() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


@needs.ability("IPv6", is_there=has_ipv6())
def test_both_loopback_addresses_belong_to_the_dashboard(dashboard: Dashboard):
    # A browser can use either of them for the name of the link.
    cookie = session_of(dashboard, dashboard.name)
    assert dashboard.status(host=dashboard.name, address="::1", Cookie=cookie) == 200
