"""Who is let in, through which name, from which page; and what every answer carries."""

import asyncio
import re

import pytest
from aiohttp.test_utils import TestClient

from torc_client.testing import FakeServer
from torc_dash.security import LOOPBACK_NAMES, AccessPolicy, Sessions, host_name

EVERYWHERE = [
    "/",
    "/workflows/1",
    "/static/style.css",
    "/static/live/live.js",
    "/torc-service/v1/workflows",
    "/nothing",
]


@pytest.fixture
def links() -> list[str]:
    return []


@pytest.fixture
async def guarded(fake_server: FakeServer, open_dashboard, links: list[str]) -> TestClient:
    sessions = Sessions("torc_dash_1", links.append)
    links.append(sessions.token)
    return await open_dashboard(fake_server.url, AccessPolicy(LOOPBACK_NAMES, sessions))


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_over_tcp_a_stranger_sees_nothing_anywhere(guarded: TestClient, fake_server: FakeServer, path: str):
    answers = set()
    for cookies in ({}, {"torc_dash_1": "guessed"}, {"torc_dash_1": "ü"}):
        answer = await guarded.get(path, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
        answers.add((answer.status, await answer.text()))
    assert len(answers) == 1
    status, text = answers.pop()
    assert status == 403
    assert "workflow-1" not in text
    assert fake_server.calls == []


async def test_a_cookie_of_a_neighbour_that_is_no_text_stops_no_session(guarded: TestClient, links: list[str]):
    """A server at another port of the host name can set a cookie with this name."""
    entered = await guarded.get("/", params={"token": links[0]}, allow_redirects=False)
    session = entered.cookies["torc_dash_1"].value
    guarded.session.cookie_jar.clear()
    for cookies, status in ((b"torc_dash_1=\xff\xfe", b"403"), (b"torc_dash_1=\xff\xfe; torc_dash_1=", b"200")):
        # A client of aiohttp sends no such bytes.
        reader, writer = await asyncio.open_connection(guarded.host, guarded.port)
        host = f"{guarded.host}:{guarded.port}"
        head = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: ".encode()
        writer.write(head + cookies + session.encode() * cookies.endswith(b"=") + b"\r\n\r\n")
        assert (await reader.readline()).split()[1] == status
        writer.close()


async def test_the_link_works_once_and_the_next_is_announced(guarded: TestClient, links: list[str]):
    first = links[0]
    entered = await guarded.get("/", params={"token": first}, allow_redirects=False)
    assert entered.status == 200
    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert first not in cookie
    assert (await guarded.get("/workflows")).status == 200
    guarded.session.cookie_jar.clear()
    assert (await guarded.get("/", params={"token": first})).status == 403
    assert len(links) == 2
    assert (await guarded.get("/", params={"token": links[1]})).status == 200
    assert (await guarded.get("/workflows")).status == 200


async def test_the_link_is_for_the_first_page_alone(guarded: TestClient, links: list[str]):
    assert (await guarded.get("/torc-service/v1/workflows", params={"token": links[0]})).status == 403
    assert (await guarded.post("/", params={"token": links[0]})).status == 403
    assert (await guarded.get("/", params={"token": links[0]})).status == 200


def test_secrets_are_not_in_the_representation(links: list[str]):
    sessions = Sessions("name", links.append)
    assert sessions.token not in repr(sessions)


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", "a b", "@x"]
)
async def test_foreign_names_are_refused_on_every_route(browser: TestClient, path: str, host: str):
    assert (await browser.get(path, headers={"Host": host})).status == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8090", "127.0.0.1:1", "[::1]:8090", "[::1]"])
async def test_loopback_names_with_any_port_are_ours(browser: TestClient, host: str):
    assert (await browser.get("/workflows", headers={"Host": host})).status == 200


async def test_a_configured_name_is_ours(fake_server: FakeServer, open_dashboard):
    browser = await open_dashboard(fake_server.url, AccessPolicy(LOOPBACK_NAMES | {"dash.example"}))
    assert (await browser.get("/workflows", headers={"Host": "dash.example:443"})).status == 200


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "http://localhost:9999", "http://localhost", "file://"]
)
async def test_foreign_origins_are_refused_on_every_route(browser: TestClient, path: str, origin: str):
    headers = {"Host": "localhost:8090", "Origin": origin}
    assert (await browser.get(path, headers=headers)).status == 403
    assert (await browser.post(path, headers=headers)).status == 403


async def test_what_a_browser_says_of_other_sites_is_believed(browser: TestClient):
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert (await browser.get("/static/style.css", headers=foreign)).status == 403
    neighbour = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}
    assert (await browser.get("/torc-service/v1/workflows", headers=neighbour)).status == 403
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert (await browser.get("/workflows", headers=followed)).status == 200
    assert (await browser.post("/torc-service/v1/workflows", headers=followed)).status == 403


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_answer_carries_the_headers(browser: TestClient, path: str):
    answer = await browser.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == ("no-cache" if path.startswith("/static/") else "no-store")
    assert "Server" not in answer.headers
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("path", ["/", "/workflows", "/workflows/1"])
async def test_pages_hold_no_inline_script_and_no_inline_style(browser: TestClient, path: str):
    text = await (await browser.get(path)).text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
    assert not re.search(r"(?:src|href)=.https?:", text)


@pytest.mark.parametrize("path", ["/", "/workflows", "/workflows/1", "/static/style.css"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_pages_take_no_writes(browser: TestClient, fake_server: FakeServer, path: str, method: str):
    assert (await browser.request(method, path)).status == 405
    assert fake_server.calls == []


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"])
async def test_static_files_are_those_of_the_folder(browser: TestClient, path: str):
    from yarl import URL  # noqa: PLC0415

    assert (await browser.get(URL(path, encoded=True))).status in {403, 404}


@pytest.mark.parametrize(
    ("header", "name"),
    [("Localhost:1", "localhost"), ("[::1]:2", "::1"), ("::1", None), ("a/b", None), ("a:b", None), ("a@b", None)],
)
def test_host_names(header: str, name: str | None):
    assert host_name(header) == name
