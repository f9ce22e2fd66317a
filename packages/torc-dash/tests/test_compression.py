"""Compressed responses."""

from aiohttp.test_utils import TestClient


async def test_a_file_that_the_browser_has_is_not_sent(browser: TestClient):
    known = await browser.get("/static/icon.svg")
    answer = await browser.get("/static/icon.svg", headers={"If-None-Match": known.headers["ETag"]})
    assert answer.status == 304
    assert "Content-Encoding" not in answer.headers
