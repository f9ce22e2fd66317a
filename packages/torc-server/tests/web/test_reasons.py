"""The reason of a failure: runners report it with the result, and the server returns it."""

from typing import Any

import pytest

REASON = "the job ended with 0, but its output files are missing: out.csv"
FAILED = {"status": "failed", "return_code": 1, "reason": REASON}


@pytest.fixture
async def running(api: Any) -> tuple[int, int, int]:
    """Return a workflow, its claimed job, and the compute node that runs it."""
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    query = {"limit": 1, "compute_node_id": node_id}
    await api.ok("POST", f"/workflows/{workflow_id}/claim_next_jobs", params=query)
    return workflow_id, job_id, node_id


def completion(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in ("job_id", "run_id", "status")} | {"result": result}


@pytest.mark.parametrize("way", ["exchange", "batch", "one"])
async def test_each_way_of_completing_a_job_stores_the_reason(
    api: Any, running: Any, make_result: Any, way: str
) -> None:
    workflow_id, job_id, node_id = running
    result = make_result(workflow_id, job_id, node_id, **FAILED)
    body = {"completions": [completion(result)]}
    if way == "exchange":
        body |= {"compute_node_id": node_id, "run_id": 0}
        await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body)
    elif way == "batch":
        await api.ok("POST", f"/workflows/{workflow_id}/batch_complete_jobs", body)
    else:
        await api.ok("POST", f"/jobs/{job_id}/complete_job/failed/0", result)
    (stored,) = (await api.ok("GET", f"/results?workflow_id={workflow_id}"))["items"]
    assert stored["reason"] == REASON
    assert (await api.ok("GET", f"/results/{stored['id']}"))["reason"] == REASON
    (cluster,) = (await api.ok("GET", f"/workflows/{workflow_id}/failures"))["clusters"]
    assert [each["reason"] for each in cluster["examples"]] == [REASON]
    query = {"workflow_id": workflow_id, "filter": "reason~missing"}
    assert (await api.ok("GET", "/results", params=query))["total_count"] == 1


async def test_a_result_without_a_reason_has_no_such_member(api: Any, running: Any, make_result: Any) -> None:
    workflow_id, job_id, node_id = running
    result = make_result(workflow_id, job_id, node_id, status="failed", return_code=3)
    await api.ok("POST", f"/jobs/{job_id}/complete_job/failed/0", result)
    (stored,) = (await api.ok("GET", f"/results?workflow_id={workflow_id}"))["items"]
    assert "reason" not in stored
    (cluster,) = (await api.ok("GET", f"/workflows/{workflow_id}/failures"))["clusters"]
    assert [*cluster["examples"][0]] == ["job_id", "job_name"]


@pytest.mark.parametrize("reason", ["", "two\nlines", "\x1b[31mred", "x" * 1001], ids=["empty", "lines", "esc", "long"])
async def test_a_reason_is_one_line_of_limited_length(api: Any, running: Any, make_result: Any, reason: str) -> None:
    workflow_id, job_id, node_id = running
    result = make_result(workflow_id, job_id, node_id, **{**FAILED, "reason": reason})
    refused = await api.call("POST", f"/jobs/{job_id}/complete_job/failed/0", result)
    assert (refused.status, "reason: must " in refused.json["error"]["message"]) == (400, True)
    assert (await api.ok("GET", f"/jobs/{job_id}"))["status"] == "pending"


async def test_a_change_of_a_result_keeps_the_reason(api: Any, running: Any, make_result: Any) -> None:
    workflow_id, job_id, node_id = running
    await api.ok("POST", f"/jobs/{job_id}/complete_job/failed/0", make_result(workflow_id, job_id, node_id, **FAILED))
    (stored,) = (await api.ok("GET", f"/results?workflow_id={workflow_id}"))["items"]
    without = {name: value for name, value in stored.items() if name != "reason"}
    assert (await api.ok("PUT", f"/results/{stored['id']}", without))["reason"] == REASON
