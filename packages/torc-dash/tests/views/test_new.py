"""The page on which workflows are created: it checks, creates once, and never loses the text."""

import asyncio
import io
import re
import sys
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from torc_client.testing import FakeServer
from torc_dash import csrf
from torc_dash.actions import of_workflows
from torc_dash.app import make_app
from torc_dash.security import AccessPolicy
from torc_dash.specs import asking
from torc_dash.tasks import program
from torc_dash.upstream import Upstream
from torc_dash.views import new

HOSTILE = "<img src=x onerror=alert(1)>"
VALID = "name: two\njobs:\n  - {name: a, command: echo a}\n  - {name: b, command: echo b, depends_on: [a]}\n"
# Notes each creation in the folder in which it runs. A spec with the word "refuse" is refused.
FAKE_TORC = """
import os, pathlib, sys
words = sys.argv[1:]
if "create" in words:
    text = pathlib.Path(words[-1]).read_text()
    if "refuse" in text:
        sys.exit("Error: <b>refused</b> " + words[-1])
    with open("created.txt", "a") as file:
        file.write(text + "-----\\n")
    print('{\\n  "workflow_id": 1,\\n  "name": "two"\\n}')
else:
    print("ran", words)
"""
WAITS_FOR_FILE = """
import pathlib
while not pathlib.Path("{path}").exists():
    pass
print('{{"workflow_id": 1}}')
"""
ALIASES = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefghijkl")
)


@pytest.fixture(autouse=True)
def fake_torc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a fake in place of torc, on a machine with a runner, and give checks the time of a busy machine."""
    monkeypatch.setattr(asking, "LIMIT_SECONDS", 300.0)
    monkeypatch.setattr(program, "TORC", (sys.executable, "-c", FAKE_TORC))
    monkeypatch.setattr(of_workflows, "has_runner", lambda: True)


async def open_form(browser: TestClient, path: str = "/new") -> tuple[str, dict[str, str]]:
    """Return the page, and the hidden fields of its form."""
    text = await (await browser.get(path)).text()
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', text)
    return text, {name: unescape(value) for name, value in found}


async def send(browser: TestClient, status: int = 200, hidden: dict[str, str] | None = None, **values: str) -> str:
    """Send the form, and return the page that answers, or the address to which it leads."""
    hidden = (await open_form(browser))[1] if hidden is None else hidden
    answer = await browser.post("/new", data={**hidden, **values}, allow_redirects=False)
    text = await answer.text()
    assert answer.status == status, text
    return answer.headers["Location"] if status == 303 else text


def text_in(page: str) -> str:
    """Return the text in the form of a page. A browser ignores the first end of line."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


async def test_a_valid_text_is_summarized_and_drawn(browser: TestClient):
    page = await send(browser, do="check", format="yaml", text=VALID)
    assert "Valid: two becomes 2 jobs." in page
    assert 'id="spec-graph-svg"' in page
    assert text_in(page) == VALID


async def test_a_problem_has_its_line_and_column(browser: TestClient):
    page = await send(browser, do="check", format="yaml", text=VALID.replace("command: echo b", "comand: echo b"))
    assert '<li data-line="4" data-column="15" data-severity="error">' in page
    assert "Did you mean &#39;command&#39;?" in page


async def test_every_example_is_valid(browser: TestClient):
    page, _ = await open_form(browser)
    names = set(re.findall(r'href="/new\?example=(\w+)"', page))
    assert len(names) >= 4
    for name in names:
        page, _ = await open_form(browser, f"/new?example={name}")
        checked = await send(browser, do="check", format="yaml", text=text_in(page))
        assert f"Valid: {name} becomes" in checked
        assert "data-severity" not in checked


async def test_create_leads_to_the_workflow(browser: TestClient, tmp_path: Path):
    # Browsers send the ends of lines as CR LF.
    text = VALID.replace("\n", "\r\n")
    assert await send(browser, 303, do="create", format="yaml", text=text, folder=str(tmp_path)) == "/workflows/1"
    assert (tmp_path / "created.txt").read_text() == f"{VALID}-----\n"
    assert "cd " in (tasks := await (await browser.get("/tasks")).text())
    assert "torc create two.yaml" in tasks


