"""The two pages as a browser without scripts gets them, and the parts that an open page asks for."""

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import compute_node, job, listed, progress, result, status, workflow
from torc_client.api.records import (
    ListComputeNodesResponse,
    ListJobsResponse,
    ListResultsResponse,
    ListWorkflowsResponse,
)
from torc_client.testing import BREAK_OFF, FakeServer, Refusal

HOSTILE = "<img src=x onerror=alert(1)>\"'</script>&amp;"


async def page(browser: TestClient, path: str, code: int = 200, part: str | None = None) -> str:
    headers = {"HX-Request": "true", "HX-Target": part} if part else {}
    answer = await browser.get(path, headers=headers)
    assert answer.status == code
    return await answer.text()


async def test_the_list_shows_each_workflow_and_how_far_it_is(browser: TestClient, fake_server: FakeServer):
    one = workflow(7, name="sweep", project="wind", progress=progress(completed=1, running=1))
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, [one]))
    text = await page(browser, "/workflows")
    for shown in ("sweep", "ada", "wind", "1 of 2 completed", 'href="/workflows/7"', "running <small>1</small>"):
        assert shown in text
    assert not fake_server.calls_of("get_workflow_status")
    everything = await page(browser, "/workflows?columns=id,timestamp,description")
    assert "2026-11-23 04:05:06Z" in everything
    assert "1 of 2 completed" not in everything


async def test_the_list_shows_the_time_to_the_end_and_since_when(browser: TestClient, fake_server: FakeServer):
    known = progress(completed=1, running=1)
    known.seconds_left, known.first_node_start = 6600.0, "2026-11-30T08:00:00Z"
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, [workflow(7, progress=known)]))
    text = await page(browser, "/workflows")
    assert "1 h 50 min" in text
    assert '<time datetime="2026-11-30T08:00:00Z" data-relative>' in text
    assert 'data-list="mine"' in text
    assert 'data-list="all"' in await page(browser, "/workflows?users=all")


async def test_the_server_filters_sorts_and_cuts(browser: TestClient, fake_server: FakeServer):
    await page(browser, "/workflows?sort=name&page=3&size=25&filter=failed>0+name~x&users=all")
    assert fake_server.calls_of("list_workflows")[0].query == {
        "offset": 50, "limit": 25, "sort_by": "name", "reverse_sort": False, "filter": "failed>0 name~x",
        "is_archived": False, "with_progress": True,
    }  # fmt: skip


async def test_the_list_is_of_the_reader_and_not_archived(
    browser: TestClient, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TORC_USERNAME", "ada")
    await page(browser, "/workflows")
    assert {call.query["user"] for call in fake_server.calls_of("list_workflows")} == {"ada"}
    assert fake_server.calls_of("list_workflows")[0].query["is_archived"] is False
    await page(browser, "/workflows?users=all&archived=1")
    query = fake_server.calls_of("list_workflows")[-1].query
    assert ("user" not in query, query["is_archived"]) == (True, True)


async def test_an_empty_list_says_what_to_do_next(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, []))
    assert "torc run FILE" in (text := await page(browser, "/workflows"))
    assert "/new?example=hello" in text
    assert "Clear the filter" in await page(browser, "/workflows?filter=x")


async def test_a_page_without_rows_links_to_the_last_page(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, [], total=60))
    text = await page(browser, "/workflows?page=99&size=25")
    assert 'There are no rows on this page. <a href="/workflows?size=25&amp;page=3">Go to page 3</a>' in text


async def test_a_workflow_that_goes_away_in_between_stays_a_row(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", Refusal(404, "gone"))
    assert "workflow-1" in await page(browser, "/workflows")


@pytest.mark.parametrize("path", ["/workflows", "/workflows/1", "/workflows/1/jobs", "/workflows/1/tables/results"])
async def test_names_with_html_are_inert(browser: TestClient, fake_server: FakeServer, path: str):
    hostile = workflow(
        1, name=HOSTILE, user=HOSTILE, project=HOSTILE, description=HOSTILE, submission_directory=HOSTILE
    )
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, [hostile]))
    fake_server.answer("get_workflow", hostile)
    fake_server.answer("list_jobs", listed(ListJobsResponse, [job(1, name=HOSTILE, command=HOSTILE)]))
    fake_server.answer(
        "list_results", listed(ListResultsResponse, [result(1, job_name=HOSTILE, completion_time=HOSTILE)])
    )
    fake_server.answer("list_compute_nodes", listed(ListComputeNodesResponse, [compute_node(1, hostname=HOSTILE)]))
    for part in (None, "content", "records"):
        text = await page(browser, path, part=part)
        assert "<img src=x" not in text
        assert "onerror=alert(1)>" not in text
        assert "</script>&amp;amp;" not in text


