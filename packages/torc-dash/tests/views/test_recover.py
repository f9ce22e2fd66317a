"""The recovery page: it shows what the command would do, and starts exactly that."""

import json
import re
import sys
from html import unescape

import pytest
from aiohttp.test_utils import TestClient
from multidict import MultiDict

from dash_builders import job, listed, status
from torc_client.api.records import ListJobsResponse
from torc_client.testing import FakeServer
from torc_dash.tasks import program

HOSTILE = "<img src=x onerror=alert(1)> 'a\"b"
PATH = "/workflows/1/recover"
# In place of torc: prints a plan for its options, or its arguments.
FAKE_TORC = """
import json, sys
words = sys.argv[1:]
if "--dry-run" not in words:
    print("ran", json.dumps(words))
    sys.exit(0)
if "--memory-multiplier=7" in words:
    error = {"status": "error", "message": "A runner <b>works.", "hint": "See `torc watch 1`."}
    print(json.dumps(error, indent=2), file=sys.stderr)
    sys.exit(1)
only = [word.partition("=")[2] for word in words if word.startswith("--only=")]
values = {word.partition("=")[2].partition("=")[0]: word.rpartition("=")[2] for word in words if "--memory=" in word}
classes = [("oom", "simulate_#", 3, 12), ("unknown", HOSTILE, 2, 14)]
retried = [
    f"{cause}:{group}" in only if only else cause != "unknown" or "--retry-unknown" in words
    for cause, group, _, _ in classes
]
groups = [
    dict(cause=cause, group=group, job_count=count, retry=retry, reason="it was killed", reason_count=1,
         example_job_id=example, example_job_name="job", resource_requirements_ids=[3 + number])
    for number, ((cause, group, count, example), retry) in enumerate(zip(classes, retried))
]
requirements = [
    dict(id=3 + number, name=name, job_count=groups[number]["job_count"] * retried[number], memory="100m",
         new_memory=values.get(str(3 + number), "150m" if number == 0 and retried[0] else None),
         max_peak_memory_bytes=None, runtime="PT5M", new_runtime=None, max_exec_seconds=None)
    for number, name in enumerate(("small", "large"))
]
print(json.dumps(dict(
    workflow_id=1, dry_run=True, memory_multiplier=1.5, runtime_multiplier=1.5, other_failures=5 - sum(
        each["job_count"] for each in requirements), jobs_to_retry=sum(each["job_count"] for each in requirements),
    was_canceled=False, stranded_jobs=0, groups=groups, requirements=requirements)))
""".replace("HOSTILE", repr(HOSTILE))


@pytest.fixture(autouse=True)
def fake_torc(monkeypatch: pytest.MonkeyPatch, fake_server: FakeServer) -> None:
    """Run a fake in place of torc; five jobs failed, and eight use each of the requirements."""
    monkeypatch.setattr(program, "TORC", (sys.executable, "-c", FAKE_TORC))
    fake_server.answer("get_workflow_status", status(failed=5, completed=3, is_complete=True))
    fake_server.answer("list_jobs", lambda _: listed(ListJobsResponse, [job(1)], total=8))


def form_of(text: str) -> MultiDict[str]:
    """Return the fields of the form as a browser would send them."""
    form: MultiDict[str] = MultiDict()
    for tag in re.findall(r"<input[^>]*>", text[text.index('<form method="post"') :]):
        members = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if members.get("type") != "checkbox" or " checked" in tag:
            form.add(members["name"], members.get("value", ""))
    return form


def keys_of(text: str) -> list[str]:
    return [unescape(key) for key in re.findall(r'name="pick" value="([^"]*)"', text)]


async def shown(browser: TestClient, form: MultiDict[str] | None = None, code: int = 200) -> str:
    """Return the page with its plan, or what it answers to a form."""
    plan = f"{PATH}?plan=1"
    answer = await (browser.get(plan) if form is None else browser.post(PATH, data=form, allow_redirects=False))
    text = await answer.text()
    assert answer.status == code, text
    return text


