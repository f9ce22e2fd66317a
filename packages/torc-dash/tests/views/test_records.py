"""The tables of a workflow, as a browser without scripts gets them."""

import csv
import io

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import compute_node, job, listed, result
from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    ListComputeNodesResponse,
    ListJobsResponse,
    ListResultsResponse,
    ListUserDataResponse,
    UserDataModel,
)
from torc_client.testing import FakeServer
from torc_dash.table_sources import SOURCES

HOSTILE = "<img src=x onerror=alert(1)>\"'</script>"


async def page(browser: TestClient, path: str, code: int = 200, part: str | None = None) -> str:
    headers = {"HX-Request": "true", "HX-Target": part} if part else {}
    answer = await browser.get(path, headers=headers)
    assert answer.status == code
    return await answer.text()


@pytest.mark.parametrize("name", sorted(SOURCES))
async def test_each_table_has_a_page(browser: TestClient, fake_server: FakeServer, name: str):
    is_plain = name in {"actions", "remote-workers"}
    nothing = {"items": [], "offset": 0, "total_count": 0, "has_more": False}
    nothing |= {"limit": 10} if name == "access-groups" else {"max_limit": 10, "count": 0}
    fake_server.answer(SOURCES[name].words.list_operation, [] if is_plain else nothing)
    text = await page(browser, f"/workflows/1/tables/{name}")
    assert SOURCES[name].title in text
    address = "events" if name == "events" else f"tables/{name}"
    assert f'href="/workflows/1/{address}" aria-current="page"' in text


async def test_an_unknown_table_is_not_found(browser: TestClient):
    await page(browser, "/workflows/1/tables/secrets", 404)


async def test_jobs_are_shown_with_their_host_result_and_requirements(browser: TestClient, fake_server: FakeServer):
    one = job(5, status=JobStatus.FAILED, compute_node_id=3, start_time="2026-11-23T04:00:00Z")
    fake_server.answer("list_jobs", listed(ListJobsResponse, [one, job(6)], total=100_002))
    fake_server.answer("list_compute_nodes", listed(ListComputeNodesResponse, [compute_node(3, hostname="n17")]))
    ended = result(9, job_id=5, return_code=137, exec_time_minutes=1.5, peak_memory_bytes=2 * 1024**3)
    fake_server.answer("list_results", listed(ListResultsResponse, [ended]))
    text = await page(browser, "/workflows/1/jobs?filter=status=failed")
    for shown in ("n17", "137", "1 min 30 s", "2.0 GiB", "100,002 jobs", "2026-11-23T04:00:00Z"):
        assert shown in text
    assert fake_server.calls_of("list_jobs")[0].query["filter"] == "status=failed"
    assert fake_server.calls_of("list_results")[0].query["filter"] == "job_id=5"
    assert fake_server.calls_of("list_compute_nodes")[0].query["filter"] == "id=3"


async def test_an_invalid_filter_is_explained_without_a_call(browser: TestClient, fake_server: FakeServer):
    text = await page(browser, "/workflows/1/jobs?filter=statsu%3Dfailed", part="records")
    assert "did you mean status?" in text
    assert not fake_server.calls_of("list_jobs")
    await page(browser, "/workflows/1/jobs.csv?filter=statsu%3Dfailed", 422)


async def test_the_address_has_filter_sort_columns_and_size(browser: TestClient, fake_server: FakeServer):
    path = "/workflows/1/tables/results?columns=id,return_code&sort=return_code&reverse=1&size=25&all_runs=1"
    text = await page(browser, path)
    assert '<th scope="col" class="of-number" aria-sort="descending">' in text
    assert "Peak memory</a>" not in text
    query = fake_server.calls_of("list_results")[0].query
    assert (query["sort_by"], query["reverse_sort"], query["limit"], query["all_runs"]) == (
        "return_code",
        True,
        25,
        True,
    )
    assert "columns=id%2Creturn_code&amp;sort=return_code" in text


async def test_long_data_is_cut_and_can_be_opened(browser: TestClient, fake_server: FakeServer):
    data = UserDataModel(id=1, workflow_id=1, name=HOSTILE, data={"key": "x" * 300, "b": "\u202e\x1b[31m"})
    fake_server.answer("list_user_data", listed(ListUserDataResponse, [data]))
    text = await page(browser, "/workflows/1/tables/user-data")
    assert "<details id=" in text
    assert "x" * 300 in text
    assert "<img src=x" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
async def test_a_csv_file_has_no_formulas(browser: TestClient, fake_server: FakeServer, begin: str):
    fake_server.answer("list_jobs", listed(ListJobsResponse, [job(1, name=f"{begin}cmd|calc", priority=-3)]))
    answer = await browser.get("/workflows/1/jobs.csv?columns=id,name,priority")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="workflow-1-jobs.csv"'
    heading, row = rows_of(await answer.text())
    assert heading == ["ID", "Name", "Priority"]
    assert row[1].startswith(("'", "\\u000d"))
    assert row[2] == "-3"


async def test_a_csv_file_is_read_in_parts(browser: TestClient, fake_server: FakeServer):
    parts = [[job(n) for n in range(1, 501)], [job(n) for n in range(501, 504)]]
    fake_server.script("list_jobs", [listed(ListJobsResponse, part) for part in parts])
    text = await page(browser, "/workflows/1/jobs.csv?columns=id&filter=name~job")
    assert len(rows_of(text)) == 504
    assert [call.query["filter"] for call in fake_server.calls_of("list_jobs")] == ["name~job", "name~job id>500"]


async def test_a_csv_file_without_rows_has_the_headings(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_jobs", listed(ListJobsResponse, []))
    assert rows_of(await page(browser, "/workflows/1/jobs.csv?columns=id,name")) == [["ID", "Name"]]


async def test_a_csv_file_is_in_the_order_of_ids(browser: TestClient, fake_server: FakeServer):
    parts = [[job(n) for n in range(1, 501)], [job(n) for n in range(501, 504)]]
    fake_server.script("list_jobs", [listed(ListJobsResponse, part) for part in parts])
    await page(browser, "/workflows/1/jobs.csv?columns=id&sort=priority&reverse=1")
    asked = [call.query for call in fake_server.calls_of("list_jobs")]
    assert [(each["sort_by"], each["reverse_sort"], each["offset"]) for each in asked] == [("id", False, 0)] * 2
    assert asked[1]["filter"] == "id>500"
