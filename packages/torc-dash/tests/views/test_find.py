"""What the palette finds."""

from aiohttp.test_utils import TestClient

from dash_builders import job, listed, workflow
from torc_client.api.records import ListJobsResponse, ListWorkflowsResponse
from torc_client.testing import FakeServer, Refusal


async def found(browser: TestClient, **query: str) -> list[dict[str, str]]:
    answer = await browser.get("/find", params=query)
    assert answer.status == 200
    return (await answer.json())["found"]


async def test_names_of_workflows_and_of_jobs_of_the_open_one(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, [workflow(3, name="sweep")]))
    fake_server.answer("list_jobs", listed(ListJobsResponse, [job(7, name="sweep_1")]))
    assert await found(browser, q="sweep", workflow="3") == [
        {"title": "sweep", "hint": "workflow 3", "href": "/workflows/3"},
        {"title": "sweep_1", "hint": "job 7", "href": "/jobs/7"},
    ]
    assert fake_server.calls_of("list_workflows")[0].query["filter"] == "name~sweep"


async def test_numbers(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, []))
    fake_server.answer("get_job", Refusal(404, "no"))
    assert await found(browser, q="1") == [{"title": "workflow-1", "hint": "workflow 1", "href": "/workflows/1"}]


async def test_texts_cannot_change_the_filter(browser: TestClient, fake_server: FakeServer):
    await found(browser, q='x" -archived name~"secret', workflow="<b>")
    assert fake_server.calls_of("list_workflows")[0].query["filter"] == "name~-archived"
    assert fake_server.calls_of("list_jobs") == []


async def test_nothing_is_asked_for_nothing(browser: TestClient, fake_server: FakeServer):
    assert await found(browser, q=" ") == []
    assert fake_server.calls == []
