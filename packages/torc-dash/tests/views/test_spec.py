"""The text of a workflow, its downloads and its export, and imports of exports."""

import re
import sys
from html import unescape
from pathlib import Path

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient

from dash_builders import status, workflow
from torc_client.testing import FakeServer
from torc_dash.tasks import program
from torc_dash.views.spec import MOST_JOBS

HOSTILE = "</pre><script>alert(1)</script>"
# Workflow 13 cannot be read. An import says what it read.
FAKE_TORC = """
import pathlib, sys
words = sys.argv[1:]
if "13" in words:
    sys.exit("Error: <b>gone</b>")
if "import" in words:
    text = pathlib.Path(words[-1]).read_text()
    if "refuse" in text:
        sys.exit("Error: cannot import " + words[-1])
    pathlib.Path("imported.txt").open("a").write(" ".join(words[:-1]) + ": " + text)
    print('{"workflow_id": 1}')
else:
    print(" ".join(words), "</pre><script>alert(1)</script>")
"""


@pytest.fixture(autouse=True)
def fake_torc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run a fake in place of torc, in a folder of the test."""
    monkeypatch.setattr(
        program, "TORC", (sys.executable, "-c", FAKE_TORC.replace("imported.txt", f"{tmp_path}/imported.txt"))
    )


async def get(browser: TestClient, path: str, code: int = 200) -> str:
    answer = await browser.get(path)
    text = await answer.text()
    assert answer.status == code, text
    return text


@pytest.mark.parametrize("format_name", ["yaml", "json", "json5", "kdl"])
async def test_the_text_is_that_of_the_command(browser: TestClient, format_name: str):
    page = await get(browser, f"/workflows/1/spec?format={format_name}&show=1")
    assert f"workflows spec 1 --to {format_name} &lt;/pre&gt;" in page
    assert HOSTILE not in page
    assert f'href="/new?from=1&amp;format={format_name}"' in page
    answer = await browser.get(f"/workflows/1/spec/file.{format_name}")
    assert await answer.text() == f"workflows spec 1 --to {format_name} {HOSTILE}\n"
    assert f'filename="workflow-1.{format_name}"' in answer.headers["Content-Disposition"]


async def test_the_page_does_not_wait_for_the_text(browser: TestClient):
    page = await get(browser, "/workflows/1/spec")
    assert "--to yaml &lt;" not in page
    assert 'hx-trigger="load"' in page
    assert 'href="/workflows/1/spec?format=yaml&amp;show=1"' in page


async def test_the_text_of_many_jobs_is_only_downloaded(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", status(ready=MOST_JOBS + 1))
    page = await get(browser, "/workflows/1/spec?show=1")
    assert "can be downloaded" in page
    assert "Copy and change" not in page.partition('class="spec-tools"')[2]
    assert "--to yaml &lt;" not in page


async def test_a_failure_is_a_page_and_not_a_file(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow", workflow(13))
    for path in ("/workflows/13/spec/file.yaml", "/workflows/13/export"):
        answer = await browser.get(path)
        assert answer.status == 502
        assert "Content-Disposition" not in answer.headers
        assert "Error: &lt;b&gt;gone&lt;/b&gt;" in await answer.text()
    assert "&lt;b&gt;gone" in await get(browser, "/workflows/13/spec?show=1")
    assert "&lt;b&gt;gone" in await get(browser, "/new?from=13")


async def test_a_copy_of_a_workflow_fills_the_form(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow", workflow(1, submission_directory="/data/<x>"))
    page = await get(browser, "/new?from=1&format=kdl")
    assert "workflows spec 1 --to kdl &lt;/pre&gt;" in page
    assert '<option value="kdl" selected>' in page
    assert 'value="/data/&lt;x&gt;"' in page


@pytest.mark.parametrize(
    ("query", "options"),
    [("", ""), ("?results=1", " --include-results"), ("?events=1&results=1", " --include-results --include-events")],
)
async def test_an_export_has_the_chosen_parts(browser: TestClient, query: str, options: str):
    answer = await browser.get(f"/workflows/1/export{query}")
    assert await answer.text() == f"workflows export 1{options} {HOSTILE}\n"
    assert 'filename="workflow-1-export.json"' in answer.headers["Content-Disposition"]


async def import_form(browser: TestClient) -> dict[str, str]:
    """Return the hidden fields of the form."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', await get(browser, "/new/import"))
    return {name: unescape(value) for name, value in found}


async def send_import(browser: TestClient, fields: dict[str, str], content: str | None = "{}") -> tuple[int, str]:
    """Send the form, and return the status with the page, or the address to which it leads."""
    form = FormData(fields, quote_fields=False)
    if content is not None:
        form.add_field("file", content.encode(), filename="../my <export>.json")
    answer = await browser.post("/new/import", data=form, allow_redirects=False)
    return answer.status, answer.headers.get("Location", "") or await answer.text()


async def test_an_upload_is_imported_once(browser: TestClient, tmp_path: Path):
    fields = {**await import_form(browser), "name": "--name <b>", "skips_results": "1", "skips_events": "1"}
    assert await send_import(browser, fields, '{"a": 1}') == (303, "/workflows/1")
    assert (await send_import(browser, fields, '{"a": 1}'))[1].startswith("/tasks/")
    options = "--name=--name <b> --skip-results --skip-events"
    assert (tmp_path / "imported.txt").read_text() == f'-f json workflows import {options}: {{"a": 1}}'
    assert "my_export.json" in await get(browser, "/tasks")


async def test_a_path_is_imported(browser: TestClient, tmp_path: Path):
    (tmp_path / "-e.json").write_text("{}")
    fields = {**await import_form(browser), "path": f"{tmp_path}/-e.json"}
    assert await send_import(browser, fields, None) == (303, "/workflows/1")
    assert (tmp_path / "imported.txt").read_text() == "-f json workflows import: {}"


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("", None, "Choose a file, or give the path of one."),
        ("/a", "{}", "not both"),
        ("a\0b", None, "NUL"),
        ("", "refuse", "Error: cannot import my_export.json"),
        ("~nobody-at-all/x", None, "No workflow was created."),
    ],
)
async def test_a_refused_import_keeps_the_values(browser: TestClient, path: str, content: str | None, why: str):
    fields = {**await import_form(browser), "path": path, "name": "kept"}
    code, page = await send_import(browser, fields, content)
    assert code == 422
    assert why in page
    assert 'name="name" value="kept"' in page
