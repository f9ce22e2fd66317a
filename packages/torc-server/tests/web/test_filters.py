"""The parameter `filter` of lists, and the progress of workflows in their list."""

from typing import Any

import pytest


@pytest.fixture
async def workflow_id(api: Any) -> int:
    number = int(await api.workflow(name="sweep", project="climate"))
    for index in range(5):
        job = {"workflow_id": number, "name": f"simulate_{index}", "command": "true"}
        await api.ok("POST", "/jobs", job | ({"labels": ["gpu"]} if index == 2 else {}))
    return number


async def names(api: Any, path: str, text: str, **query: Any) -> list[str]:
    page = await api.ok("GET", path, params={**query, "filter": text})
    assert page["total_count"] == len(page["items"])
    return [each["name"] for each in page["items"]]


async def test_jobs(api: Any, workflow_id: int) -> None:
    for text, expected in [
        ("simulate_1", [1]),
        ("name=simulate_1,simulate_3", [1, 3]),
        ("status=uninitialized -supports_termination", [0, 1, 2, 3, 4]),
        ("label=gpu", [2]),
        ("label!=gpu simulate", [0, 1, 3, 4]),
        ("group=simulate_#", [0, 1, 2, 3, 4]),
        ("group=simulate_1", []),
        ("group!=simulate_# name~1", []),
        ("host~node", []),
        ("host!~node name~_4", [4]),
        ("return_code!=0", []),
        ("start_time=", [0, 1, 2, 3, 4]),
        ("elapsed>1h", []),
        ("   ", [0, 1, 2, 3, 4]),
    ]:
        found = await names(api, "/jobs", text, workflow_id=workflow_id)
        assert found == [f"simulate_{index}" for index in expected], text


async def test_a_filter_counts_sorts_and_pages_with_the_other_filters(api: Any, workflow_id: int) -> None:
    query = {"workflow_id": workflow_id, "filter": "name!~_0", "status": "uninitialized", "sort_by": "name"}
    page = await api.ok("GET", "/jobs", params={**query, "reverse_sort": "true", "limit": 2, "offset": 1})
    assert [each["name"] for each in page["items"]] == ["simulate_3", "simulate_2"]
    assert (page["total_count"], page["has_more"]) == (4, True)


async def test_contained_texts_have_no_wildcards(api: Any) -> None:
    workflow_id = await api.workflow()
    for name in ("50%", "a_b", "aXb", "c\\d", "ÄB"):
        await api.ok("POST", "/jobs", {"workflow_id": workflow_id, "name": name, "command": "true"})
    for text, expected in [
        ("%", ["50%"]), ("_", ["a_b"]), ("A_B", ["a_b"]), ("axB", ["aXb"]), ("\\", ["c\\d"]), ("c\\D", ["c\\d"]),
        ("Äb", ["ÄB"]), ("!~a", ["50%", "c\\d", "ÄB"]),
    ]:  # fmt: skip
        word = f"name{text}" if text.startswith("!") else f"name~{text}"
        assert await names(api, "/jobs", word, workflow_id=workflow_id) == expected, text


async def test_an_invalid_word_is_refused(api: Any, workflow_id: int) -> None:
    for path, text, word, allowed in [
        ("/jobs", "name~a statsu=failed", "statsu=failed", "did you mean status?"),
        ("/files", "st_mtime>soon", "st_mtime>soon", "2026-11-29"),
        ("/jobs", "secret=1", "secret=1", "there is no field"),
        ("/jobs", "exit>0", "exit>0", "did you mean return_code?"),
        ("/results", "runtime>1h", "runtime>1h", "did you mean exec_time_minutes?"),
        ("/results", "state=failed", "state=failed", "did you mean status?"),
        ("/jobs", "peak>1g", "peak>1g", "did you mean peak_memory_bytes?"),
    ]:
        answer = await api.call("GET", path, params={"workflow_id": workflow_id, "filter": text})
        assert answer.status == 422
        assert word in answer.message
        assert allowed in answer.message


async def test_workflows_by_counts_state_and_flags(api: Any, workflow_id: int) -> None:
    empty = await api.workflow(name="empty")
    await api.ok("PUT", f"/workflows/{empty}/status", {"run_id": 0, "is_canceled": False, "is_archived": True})
    for text, expected in [
        ("jobs=5 uninitialized>4 failed=0 running=0 progress<50", ["sweep"]),
        ("state=uninitialized", ["sweep"]),
        ("state=empty,failed", ["empty"]),
        ("-archived", ["sweep"]),
        ("archived", ["empty"]),
        ("project=climate", ["sweep"]),
        ("project!=climate user=u", ["empty"]),
    ]:
        assert await names(api, "/workflows", text) == expected, text
    await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs")
    assert await names(api, "/workflows", "ready=5 state=ready") == ["sweep"]


async def test_reports(api: Any, workflow_id: int) -> None:
    page = await api.ok("GET", f"/workflows/{workflow_id}/running_jobs", params={"filter": "job_name~x"})
    assert (page["items"], page["total_count"]) == ([], 0)


async def test_the_progress_of_workflows_is_in_their_list_on_request(api: Any, workflow_id: int) -> None:
    (plain,) = (await api.ok("GET", "/workflows"))["items"]
    assert "progress" not in plain
    assert "progress" not in await api.ok("GET", f"/workflows/{workflow_id}")
    (item,) = (await api.ok("GET", "/workflows", params={"with_progress": "true"}))["items"]
    progress = item.pop("progress")
    assert item == plain
    status = await api.ok("GET", f"/workflows/{workflow_id}/status")
    assert progress["jobs_by_status"] == status["jobs_by_status"]
    assert (progress["state"], progress["total_jobs"], progress["active_compute_nodes"]) == ("uninitialized", 5, 0)
