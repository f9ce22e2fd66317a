"""The two pages as a browser without scripts gets them, and the parts that an open page asks for."""

import re

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import compute_node, job, listed, result, status, workflow
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
    one = workflow(7, name="sweep", project="wind", description="many runs")
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, [one]))
    fake_server.answer("get_workflow_status", status(7, completed=1, running=1))
    text = await page(browser, "/workflows")
    for shown in (
        "sweep",
        "ada",
        "wind",
        "many runs",
        "2026-11-23 04:05:06",
        "1 of 2 completed",
        'href="/workflows/7"',
    ):
        assert shown in text
    assert fake_server.calls_of("list_workflows")[0].query["reverse_sort"] is True


async def test_the_server_filters_sorts_and_cuts(browser: TestClient, fake_server: FakeServer):
    await page(browser, "/workflows?sort=name&page=3&size=25&user=ada&is_archived=no")
    assert fake_server.calls_of("list_workflows")[0].query == {
        "offset": 50, "limit": 25, "sort_by": "name", "reverse_sort": False, "user": "ada", "is_archived": False,
    }  # fmt: skip


async def test_an_empty_list_says_what_to_do_next(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, []))
    assert "torc run examples/" in await page(browser, "/workflows")
    assert "Clear the filters" in await page(browser, "/workflows?name=x")


async def test_a_page_without_rows_links_to_the_last_page(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_workflows", listed(ListWorkflowsResponse, [], total=60))
    text = await page(browser, "/workflows?page=99&size=25")
    assert 'There are no rows on this page. <a href="/workflows?size=25&amp;page=3">Go to page 3</a>' in text


async def test_a_workflow_that_goes_away_in_between_stays_a_row(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", Refusal(404, "gone"))
    assert "workflow-1" in await page(browser, "/workflows")


async def test_the_workflow_page_counts_jobs_by_status(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", status(completed=1000, failed=2, running=3))
    text = await page(browser, "/workflows/1")
    for shown in ("1,000 of 1,005 completed, 3 running, 2 failed", "?tab=jobs&amp;status=failed", "job-2", "echo 3"):
        assert shown in text
    assert "status=blocked" not in text


@pytest.mark.parametrize(
    ("tab", "operation", "shown"),
    [
        ("jobs", "list_jobs", "echo 1"),
        ("results", "list_results", "3.0 MiB"),
        ("compute_nodes", "list_compute_nodes", "node-1"),
        ("nonsense", "list_jobs", "echo 1"),
    ],
)
async def test_each_tab_asks_for_its_rows_alone(browser, fake_server: FakeServer, tab: str, operation: str, shown: str):
    assert shown in await page(browser, f"/workflows/1?tab={tab}")
    lists = [call.operation for call in fake_server.calls if call.operation.startswith("list_")]
    assert lists == [operation]
    assert fake_server.calls_of(operation)[0].query["workflow_id"] == 1


async def test_a_filter_that_makes_no_sense_is_named(browser: TestClient):
    text = await page(browser, "/workflows/1?tab=results&job_id=seven")
    assert "is not a whole number" in text


@pytest.mark.parametrize(
    "path", ["/workflows", "/workflows/1", "/workflows/1?tab=results", "/workflows/1?tab=compute_nodes"]
)
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
    for part in (None, "content", "live"):
        text = await page(browser, path, part=part)
        assert "<img src=x" not in text
        assert "onerror=alert(1)>" not in text
        assert "</script>&amp;amp;" not in text


async def test_what_a_reader_types_is_inert(browser: TestClient):
    text = await page(browser, '/workflows?name="><script>alert(1)</script>&sort=<b>&page=<i>')
    assert "<script>alert" not in text
    assert "<b>" not in text


async def test_a_part_is_a_part_of_the_page(browser: TestClient):
    whole = await page(browser, "/workflows/1")
    content = await page(browser, "/workflows/1", part="content")
    live = await page(browser, "/workflows/1", part="live")
    assert content in whole
    section, _, summary = live.partition("</section>")
    assert section in content
    assert 'id="summary" hx-swap-oob="true"' in summary
    assert "hx-swap-oob" not in content
    assert live.lstrip().startswith('<section id="live"')
    assert "<html" in whole
    assert "<html" not in content
    assert "<form" not in live


async def test_the_browsers_history_gets_the_whole_page(browser: TestClient):
    headers = {"HX-Request": "true", "HX-Target": "live", "HX-History-Restore-Request": "true"}
    answer = await browser.get("/workflows/1", headers=headers)
    assert "<html" in await answer.text()
    assert "HX-Request" in answer.headers["Vary"]


async def test_the_living_part_asks_for_the_same_rows_again(browser: TestClient):
    text = await page(browser, "/workflows/1?tab=jobs&status=ready&sort=name&page=2", part="live")
    assert 'hx-get="/workflows/1?tab=jobs&amp;status=ready&amp;sort=name&amp;page=2"' in text
    assert " data-live" in text


async def test_a_complete_workflow_rests(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", status(completed=3, is_complete=True))
    assert " data-live" not in await page(browser, "/workflows/1")


@pytest.mark.parametrize("answer", [BREAK_OFF, Refusal(503, "busy")])
async def test_a_server_that_is_away_is_said_and_the_page_goes_on_by_itself(browser, fake_server: FakeServer, answer):
    fake_server.answer("list_workflows", answer)
    text = await page(browser, "/workflows?sort=name", 503)
    assert "does not answer" in text
    assert 'hx-get="/workflows?sort=name"' in text
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


async def test_what_a_reader_asks_for_goes_before_what_the_page_asks_for(browser: TestClient):
    text = await page(browser, "/workflows/1?size=25")
    askers = re.findall(r"<(?:a|form)\b[^>]*hx-get=[^>]*>", text)
    assert len(askers) > 5
    assert not [asker for asker in askers if 'hx-sync="#live:replace"' not in asker]
    assert 'hx-sync="this:drop" hx-disinherit="*"' in text