async def test_what_a_reader_types_is_inert(browser: TestClient):
    text = await page(browser, '/workflows?filter="><script>alert(1)</script>&sort=<b>&page=<i>')
    assert "<script>alert" not in text
    assert "<b>" not in text


async def test_a_part_is_a_part_of_the_page(browser: TestClient):
    whole = await page(browser, "/workflows/1")
    for part in ("content", "news", "counts", "frame_state"):
        text = await page(browser, "/workflows/1", part=part)
        assert text.strip()
        assert text in whole
        assert "<html" not in text
    assert (await page(browser, "/workflows/1", part="news")).lstrip().startswith('<section id="news"')


async def test_an_open_page_asks_for_several_parts_at_once(browser: TestClient):
    answer = await browser.get("/workflows/1", headers={"X-Torc-Parts": "counts news nonsense __class__ counts"})
    assert answer.headers["X-Torc-Parts"] == "counts news"
    text = await answer.text()
    assert text.index('id="counts"') < text.index('id="news"')
    assert text.count('id="counts"') == 1
    assert "<html" not in text
    assert "X-Torc-Parts" in answer.headers["Vary"]


async def test_a_request_for_parts_that_the_page_does_not_have_gets_the_whole_page(browser: TestClient):
    answer = await browser.get("/workflows/1", headers={"X-Torc-Parts": "problem"})
    assert "X-Torc-Parts" not in answer.headers
    assert "<html" in await answer.text()


async def test_the_browsers_history_gets_the_whole_page(browser: TestClient):
    headers = {"HX-Request": "true", "HX-Target": "news", "HX-History-Restore-Request": "true"}
    answer = await browser.get("/workflows/1", headers=headers)
    assert "<html" in await answer.text()
    assert "HX-Request" in answer.headers["Vary"]


async def test_an_unchanged_part_is_not_sent_again(browser: TestClient, fake_server: FakeServer):
    asked = {"X-Torc-Parts": "counts news"}
    first = await browser.get("/workflows/1", headers=asked)
    asked["If-None-Match"] = first.headers["ETag"]
    again = await browser.get("/workflows/1", headers=asked)
    assert (again.status, await again.read()) == (304, b"")
    assert (await browser.get("/workflows/1", headers={**asked, "X-Torc-Parts": "news"})).status == 200
    fake_server.answer("get_workflow_status", status(completed=3))
    assert (await browser.get("/workflows/1", headers=asked)).status == 200


@pytest.mark.parametrize("answer", [BREAK_OFF, Refusal(503, "busy")])
async def test_a_server_that_is_away_is_said_and_the_page_goes_on_by_itself(browser, fake_server: FakeServer, answer):
    fake_server.answer("list_workflows", answer)
    text = await page(browser, "/workflows?sort=name", 503)
    assert "does not answer" in text
    assert 'id="problem" data-live' in text
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, [workflow()]))
    assert "workflow-1" in await page(browser, "/workflows?sort=name", part="content")


async def test_a_stopped_server_is_said(browser: TestClient, fake_server: FakeServer):
    await fake_server.stop()
    assert "No Torc server answers at" in await page(browser, "/workflows/1", 503)
    await fake_server.start()
    assert "job-1" in await page(browser, "/workflows/1")


async def test_refusals_are_shown_with_their_hint(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_workflows", Refusal(401, "Unauthorized"))
    assert "TORC_PASSWORD" in await page(browser, "/workflows", 401)
    fake_server.answer("get_workflow", Refusal(404, "There is no workflow 9"))
    assert "<p>There is no workflow 9.</p>" in await page(browser, "/workflows/9", 404)


@pytest.mark.parametrize(
    "path", ["/workflows/x", "/workflows/-1", f"/workflows/{10**30}", "/workflows/1/2", "/nothing"]
)
async def test_other_addresses_are_not_there(browser: TestClient, fake_server: FakeServer, path: str):
    assert "no such page" in await page(browser, path, 404)
    assert fake_server.calls == []
