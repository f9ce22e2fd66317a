"""The stream of changes over HTTP, and compression of what is not a stream."""

import json

import pytest
from aiohttp.test_utils import TestClient

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
        "workflow": 1,
        "state": "away",
        "everything": False,
        "kinds": [],
        "jobs": [],
        "more_jobs": False,
    }
    answer.close()


@pytest.mark.parametrize("query", ["", "?workflow=", "?workflow=x", "?workflow=-1", "?workflow=" + "9" * 19])
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