async def test_create_and_run_starts_the_run(browser: TestClient, tmp_path: Path):
    await send(browser, 303, do="run", format="yaml", text=VALID, folder=str(tmp_path))
    assert "torc run 1" in await (await browser.get("/tasks")).text()


async def test_a_form_that_is_sent_twice_creates_once(browser: TestClient, tmp_path: Path):
    _, hidden = await open_form(browser)
    values = {"do": "run", "format": "yaml", "text": VALID, "folder": str(tmp_path)}
    both = await asyncio.gather(*(send(browser, 303, hidden, **values) for _ in range(3)))
    assert both == ["/workflows/1"] * 3
    assert (tmp_path / "created.txt").read_text().count("-----") == 1
    assert (await (await browser.get("/tasks")).text()).count("torc run 1") == 2  # a cell and its title


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (VALID + "# refuse", "Error: &lt;b&gt;refused&lt;/b&gt; two.yaml"),
        (VALID.replace("jobs", "jbos"), "no workflow can be created"),
        (f"name: {HOSTILE}\njobs: [{{name: '{HOSTILE}', command: x, oops: 1}}]", "oops"),
    ],
)
async def test_an_error_keeps_the_text(browser: TestClient, tmp_path: Path, text: str, why: str):
    page = await send(browser, 422, do="create", format="yaml", text=text, folder=str(tmp_path))
    assert why in page
    assert text_in(page) == text
    assert HOSTILE not in page
    assert not (tmp_path / "created.txt").exists()


async def test_the_folder_must_exist_or_is_made(browser: TestClient, tmp_path: Path):
    folder = tmp_path / "new" / "folder"
    values = {"format": "yaml", "text": VALID, "folder": str(folder), "do": "create"}
    page = await send(browser, 422, **values)
    assert "Tick the box to make it." in page
    assert text_in(page) == VALID
    assert await send(browser, 303, makes_folder="1", **values) == "/workflows/1"
    assert (folder / "created.txt").exists()


async def test_a_file_is_loaded_and_selects_its_format(browser: TestClient):
    _, hidden = await open_form(browser)
    form = FormData({**hidden, "do": "load", "format": "yaml", "text": "old"})
    form.add_field("file", b'\xef\xbb\xbfname "k"\njob "a" { command "echo" }\n', filename="my.kdl")
    page = await (await browser.post("/new", data=form)).text()
    assert text_in(page) == 'name "k"\njob "a" { command "echo" }\n'
    assert '<option value="kdl" selected>' in page


async def test_a_download_is_named_after_the_workflow(browser: TestClient):
    _, hidden = await open_form(browser)
    answer = await browser.post("/new", data={**hidden, "do": "download", "format": "yaml", "text": VALID})
    assert await answer.text() == VALID
    assert 'filename="two.yaml"' in answer.headers["Content-Disposition"]


async def test_a_text_of_another_format_is_recognized(browser: TestClient):
    kdl = 'name "k"\njob "a" { command "echo" }\n'
    page = await send(browser, do="check", format="yaml", text=kdl)
    assert 'name="as" value="kdl"' in page
    page = await send(browser, **{"as": "kdl", "format": "yaml", "text": kdl})
    assert "Valid: k becomes 1 job." in page


async def test_a_changed_form_that_is_sent_again_creates_another_workflow(browser: TestClient, tmp_path: Path):
    _, hidden = await open_form(browser)
    for text in (VALID, VALID, VALID.replace("echo a", "echo c")):
        await send(browser, 303, hidden, do="create", format="yaml", text=text, folder=str(tmp_path))
    assert (tmp_path / "created.txt").read_text().count("-----") == 2


