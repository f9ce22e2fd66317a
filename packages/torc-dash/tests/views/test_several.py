"""Actions on several workflows: each is shown with its jobs, and all run in one task."""

import re
import sys
from html import unescape

import pytest
from aiohttp.test_utils import TestClient
from multidict import MultiDict

from dash_builders import status, workflow
from torc_client.testing import FakeServer, Refusal
from torc_dash.tasks import program
from torc_dash.views.several import MOST_WORKFLOWS

HOSTILE = "<img src=x onerror=alert(1)>"
# In place of torc: prints its arguments. Workflow 3 cannot be changed.
FAKE_TORC = """
import sys
print("ran", *sys.argv[1:])
sys.exit("cannot be changed" if "3" in sys.argv else 0)
"""


@pytest.fixture(autouse=True)
def three_workflows(monkeypatch: pytest.MonkeyPatch, fake_server: FakeServer) -> None:
    """Workflows 1 to 3: the first one has ended, the others run."""
    monkeypatch.setattr(program, "TORC", (sys.executable, "-c", FAKE_TORC))
    jobs = {1: status(1, completed=2, is_complete=True), 2: status(2, running=1, ready=2), 3: status(3, running=4)}
    gone = Refusal(404, "no such workflow")
    fake_server.answer("get_workflow", lambda call: workflow(int(call.path["id"]), name=f"{HOSTILE}{call.path['id']}"))
    fake_server.answer("get_workflow_status", lambda call: jobs.get(int(call.path["id"]), gone))


def form_of(text: str) -> MultiDict[str]:
    found = re.findall(
        r'<input type="hidden" name="([^"]*)" value="([^"]*)"', text[text.index('<form method="post"') :]
    )
    return MultiDict((name, unescape(value)) for name, value in found)


async def shown(browser: TestClient, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200
    return await answer.text()


async def ended(browser: TestClient, name: str, form: MultiDict[str]) -> str:
    """Send the form, and return the page of the task when it has ended."""
    answer = await browser.post(f"/workflows/actions/{name}", data=form, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    while "Stop</button>" in (text := await shown(browser, answer.headers["Location"])):
        pass
    return text


async def test_each_workflow_is_shown_with_what_happens_to_it(browser: TestClient):
    text = await shown(browser, "/workflows/actions/cancel?ids=1&ids=2&ids=3&ids=77&ids=x")
    assert "Cancel workflow: 2 workflows, 7 jobs</h1>" in text
    assert "Nothing: The workflow has ended." in text
    assert "Nothing: It does not exist, or no longer." in text
    assert "1 running job will be stopped" in text
    assert HOSTILE not in text
    assert "torc workflows cancel 2 --no-prompts\ntorc workflows cancel 3 --no-prompts</pre>" in text
    assert form_of(text).getall("ids") == ["2", "3"]


async def test_one_task_has_the_output_of_each_and_says_what_failed(browser: TestClient):
    text = await ended(browser, "cancel", form_of(await shown(browser, "/workflows/actions/cancel?ids=3&ids=2")))
    assert text.index("ran workflows cancel 3") < text.index("cannot be changed") < text.index("ran workflows cancel 2")
    assert "1 of 2 succeeded." in text
    assert "Failed: torc workflows cancel 3 --no-prompts" in text
    assert "It failed; the last lines say why." in text


async def test_values_are_options_of_each_command(browser: TestClient):
    form = form_of(await shown(browser, "/workflows/actions/export?ids=1,2"))
    form["events"] = "1"
    text = await ended(browser, "export", form)
    for number in (1, 2):
        assert f"ran workflows export {number} -o workflow-{number}.json --include-events" in text
    assert "2 of 2 succeeded." in text


async def test_many_jobs_need_their_number(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", lambda call: status(int(call.path["id"]), completed=1_000))
    text = await shown(browser, "/workflows/actions/delete?ids=1&ids=2")
    assert "Type the number of jobs: 2,000" in text
    form = form_of(text)
    for wrong in ("", "1000"):
        answer = await browser.post(
            "/workflows/actions/delete", data=[*form.items(), ("confirm", wrong)], allow_redirects=False
        )
        assert answer.status == 422
        assert "Type the number of jobs to confirm." in await answer.text()
    form["confirm"] = "2,000"
    assert "2 of 2 succeeded." in await ended(browser, "delete", form)
    assert "Type the number" not in await shown(browser, "/workflows/actions/archive?ids=1&ids=2")


async def test_a_workflow_that_changed_meanwhile_is_shown_again(browser: TestClient, fake_server: FakeServer):
    form = form_of(await shown(browser, "/workflows/actions/reset?ids=1"))
    fake_server.answer("get_workflow_status", status(completed=3))
    answer = await browser.post("/workflows/actions/reset", data=form, allow_redirects=False)
    text = await answer.text()
    assert answer.status == 422
    assert "have changed since they were shown" in text
    assert "3 jobs will be ready" in text
    assert "Nothing was started" in await shown(browser, "/tasks")


async def test_none_too_many_and_unknown(browser: TestClient):
    assert "No workflows are selected." in await shown(browser, "/workflows/actions/archive?ids=%C2%B2")
    ids = ",".join(map(str, range(1, MOST_WORKFLOWS + 2)))
    assert f"Select at most {MOST_WORKFLOWS} workflows." in await shown(
        browser, f"/workflows/actions/archive?ids={ids}"
    )
    assert (await browser.get("/workflows/actions/explode?ids=1")).status == 404


async def test_a_task_that_is_stopped_starts_no_further_command(browser: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        program, "TORC", (sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(600)")
    )
    form = form_of(await shown(browser, "/workflows/actions/reset?ids=1&ids=2"))
    answer = await browser.post("/workflows/actions/reset", data=form, allow_redirects=False)
    task = answer.headers["Location"]
    while "begun" not in await shown(browser, task):
        pass
    await browser.post(f"{task}/stop", data={"csrf": form["csrf"]})
    while "Kill</button>" in (text := await shown(browser, task)):
        pass
    assert "Stopped: 1 not started." in text
    assert "It stopped before the end." in text
