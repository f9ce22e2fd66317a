"""Forms that change something have the present values, and send only those that differ."""

import re
import sys
from html import unescape

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import job, listed, workflow
from torc_client.api.records import ListJobsResponse, ResourceRequirementsModel
from torc_client.testing import FakeServer
from torc_dash.tasks import program

HOSTILE = 'a "b" <i>\''
SCRIPT = "\ntotal=0\nfor i in 1 2; do\n  echo $i\ndone\n"


@pytest.fixture(autouse=True)
def two_jobs(monkeypatch: pytest.MonkeyPatch, fake_server: FakeServer) -> None:
    """Jobs 1 and 2 share requirements with five others; their priorities differ."""
    monkeypatch.setattr(program, "TORC", (sys.executable, "-c", "import sys; print('ran', *sys.argv[1:])"))
    jobs = {
        1: job(1, priority=4, resource_requirements_id=9, command=HOSTILE),
        2: job(2, priority=5, resource_requirements_id=9),
        3: job(3, priority=0, command=SCRIPT),
    }

    def found(words: str) -> ListJobsResponse:
        if words == "resource_requirements_id=9":
            return listed(ListJobsResponse, [], total=7)
        ids = [int(one) for one in re.findall(r"\d+", words)]
        return listed(ListJobsResponse, [jobs[one] for one in ids])

    fake_server.answer("list_jobs", lambda call: found(call.query["filter"]))
    needs = ResourceRequirementsModel(id=9, workflow_id=1, name="small", memory="4g", runtime="PT1H", num_cpus=2)
    fake_server.answer("get_resource_requirements", needs)


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of the form as a browser would send them."""
    tags = re.findall(r"<input[^>]*>", text[text.index('<form method="post"') :])
    members = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in tags]
    values = {one["name"]: unescape(one.get("value", "")) for one in members if one.get("type") != "checkbox"}
    values |= {
        name: unescape(text)
        for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>\n(.*?)</textarea>', text, re.DOTALL)
    }
    return {name: value.replace("\n", "\r\n") for name, value in values.items()}


async def shown(browser: TestClient, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200
    return await answer.text()


async def performed(browser: TestClient, path: str, form: dict[str, str]) -> str:
    """Send the form, and return what ran."""
    answer = await browser.post(path.partition("?")[0], data=form, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    while "Stop</button>" in (text := await shown(browser, answer.headers["Location"])):
        pass
    return unescape(text[text.index("ran ") :].partition("</pre>")[0].strip())


async def test_only_changed_values_are_sent(browser: TestClient):
    path = "/workflows/1/actions/edit-job?ids=1"
    form = fields_of(await shown(browser, path))
    assert (form["priority"], form["command"]) == ("4", HOSTILE)
    assert "The job is ready. For a new command, tick that it is reset first." in await shown(browser, path)
    assert await performed(browser, path, form | {"priority": "6"}) == "ran jobs update 1 --priority=6"


async def test_the_lines_of_a_command_stay(browser: TestClient):
    path = "/workflows/1/actions/edit-job?ids=3"
    form = fields_of(await shown(browser, path))
    assert form["command"] == SCRIPT.replace("\n", "\r\n")
    assert await performed(browser, path, form | {"priority": "6"}) == "ran jobs update 3 --priority=6"
    form = fields_of(await shown(browser, path))
    command = form["command"].replace("1 2", "1 2 3")
    ran = await performed(browser, path, form | {"command": command})
    assert ran == "ran jobs update 3 --command=total=0\nfor i in 1 2 3; do\n  echo $i\ndone"


async def test_a_form_without_a_change_does_nothing(browser: TestClient):
    path = "/workflows/1/actions/edit-job?ids=1"
    form = fields_of(await shown(browser, path))
    answer = await browser.post(path.partition("?")[0], data=form, allow_redirects=False)
    assert answer.status == 422
    assert "Change at least one value." in await answer.text()


async def test_requirements_of_selected_jobs_say_who_shares_them(browser: TestClient):
    path = "/workflows/1/actions/own-requirements?ids=1&ids=2"
    text = await shown(browser, path)
    assert "7 jobs share the requirements &#39;small&#39; (9). The other 5 keep them." in text
    form = fields_of(text)
    assert (form["memory"], form["runtime"], form["cpus"]) == ("4g", "PT1H", "2")
    assert await performed(browser, path, form | {"memory": "8g"}) == "ran jobs update 1 2 --memory=8g"


async def test_values_that_differ_are_empty(browser: TestClient):
    path = "/workflows/1/actions/set-priority?ids=1&ids=2"
    form = fields_of(await shown(browser, path))
    assert form["priority"] == ""
    assert await performed(browser, path, form | {"priority": "-1"}) == "ran jobs update 1 2 --priority=-1"


async def test_a_filter_selects_jobs_for_requirements_and_few_for_priorities(
    browser: TestClient, fake_server: FakeServer
):
    fake_server.answer("list_jobs", listed(ListJobsResponse, [job(1)], total=100_000))
    path = "/workflows/1/actions/own-requirements?filter=group%3Dsim_%23"
    form = fields_of(await shown(browser, path))
    ran = await performed(browser, path, form | {"memory": "8g"})
    assert ran == "ran jobs update --workflow-id 1 --filter=group=sim_# --memory=8g"
    text = await shown(browser, "/workflows/1/actions/set-priority?filter=group%3Dsim_%23")
    assert "This can be done for at most 1,000 jobs at once." in text


async def test_a_workflow_is_edited_from_its_values(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow", workflow(1, name=HOSTILE, project="p", description="d"))
    path = "/workflows/1/actions/edit"
    form = fields_of(await shown(browser, path))
    assert (form["name"], form["project"], form["description"]) == (HOSTILE, "p", "d")
    assert await performed(browser, path, form | {"project": "q"}) == "ran workflows update 1 --project=q"