async def test_a_slow_creation_has_a_page_that_waits(
    browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(new, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(program, "TORC", (sys.executable, "-c", WAITS_FOR_FILE.format(path=tmp_path / "go")))
    waiting = await send(browser, 303, do="create", format="yaml", text=VALID, folder=str(tmp_path))
    page = await (await browser.get(waiting)).text()
    assert 'hx-trigger="every 1s"' in page
    assert 'value="create"' not in page
    assert text_in(page) == VALID
    (tmp_path / "go").touch()
    while (answer := await browser.get(waiting, allow_redirects=False)).status == 200:
        await answer.read()
    assert answer.headers["Location"] == "/workflows/1"
    answer = await browser.get(waiting, headers={"HX-Request": "true", "HX-Target": "spec_result"})
    assert answer.headers["HX-Redirect"] == "/workflows/1"


async def test_a_slow_creation_that_fails_shows_the_form_again(
    browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(new, "PATIENCE_SECONDS", 0.0)
    text = f"{VALID}# refuse"
    waiting = await send(browser, 303, do="create", format="yaml", text=text, folder=str(tmp_path))
    asked_by_the_page = {"HX-Request": "true", "HX-Target": "spec_result"}
    while "HX-Refresh" not in (await browser.get(waiting, headers=asked_by_the_page)).headers:
        pass
    page = await (await browser.get(waiting)).text()
    assert "refused" in page
    assert 'value="create"' in page
    assert text_in(page) == text


async def test_the_text_of_a_created_workflow_is_kept(browser: TestClient, tmp_path: Path):
    text = f"# {HOSTILE}\n{VALID}"
    await send(browser, 303, do="create", format="yaml", text=text, folder=str(tmp_path))
    page = await (await browser.get("/workflows/1/spec")).text()
    assert "&lt;img src=x" in page
    assert HOSTILE not in page
    copy = await (await browser.get("/new?from=1")).text()
    assert text_in(copy) == text
    assert f'value="{tmp_path}"' in copy
    assert await (await browser.get("/workflows/1/spec/file.yaml?written=1")).text() == text


@pytest.mark.parametrize(
    ("format_name", "text", "why"),
    [
        ("yaml", "[" * 20_000, "nested too deeply"),
        ("json", '{"a":' * 20_000, "nested too deeply"),
        ("kdl", "a {" * 20_000, "nested too deeply"),
        ("yaml", ALIASES, "aliases repeat more than"),
        ("yaml", "!!python/object/apply:os.system ['touch owned']", "is not suppo"),
        ("yaml", "name: a\0b", "control characters"),
        ("yaml", "x" * 800_000, "Use parameters to describe many jobs."),
    ],
    ids=["deep YAML", "deep JSON", "deep KDL", "aliases", "tag", "NUL", "large"],
)
async def test_a_hostile_text_is_a_problem(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch, format_name: str, text: str, why: str
):
    monkeypatch.setattr(csrf, "SPEC_BYTES", 700_000)
    _, hidden = await open_form(browser)
    form = FormData({**hidden, "do": "create", "format": format_name}, default_to_multipart=True)
    form.add_field("text", text)
    answer = await browser.post("/new", data=form)
    assert answer.status == 422
    assert why in await answer.text()
    assert "Nothing was started" in await (await browser.get("/tasks")).text()


async def test_a_body_beyond_the_limit_is_refused(browser: TestClient):
    _, hidden = await open_form(browser)
    form = FormData({**hidden, "do": "check"}, default_to_multipart=True)
    form.add_field("file", io.BytesIO(b"x" * (21 * 1024 * 1024)), filename="a.yaml")
    assert (await browser.post("/new", data=form)).status == 413


async def test_a_file_that_is_no_text_is_refused_and_keeps_the_text(browser: TestClient):
    _, hidden = await open_form(browser)
    form = FormData({**hidden, "do": "load", "format": "yaml", "text": VALID})
    form.add_field("file", b"\x89PNG\xff", filename="a.yaml")
    answer = await browser.post("/new", data=form)
    page = await answer.text()
    assert answer.status == 422
    assert "not UTF-8 text" in page
    assert text_in(page) == VALID


async def test_nothing_is_created_with_read_only(fake_server: FakeServer):
    app = make_app(Upstream(fake_server.url), AccessPolicy(), changes=False)
    async with TestClient(TestServer(app)) as browser:
        for path in ("/new", "/new/import"):
            page, _ = await open_form(browser, path)
            assert "--read-only" in page
            assert "<form" not in page
            assert (await browser.post(path, data={"text": VALID})).status == 403
        assert "/new?example" not in await (await browser.get("/workflows")).text()
