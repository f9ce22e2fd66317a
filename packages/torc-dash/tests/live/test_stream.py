"""The stream of changes over HTTP, and compression of what is not a stream."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient

from torc_client.api.records import ChangedWorkflows
from torc_client.client import TorcClient
from torc_client.testing import FakeServer
from torc_dash.live import stream


async def test_the_stream_says_that_the_server_is_away(browser: TestClient, fake_server: FakeServer):
    await fake_server.stop()
    answer = await browser.get("/live", params={"workflow": "1"})
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert "Content-Encoding" not in answer.headers
    while not (line := await answer.content.readline()).startswith(b"data: "):
        assert line
    message = json.loads(line[6:])
    assert message == {
        "topic": 1,
        "state": "away",
        "everything": False,
        "kinds": [],
        "jobs": [],
        "more_jobs": False,
    }
    answer.close()


async def test_a_list_of_workflows_is_followed_for_its_reader(
    browser: TestClient, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TORC_USERNAME", "ada")
    asked: list[str | None] = []

    async def follow(self: TorcClient, user: str | None = None) -> AsyncIterator[ChangedWorkflows]:
        asked.append(user)
        yield ChangedWorkflows(workflow_ids=[3], everything=False)
        await asyncio.Event().wait()

    monkeypatch.setattr(TorcClient, "follow_workflows", follow)
    for name in ("mine", "all"):
        answer = await browser.get("/live", params={"list": name})
        while not (line := await answer.content.readline()).startswith(b"data: "):
            assert line
        message = json.loads(line[6:])
        assert (message["topic"], message["state"], message["kinds"]) == (name, "open", ["workflows"])
        answer.close()
    assert asked == ["ada", None]


@pytest.mark.parametrize(
    "query", ["", "?workflow=", "?workflow=x", "?workflow=-1", "?workflow=" + "9" * 19, "?list=", "?list=others"]
)
async def test_other_workflows_are_refused(browser: TestClient, query: str):
    assert (await browser.get(f"/live{query}")).status == 400


async def test_a_page_follows_a_few_workflows_and_a_dashboard_has_a_number_of_pages(browser: TestClient, monkeypatch):
    query = "&".join(f"workflow={number}" for number in range(stream.WORKFLOWS_MOST + 1))
    assert (await browser.get(f"/live?{query}")).status == 400
    monkeypatch.setattr(stream, "STREAMS_MOST", 0)
    assert (await browser.get("/live?workflow=1")).status == 503


@pytest.mark.parametrize("path", ["/workflows", "/workflows/1", "/static/style.css", "/static/vendor/htmx.min.js"])
async def test_pages_scripts_and_styles_are_compressed(browser: TestClient, path: str):
    answer = await browser.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    plain = await browser.get(path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers


async def test_an_unchanged_file_has_no_body(browser: TestClient):
    first = await browser.get("/static/style.css")
    again = await browser.get("/static/style.css", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert "Transfer-Encoding" not in again.headers
    assert await again.read() == b""


async def test_small_answers_are_not(browser: TestClient):
    small = await browser.get("/live?workflow=x", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers
