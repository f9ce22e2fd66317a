"""The page of the wizard works by forms alone: rows are added and removed, the spec is written, problems are named."""

import re
from html import unescape

from aiohttp.test_utils import TestClient

from torc_dash.csrf import FORM_BYTES

HOSTILE = "</textarea><script>alert(1)</script>"
Fields = list[tuple[str, str]]


def row(name: str = "", command: str = "", parameters: str = "", needs: str = "") -> Fields:
    values = {
        "name": name,
        "command": command,
        "parameters": parameters,
        "needs": needs,
        "preset": "gpu",
        "runtime": "",
    }
    return [(f"job_{column}", value) for column, value in values.items()]


async def send(browser: TestClient, *fields: tuple[str, str]) -> tuple[int, str]:
    text = await (await browser.get("/new/wizard")).text()
    token = re.search(r'name="csrf" value="([^"]+)"', text)[1]
    answer = await browser.post("/new/wizard", data=[("csrf", token), *fields])
    return answer.status, await answer.text()


def value_of(text: str, id: str) -> str:
    found = re.search(rf'<input id="{id}" [^>]*?value="([^"]*)"', text) or re.search(
        rf'<textarea id="{id}" [^>]*>\n([^<]*)</textarea>', text
    )
    return unescape(found[1])


async def test_rows_are_added_and_removed_and_keep_their_values(browser: TestClient):
    rows = (*row("first", "echo 1"), *row("second", "echo 2"))
    status, text = await send(browser, ("name", "sweep"), *rows, ("add", "1"))
    assert status == 200
    assert [value_of(text, f"name-{index}") for index in range(3)] == ["first", "second", ""]
    assert re.search(r'id="name-2"[^>]* autofocus', text)
    _, text = await send(browser, ("name", "sweep"), *rows, ("remove", "0"))
    assert value_of(text, "name-0") == "second"
    assert value_of(text, "command-0") == "echo 2"
    assert value_of(text, "name") == "sweep"
    assert 'id="name-1"' not in text


async def test_the_written_spec_can_be_sent_to_the_editor(browser: TestClient):
    status, text = await send(
        browser, ("name", "sweep"), *row("a_{i}", "echo {i}", "i = 1:3"), ("format", "json"), ("write", "1")
    )
    assert status == 200
    spec = unescape(re.search(r'<textarea name="text"[^>]*>\n(.*?)</textarea>', text, re.DOTALL)[1])
    assert '"i": "1:3"' in spec
    assert '<input type="hidden" name="format" value="json">' in text
    token = re.search(r'name="csrf" value="([^"]+)"', text)[1]
    answer = await browser.post("/new", data={"csrf": token, "format": "json", "text": spec, "do": "check"})
    assert "becomes 3 jobs" in await answer.text()


async def test_problems_are_named_at_their_fields(browser: TestClient):
    status, text = await send(browser, ("name", "sweep"), *row("a", "true", needs="b"), ("write", "1"))
    assert status == 422
    assert re.search(r'id="needs-0"[^>]* aria-invalid="true" aria-describedby="wrong-needs-0"', text)
    assert '<a href="#needs-0">Job 1, needs</a>: there is no job' in text
    assert 'name="text"' not in text


async def test_an_open_page_gets_the_form_alone(browser: TestClient):
    text = await (await browser.get("/new/wizard", headers={"HX-Request": "true", "HX-Target": "wizard"})).text()
    assert text.lstrip().startswith('<div id="wizard">')


async def test_hostile_texts_stay_texts(browser: TestClient):
    status, text = await send(browser, ("name", HOSTILE), *row(HOSTILE, HOSTILE + "x" * FORM_BYTES), ("write", "1"))
    assert status == 200
    assert "<script>alert" not in text
    assert value_of(text, "name-0") == HOSTILE


async def test_the_schema_for_the_editor_is_that_of_specs(browser: TestClient):
    answer = await browser.get("/new/schema.json")
    assert (await answer.json())["properties"]["jobs"]["items"] == {"$ref": "#/$defs/job"}
