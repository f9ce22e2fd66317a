"""Actions: the preview says what happens, the form performs exactly that, and hostile values stay values."""

import json
import re
import sys
from html import unescape

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import job, listed, status, workflow
from torc_client.api.records import ListEventsResponse, ListJobsResponse
from torc_client.testing import FakeServer
from torc_dash.actions import of_workflows
from torc_dash.actions.offers import ACTIONS
from torc_dash.tasks import program

HOSTILE = "<img src=x onerror=alert(1)>'; $(id)"
# Prints its arguments in place of torc. A dry run of workflow 13 is refused.
FAKE_TORC = """
import json, sys
words = sys.argv[1:]
print("ran", json.dumps(words))
sys.exit(1 if "--dry-run" in words and "13" in words else 0)
"""


@pytest.fixture(autouse=True)
def fake_torc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a fake in place of torc, on a machine with a runner and Slurm."""
    monkeypatch.setattr(program, "TORC", (sys.executable, "-c", FAKE_TORC))
    for name in ("has_runner", "has_slurm"):
        monkeypatch.setattr(of_workflows, name, lambda: True)


def fields_of(text: str) -> dict[str, str]:
    """Return the hidden fields of the form of a preview."""
    form = text[text.index('<form method="post"') :]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


async def preview(browser: TestClient, path: str, code: int = 200) -> str:
    answer = await browser.get(path)
    text = await answer.text()
    assert answer.status == code, text
    return text


async def perform(browser: TestClient, path: str, **values: str) -> str:
    """Send the form of a preview, and return the page of the task when it has ended."""
    action = path.partition("?")[0]
    data = {**fields_of(await preview(browser, path)), **values}
    answer = await browser.post(action, data=data, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    while "Stop</button>" in (text := await preview(browser, answer.headers["Location"])):
        pass
    return text


def words_of(text: str) -> list[str]:
    """Return the arguments with which the fake ran."""
    found: list[str] = json.loads(unescape(text[text.index("ran [") + 4 :].partition("</pre>")[0].strip()))
    return found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("run", ["run", "1"]),
        ("submit", ["submit", "1", "--no-prompts"]),
        ("cancel", ["workflows", "cancel", "1", "--no-prompts"]),
        ("retry", ["workflows", "reset-status", "1", "--failed-only", "--reinitialize", "--no-prompts"]),
        ("initialize", ["workflows", "initialize", "1", "--no-prompts"]),
        ("reinitialize", ["workflows", "reinitialize", "1"]),
        ("reset", ["workflows", "reset-status", "1", "--reinitialize", "--no-prompts"]),
        ("sync-status", ["workflows", "sync-status", "1"]),
        ("archive", ["workflows", "archive", "true", "1"]),
        ("delete", ["workflows", "delete", "1", "--no-prompts"]),
    ],
)
async def test_an_action_runs_the_command_that_it_shows(
    browser: TestClient, fake_server: FakeServer, name: str, words: list[str]
):
    fake_server.answer("get_workflow_status", status(failed=1, running=1, ready=1))
    path = f"/workflows/1/actions/{name}"
    shown = await preview(browser, path)
    assert f"torc {' '.join(words)}" in shown
    if ACTIONS[name].dry_run:
        assert words_of(shown) == [*words, "--dry-run"]
    else:
        assert "ran [" not in shown
    assert words_of(await perform(browser, path)) == words


async def test_values_of_the_form_are_options(browser: TestClient):
    text = await perform(browser, "/workflows/1/actions/edit", name=f"--owner {HOSTILE}", project=" p ")
    assert words_of(text) == ["workflows", "update", "1", f"--name=--owner {HOSTILE}", "--project=p"]
    assert HOSTILE not in text


async def test_an_invalid_value_is_explained_and_kept(browser: TestClient):
    path = "/workflows/1/actions/run"
    data = {**fields_of(await preview(browser, path)), "jobs": "many"}
    answer = await browser.post(path, data=data, allow_redirects=False)
    text = await answer.text()
    assert answer.status == 422
    assert "Jobs at once: &#39;many&#39; is not a number of at least 1." in text
    assert 'value="many"' in text


async def test_a_preview_for_other_values_changes_nothing(browser: TestClient):
    path = "/workflows/1/actions/initialize"
    data = {**fields_of(await preview(browser, path)), "force": "1", "preview": "1"}
    answer = await browser.post(path, data=data, allow_redirects=False)
    text = await answer.text()
    assert answer.status == 200
    assert words_of(text) == ["workflows", "initialize", "1", "--no-prompts", "--force", "--dry-run"]
    assert 'formmethod="get"' not in text
    assert "Nothing was started" in await preview(browser, "/tasks")


async def test_a_dry_run_of_a_huge_workflow_is_done_on_request(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", status(failed=10_001))
    path = "/workflows/1/actions/initialize"
    text = await preview(browser, path)
    assert "ran [" not in text
    assert "takes some seconds" in text
    data = {**fields_of(text), "preview": "1"}
    answer = await browser.post(path, data=data, allow_redirects=False)
    assert words_of(await answer.text())[-1] == "--dry-run"


async def test_the_pages_of_a_workflow_name_its_running_tasks(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch, fake_server: FakeServer
):
    monkeypatch.setattr(program, "TORC", (sys.executable, "-c", "import time; time.sleep(600)"))
    fake_server.answer("list_events", listed(ListEventsResponse, []))
    path = "/workflows/1/actions/run"
    data = fields_of(await preview(browser, path))
    task = (await browser.post(path, data=data, allow_redirects=False)).headers["Location"]
    assert f'<a href="{task}">Run here: workflow-1</a> (in progress)' in await preview(browser, "/workflows/1/events")
    token = {"csrf": data["csrf"]}
    await browser.post(f"{task}/stop", data=token)
    await browser.post(f"{task}/stop", data={**token, "how": "kill"})
    while "(in progress)" in (text := await preview(browser, "/workflows/1/events")):
        pass
    assert task not in text


async def test_what_a_dry_run_refuses_cannot_be_done(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow", workflow(13))
    fake_server.answer("get_workflow_status", status(13, failed=1))
    text = await preview(browser, "/workflows/13/actions/initialize")
    assert "It would not be done" in text
    assert 'class="primary"' not in text[text.index("<form") :]


async def test_a_large_workflow_is_deleted_only_with_its_name(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow", workflow(1, name=HOSTILE))
    fake_server.answer("get_workflow_status", status(completed=1001))
    path = "/workflows/1/actions/delete"
    data = fields_of(text := await preview(browser, path))
    assert "The workflow will be deleted." in text
    assert "1,001 jobs will be deleted" in text
    for confirm in ({}, {"confirm": "other"}):
        answer = await browser.post(path, data={**data, **confirm}, allow_redirects=False)
        assert answer.status == 422
        assert "Type the name of the workflow" in await answer.text()
    assert words_of(await perform(browser, path, confirm=HOSTILE))[:2] == ["workflows", "delete"]


async def test_a_form_that_is_sent_twice_leads_to_one_task(browser: TestClient):
    path = "/workflows/1/actions/run"
    data = fields_of(await preview(browser, path))
    places = [(await browser.post(path, data=data, allow_redirects=False)).headers["Location"] for _ in range(2)]
    assert places[0] == places[1]


async def test_jobs_of_a_filter_are_counted_before_and_after(browser: TestClient, fake_server: FakeServer):
    found = {"total": 7}
    fake_server.answer("list_jobs", lambda _: listed(ListJobsResponse, [job(1)], total=found["total"]))
    path = "/workflows/1/actions/reset-jobs?filter=status%3Dfailed&group=a%22b"
    text = await preview(browser, path)
    assert "7 jobs selected." in text
    words = ["jobs", "reset-status", "--workflow-id", "1", '--filter=status=failed group="a""b"', "--reinit"]
    assert words_of(text) == [*words, "--no-prompts", "--dry-run"]
    data = fields_of(text)
    found["total"] = 8
    answer = await browser.post(path.partition("?")[0], data=data, allow_redirects=False)
    assert answer.status == 422
    assert "it is 8 jobs now" in await answer.text()
    assert words_of(await perform(browser, path)) == [*words, "--no-prompts"]


async def test_selected_rows_arrive_as_repeated_ids(browser: TestClient, fake_server: FakeServer):
    fake_server.answer(
        "list_jobs", lambda call: listed(ListJobsResponse, [job(3)], total=call.query["filter"].count(",") + 1)
    )
    text = await preview(browser, "/workflows/1/actions/fail-jobs?ids=3&ids=5&ids=x&ids=3")
    assert "2 jobs selected." in text
    assert "torc jobs fail 3 5" in text
    assert "Select one job" in await preview(browser, "/workflows/1/actions/edit-job?ids=3&ids=5")
    assert "No jobs are selected." in await preview(browser, "/workflows/1/actions/reset-jobs?ids=\u00b2")


@pytest.mark.parametrize("ids", ["", "\u00b2", "9" * 5000, ",".join(map(str, range(1, 300))), "3,4"])
async def test_a_form_without_jobs_of_the_workflow_does_nothing(browser: TestClient, fake_server: FakeServer, ids: str):
    fake_server.answer("list_jobs", listed(ListJobsResponse, [job(3)], total=1))
    token = fields_of(await preview(browser, "/workflows/1/actions/edit"))["csrf"]
    for selected in ("0", "1", "2", "299"):
        data = {"csrf": token, "ids": ids, "selected": selected}
        answer = await browser.post("/workflows/1/actions/reset-jobs", data=data, allow_redirects=False)
        assert answer.status == 422
    assert "Nothing was started" in await preview(browser, "/tasks")


async def test_an_unknown_action_and_task_are_not_found(browser: TestClient):
    await preview(browser, "/workflows/1/actions/explode", 404)
    await preview(browser, "/tasks/77", 404)


async def test_the_list_of_tasks_shows_each(browser: TestClient):
    assert "Nothing was started" in await preview(browser, "/tasks")
    await perform(browser, "/workflows/1/actions/edit", name=HOSTILE)
    text = await preview(browser, "/tasks")
    assert "Edit: workflow-1" in text
    assert HOSTILE not in text


async def test_the_pages_of_a_workflow_offer_what_is_possible(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", status(completed=3, is_complete=True))
    fake_server.answer("list_events", listed(ListEventsResponse, []))
    text = await preview(browser, "/workflows/1/events")
    menu = text[text.index('class="actions"') :]
    assert 'href="/workflows/1/actions/delete"' in menu
    assert 'title="The workflow has ended."' in menu
    assert 'title="All jobs are completed.' in menu


@pytest.mark.parametrize("folder", ["/proc/1/root/x", f"/{'a' * 300}", "relative", "/no/such/folder"])
async def test_a_folder_that_cannot_be_entered_is_not_used(browser: TestClient, fake_server: FakeServer, folder: str):
    fake_server.answer("get_workflow", workflow(1, submission_directory=folder))
    text = await preview(browser, "/workflows/1/actions/initialize")
    assert '<code id="command">torc workflows initialize 1' in text


@pytest.mark.parametrize(
    ("name", "why"), [("a\0b", "NUL"), ("x" * 100_001, "at most 100,000"), ("", "at least one value")]
)
async def test_a_value_that_is_no_argument_is_refused(browser: TestClient, name: str, why: str):
    path = "/workflows/1/actions/edit"
    data = {**fields_of(await preview(browser, path)), "name": name}
    answer = await browser.post(path, data=data, allow_redirects=False)
    assert answer.status == 422
    assert why in await answer.text()


async def test_a_double_click_on_stop_does_not_kill(browser: TestClient, monkeypatch: pytest.MonkeyPatch):
    ends_slowly = "import signal, time; signal.signal(15, lambda *_: None); print('begun', flush=True); time.sleep(600)"
    monkeypatch.setattr(program, "TORC", (sys.executable, "-c", ends_slowly))
    path = "/workflows/1/actions/run"
    data = fields_of(await preview(browser, path))
    task = (await browser.post(path, data=data, allow_redirects=False)).headers["Location"]
    while "begun" not in await preview(browser, task):
        pass
    for _ in range(2):
        await browser.post(f"{task}/stop", data={"csrf": data["csrf"], "how": "stop"})
    text = await preview(browser, task)
    assert "stopping" in text
    assert 'value="kill"' in text
    await browser.post(f"{task}/stop", data={"csrf": data["csrf"], "how": "kill"})
    while 'value="kill"' in (text := await preview(browser, task)):
        pass
    assert "killed by signal 9" in text


async def test_a_workflow_that_runs_here_is_not_run_again(
    browser: TestClient, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    fake_server.answer("get_workflow_status", status(uninitialized=3))
    assert "3 jobs are not initialized" in await preview(browser, "/workflows/1")
    monkeypatch.setattr(program, "TORC", (sys.executable, "-c", "import time; time.sleep(600)"))
    path = "/workflows/1/actions/run"
    data = fields_of(await preview(browser, path))
    task = (await browser.post(path, data=data, allow_redirects=False)).headers["Location"]
    assert "runs it already" in await preview(browser, path)
    overview = await preview(browser, "/workflows/1")
    assert 'id="offer-cancel" href=' in overview
    assert "3 jobs are not initialized" not in overview
    other = {**data, "once": "another"}
    assert (await browser.post(path, data=other, allow_redirects=False)).status == 422
    await browser.post(f"{task}/stop", data={"csrf": data["csrf"], "how": "kill"})
    while "runs it already" in await preview(browser, path):
        pass
