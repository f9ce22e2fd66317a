"""The reader's settings: kept by the browser, bounded, and effective on all pages."""

import re

import pytest
from aiohttp.test_utils import TestClient

from torc_dash.moments import ago, when
from torc_dash.preferences import Preferences, read


async def save(browser: TestClient, **chosen: str) -> int:
    text = await (await browser.get("/settings")).text()
    token = re.search(r'name="csrf" value="([^"]+)"', text)[1]
    return (await browser.post("/settings", data={"csrf": token, **chosen}, allow_redirects=False)).status


async def test_saved_settings_are_on_every_page(browser: TestClient):
    assert await save(browser, theme="dark", zone="utc", density="dense", keys="off") == 303
    for path in ("/workflows", "/workflows/1", "/settings"):
        text = await (await browser.get(path)).text()
        assert '<html lang="en" data-theme="dark" data-zone="utc" data-density="dense" data-keys="off">' in text
    assert 'value="dark" checked' in text


async def test_other_values_are_the_defaults(browser: TestClient):
    assert await save(browser, theme="<script>", zone="", keys="x" * 300) == 303
    assert 'data-theme="system"' in await (await browser.get("/settings")).text()
    for cookie in ("torc_view=theme=%22onload", "torc_view=" + "x" * 3000, "torc_view=", "torc_view=theme"):
        answer = await browser.get("/workflows", headers={"Cookie": cookie})
        assert 'data-theme="system"' in await answer.text()


async def test_the_page_says_how_to_connect(browser: TestClient):
    text = await (await browser.get("/settings")).text()
    assert "ssh -L" in text
    assert "torc-dash 1" in text


def test_settings_are_one_of_the_options():
    assert read({"theme": "light", "zone": "mars", "other": "x"}) == Preferences(theme="light")


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("2026-11-23T04:05:06.789Z", '<time datetime="2026-11-23T04:05:06Z">2026-11-23 04:05:06Z</time>'),
        (0, '<time datetime="1970-01-01T00:00:00Z">1970-01-01 00:00:00Z</time>'),
        ("<b>soon</b>", "&lt;b&gt;soon&lt;/b&gt;"),
        (None, ""),
        ("", ""),
    ],
)
def test_times_are_elements(value: str | float | None, html: str):
    assert when(value) == html


def test_relative_times_are_marked():
    assert " data-relative>" in ago("2026-11-23T04:05:06Z")