async def applied(browser: TestClient, form: MultiDict[str]) -> list[str]:
    """Send the form, and return the arguments of the task."""
    answer = await browser.post(PATH, data=form, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    while "Stop</button>" in (text := await (await browser.get(answer.headers["Location"])).text()):
        pass
    found: list[str] = json.loads(unescape(text[text.index("ran [") + 4 :].partition("</pre>")[0].strip()))
    return found


async def test_classes_are_shown_with_what_would_change(browser: TestClient):
    text = await shown(browser)
    assert HOSTILE not in text
    assert "<strong>Out of memory</strong>: it was killed (the largest of 3 jobs)" in text
    assert "small: memory 100m → 150m, also for 5 other jobs." in text
    assert "3 jobs will be ready to run again" in text
    assert "2 unsuccessful jobs stay as they are." in text
    assert "8 jobs share these requirements" in text
    assert 'href="/jobs/14/log"' in text
    assert 'href="/workflows/1/jobs?filter=group%3Dsimulate_%23+status%3D' in text
    assert "torc recover 1 --no-prompts --by-group</code>" in text


async def test_what_was_shown_is_done(browser: TestClient):
    form = form_of(await shown(browser))
    assert await applied(browser, form) == ["recover", "1", "--no-prompts", "--by-group"]
    places = [(await browser.post(PATH, data=form, allow_redirects=False)).headers["Location"] for _ in range(2)]
    assert places[0] == places[1]


async def test_a_changed_choice_is_shown_before_it_is_done(browser: TestClient):
    form = form_of(await shown(browser))
    oom, unknown = keys_of(await shown(browser))
    form.popall("pick")
    form.add("pick", unknown)
    form["memory-4"] = "2g"
    text = await shown(browser, form, 422)
    assert "It would do something else than was shown." in text
    assert "2 jobs will be ready to run again" in text
    assert "large: memory 100m → 2g, also for 6 other jobs." in text
    again = form_of(text)
    assert again.getall("pick") == [unknown]
    words = ["recover", "1", "--no-prompts", "--by-group", f"--only=unknown:{HOSTILE}", "--memory=4=2g"]
    assert await applied(browser, again) == words
    form.add("pick", oom)
    form["preview"] = "1"
    assert "--retry-unknown --memory=4=2g" in await shown(browser, form)


async def test_without_a_tick_nothing_is_done(browser: TestClient):
    form = form_of(await shown(browser))
    form.popall("pick")
    text = await shown(browser, form, 422)
    assert "No group is ticked: nothing will be done." in text
    assert "Apply</button>" not in text
    assert "Nothing was started" in await (await browser.get("/tasks")).text()


async def test_a_value_that_is_not_valid_is_explained(browser: TestClient):
    form = form_of(await shown(browser))
    form["memory-3"], form["runtime_multiplier"] = "much", "0.5"
    text = await shown(browser, form, 422)
    assert "&#39;much&#39; is not a valid amount of memory" in text
    assert "Multiply run time by: &#39;0.5&#39; is not a number of at least 1." in text
    assert 'value="much"' in text
    assert "Nothing was started" in await (await browser.get("/tasks")).text()


async def test_a_refusal_of_the_command_is_shown(browser: TestClient):
    form = form_of(await shown(browser))
    form["memory_multiplier"] = "7"
    text = await shown(browser, form)
    assert "It cannot be recovered now. A runner &lt;b&gt;works. See <code>torc watch 1</code>." in text
    assert text.count(">Back<") == 1
    assert "Apply</button>" not in text


async def test_the_causes_of_many_failures_are_looked_for_on_request(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", status(failed=10_001, is_complete=True))
    text = await (await browser.get(PATH)).text()
    assert "10,001 jobs did not succeed" in text
    assert "?plan=1" not in text
    assert 'name="pick"' not in text
    form = form_of(text)
    form["preview"] = "1"
    assert "3 jobs will be ready" in await shown(browser, form)


async def test_the_page_does_not_wait_for_the_plan(browser: TestClient):
    text = await (await browser.get(PATH)).text()
    assert "5 jobs did not succeed." in text
    assert "Apply</button>" not in text
    assert f'hx-get="{PATH}?plan=1"' in text


async def test_the_action_leads_to_the_page(browser: TestClient):
    answer = await browser.get("/workflows/1/actions/recover", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, PATH)
    assert f'href="{PATH}">Recover</a>' in await (await browser.get("/workflows/1")).text()
