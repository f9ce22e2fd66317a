"""A form changes something only with the token of its page, and with a body of the accepted size."""

import re
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from torc_client.testing import FakeServer
from torc_dash import csrf
from torc_dash.app import make_app
from torc_dash.security import LOOPBACK_NAMES, AccessPolicy, Sessions
from torc_dash.upstream import Upstream

OpenWithForms = Callable[..., Awaitable[TestClient]]


async def _echo(request: web.Request) -> web.Response:
    return web.Response(text=str((await request.post()).get("name")))


@csrf.accepts(10_000)
async def _large(request: web.Request) -> web.Response:
    return await _echo(request)


@pytest.fixture
async def open_with_forms(fake_server: FakeServer) -> OpenWithForms:
    """Open a dashboard that also has two forms."""
    opened: list[TestClient] = []

    async def open_one(policy: AccessPolicy | None = None, *, changes: bool = True) -> TestClient:
        app = make_app(Upstream(fake_server.url), policy or AccessPolicy(), changes=changes)
        app.add_routes([web.post("/echo", _echo), web.post("/large", _large)])
        client = TestClient(TestServer(app))
        await client.start_server()
        opened.append(client)
        return client

    yield open_one
    for client in opened:
        await client.close()


async def token_of(browser: TestClient) -> str:
    text = await (await browser.get("/workflows")).text()
    return re.search(r'"X-Torc-Token":"([^"]+)"', text)[1]


async def test_the_token_is_accepted_from_a_field_and_from_a_header(open_with_forms: OpenWithForms):
    browser = await open_with_forms()
    token = await token_of(browser)
    answer = await browser.post("/echo", data={"csrf": token, "name": "one"})
    assert (answer.status, await answer.text()) == (200, "one")
    answer = await browser.post("/echo", data={"name": "two"}, headers={"X-Torc-Token": token})
    assert (answer.status, await answer.text()) == (200, "two")


@pytest.mark.parametrize("token", ["", "x", "ü", "A" * 88, "A" * 86 + "==", None])
async def test_without_it_nothing_is_done(open_with_forms: OpenWithForms, token: str | None):
    browser = await open_with_forms()
    answer = await browser.post("/echo", data={"name": "one", **({} if token is None else {"csrf": token})})
    assert answer.status == 403
    assert "reload the page" in await answer.text()
    for method in ("PUT", "PATCH", "DELETE"):
        assert (await browser.request(method, "/echo")).status == 405


async def test_each_page_has_another_form_of_it(open_with_forms: OpenWithForms):
    browser = await open_with_forms()
    tokens = [await token_of(browser) for _ in range(3)]
    assert len(set(tokens)) == 3
    for token in tokens:
        assert (await browser.post("/echo", data={"csrf": token})).status == 200


async def test_a_token_belongs_to_its_session(open_with_forms: OpenWithForms):
    links: list[str] = []
    sessions = Sessions("torc_dash_1", links.append)
    browser = await open_with_forms(AccessPolicy(LOOPBACK_NAMES, sessions))
    await browser.get("/", params={"token": sessions.token})
    mine = await token_of(browser)
    assert (await browser.post("/echo", data={"csrf": mine})).status == 200
    browser.session.cookie_jar.clear()
    await browser.get("/", params={"token": links[0]})
    assert (await browser.post("/echo", data={"csrf": mine})).status == 403
    assert (await browser.post("/echo", data={"csrf": await token_of(browser)})).status == 200


async def test_a_token_of_another_dashboard_is_refused(open_with_forms: OpenWithForms):
    one, other = await open_with_forms(), await open_with_forms()
    assert (await one.post("/echo", data={"csrf": await token_of(other)})).status == 403


async def test_bodies_have_a_limit_for_each_form(open_with_forms: OpenWithForms):
    browser = await open_with_forms()
    token = await token_of(browser)
    for path, size, status in (
        ("/echo", 800, 200),
        ("/echo", 2000, 413),
        ("/large", 9000, 200),
        ("/large", 11000, 413),
    ):
        assert (await browser.post(path, data={"csrf": token, "name": "x" * size})).status == status


async def test_a_foreign_page_is_refused_even_with_the_token(open_with_forms: OpenWithForms):
    browser = await open_with_forms()
    token = await token_of(browser)
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"}):
        assert (await browser.post("/echo", data={"csrf": token}, headers=headers)).status == 403


async def test_read_only_refuses_all_but_the_views_of_the_reader(open_with_forms: OpenWithForms):
    browser = await open_with_forms(changes=False)
    token = await token_of(browser)
    assert "read-only" in await (await browser.get("/workflows")).text()
    answer = await browser.post("/echo", data={"csrf": token})
    assert answer.status == 403
    assert "--read-only" in await answer.text()
    assert (await browser.post("/settings", data={"csrf": token}, allow_redirects=False)).status == 303
    assert (await browser.post("/nothing", data={"csrf": token})).status == 404


async def test_read_only_refuses_changes_through_the_proxy(open_with_forms: OpenWithForms, fake_server: FakeServer):
    browser = await open_with_forms(changes=False)
    assert (await browser.get("/torc-service/v1/workflows")).status == 200
    fake_server.calls.clear()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = await browser.request(method, "/torc-service/v1/workflows", json={})
        assert answer.status == 403
        assert "--read-only" in (await answer.json())["error"]["message"]
    assert fake_server.calls == []


async def test_a_body_that_cannot_be_read_is_refused(browser: TestClient):
    for content, kind in (
        (b"csrf=\xff", "application/x-www-form-urlencoded"),
        (b"xx", "multipart/form-data"),
        (b"a=b", "application/x-www-form-urlencoded; charset=nope"),
    ):
        answer = await browser.post("/settings", data=content, headers={"Content-Type": kind})
        assert answer.status in {400, 403}, (content, kind)
