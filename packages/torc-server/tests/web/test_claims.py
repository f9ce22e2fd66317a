"""Claims, executions and long-polls over HTTP."""

import asyncio
from typing import Any

import pytest


def ids(claimed: dict[str, Any]) -> list[int]:
    return [each["id"] for each in claimed["jobs"]]


async def started(api: Any, count: int = 1, **members: Any) -> tuple[int, list[int], int]:
    """An initialized workflow with jobs, and a node."""
    workflow_id = await api.workflow()
    job_ids = await api.jobs(workflow_id, count, **members)
    await api.initialize(workflow_id)
    return workflow_id, job_ids, await api.node(workflow_id)


async def test_the_life_of_a_diamond(api: Any) -> None:
    workflow_id = await api.workflow()
    (top,) = await api.jobs(workflow_id, 1)
    middle = await api.jobs(workflow_id, 2, depends_on_job_ids=[top])
    (bottom,) = await api.jobs(workflow_id, 1, depends_on_job_ids=middle)
    assert await api.ok("GET", f"/workflows/{workflow_id}/is_uninitialized") == {"is_uninitialized": True}
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    for layer in ([top], middle, [bottom]):
        claimed = await api.claim(workflow_id)
        assert ids(claimed) == layer
        assert "reason" not in claimed
        for job in claimed["jobs"]:
            assert job["status"] == "pending"
            assert job["scheduler_id"] is None
            running = await api.ok("PUT", f"/jobs/{job['id']}/start_job/0/{node_id}")
            assert (running["status"], running["compute_node_id"]) == ("running", node_id)
            assert running["start_time"]
        assert ids(await api.claim(workflow_id)) == []
        for job_id in layer:
            assert (await api.finish(workflow_id, job_id, node_id))["status"] == "completed"
    complete = {"is_canceled": False, "is_complete": True, "needs_to_run_completion_script": False}
    assert await api.ok("GET", f"/workflows/{workflow_id}/is_complete") == complete
    results = await api.ok("GET", "/results", params={"workflow_id": workflow_id})
    assert results["total_count"] == 4
    status = await api.ok("GET", f"/workflows/{workflow_id}/status")
    assert status["jobs_by_status"]["completed"] == status["total_jobs"] == 4
    assert status["id"] == status["workflow_id"] == workflow_id
    assert (status["run_id"], status["is_archived"], status["is_complete"]) == (0, False, True)


async def test_a_result_of_a_ready_job_leaves_the_next_attempt_to_its_runner(api: Any, make_result: Any) -> None:
    workflow_id, (job_id,), node_id = await started(api)
    for attempt_id in (1, 3):
        await api.ok("POST", "/results", make_result(workflow_id, job_id, node_id, attempt_id=attempt_id))
    (claimed,) = (await api.claim(workflow_id))["jobs"]
    assert claimed["attempt_id"] == 4
    body = make_result(workflow_id, job_id, node_id, attempt_id=4)
    refused = await api.call("POST", "/results", body)
    assert (refused.status, refused.json["error"]["field"]) == (422, "attempt_id")
    assert "let its runner report" in refused.message
    await api.ok("POST", f"/jobs/{job_id}/complete_job/completed/0", body)
    assert (await api.ok("GET", f"/jobs/{job_id}"))["status"] == "completed"


async def test_a_result_of_a_later_run_spends_the_attempt_for_that_run(api: Any, make_result: Any) -> None:
    workflow_id, (job_id,), node_id = await started(api)
    await api.finish(workflow_id, job_id, node_id)
    await api.ok("POST", "/results", make_result(workflow_id, job_id, node_id, run_id=1))
    status = await api.ok("POST", f"/workflows/{workflow_id}/reset_status")
    await api.ok("PUT", f"/workflows/{workflow_id}/status", {**status, "run_id": 1})
    await api.ok("POST", f"/workflows/{workflow_id}/reset_job_status")
    await api.initialize(workflow_id)
    (claimed,) = (await api.claim(workflow_id))["jobs"]
    assert claimed["attempt_id"] == 2
    body = make_result(workflow_id, job_id, node_id, run_id=1, attempt_id=2)
    await api.ok("POST", f"/jobs/{job_id}/complete_job/completed/1", body)


async def test_a_failure_cancels_dependents_with_that_option(api: Any) -> None:
    workflow_id = await api.workflow()
    (first,) = await api.jobs(workflow_id, 1)
    (canceled,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first])
    (runs,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first], cancel_on_blocking_job_failure=False)
    await api.initialize(workflow_id)
    await api.finish(workflow_id, first, await api.node(workflow_id), status="failed", code=1)
    assert (await api.ok("GET", f"/jobs/{canceled}"))["status"] == "canceled"
    assert ids(await api.claim(workflow_id)) == [runs]


async def test_repeated_reports_change_nothing(api: Any, make_result: Any) -> None:
    workflow_id, (job_id,), node_id = await started(api)
    await api.claim(workflow_id)
    start = f"/jobs/{job_id}/start_job/0/{node_id}"
    assert await api.ok("PUT", start) == await api.ok("PUT", start)
    first = await api.finish(workflow_id, job_id, node_id)
    before = api.dump()
    assert await api.finish(workflow_id, job_id, node_id) == first
    other = make_result(workflow_id, job_id, node_id, return_code=1)
    reply = await api.call("POST", f"/jobs/{job_id}/complete_job/failed/0", other)
    assert reply.status == 422
    assert api.dump() == before


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("complete_job/ready/0", {}),
        ("complete_job/completed/5", {}),
        ("complete_job/completed/0", {"compute_node_id": 99}),
        ("complete_job/completed/0", {"job_id": 99}),
    ],
)
async def test_reports_that_are_refused_change_nothing(
    api: Any, make_result: Any, path: str, members: dict[str, Any]
) -> None:
    workflow_id, (job_id,), node_id = await started(api)
    before = api.dump()
    body = make_result(workflow_id, job_id, node_id) | members
    reply = await api.call("POST", f"/jobs/{job_id}/{path}", body)
    assert reply.status in {404, 422}, reply.text
    assert api.dump() == before


async def test_a_report_for_a_lost_attempt_is_stale(api: Any, make_result: Any) -> None:
    workflow_id, (job_id,), node_id = await started(api)
    await api.claim(workflow_id)
    await api.ok("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
    assert (await api.call("POST", f"/jobs/{job_id}/retry/0")).status == 400
    again = await api.ok("POST", f"/jobs/{job_id}/retry/0", params={"max_retries": 3})
    assert (again["status"], again["attempt_id"]) == ("ready", 2)
    report = make_result(workflow_id, job_id, node_id, status="failed")
    reply = await api.call("POST", f"/jobs/{job_id}/complete_job/failed/0", report)
    assert reply.status == 409
    reply = await api.call("POST", f"/jobs/{job_id}/retry/0", params={"max_retries": 3})
    assert reply.status == 422


async def test_limits_of_claims(api: Any) -> None:
    workflow_id, job_ids, _ = await started(api, 14)
    for limit in (0, -1):
        assert ids(await api.claim(workflow_id, limit, "?wait_seconds=60")) == []
        answer = await api.ok("POST", f"/workflows/{workflow_id}/claim_next_jobs", params={"limit": limit})
        assert answer == {"jobs": []}
    next_jobs = f"/workflows/{workflow_id}/claim_next_jobs"
    assert ids(await api.ok("POST", next_jobs, b"{}")) == job_ids[:10]
    assert ids(await api.ok("POST", next_jobs, params={"limit": 3})) == job_ids[10:13]
    assert ids(await api.claim(workflow_id, 5, num_cpus=0)) == []
    assert ids(await api.claim(workflow_id, 5)) == job_ids[13:]


async def test_invalid_offers_are_refused(api: Any) -> None:
    workflow_id, _, _ = await started(api)
    for field, value in (("time_limit", "1h"), ("memory_gb", -1), ("memory_gb", 1e300)):
        path = f"/workflows/{workflow_id}/claim_jobs_based_on_resources/1"
        offer = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1, field: value}
        reply = await api.call("POST", path, offer)
        assert (reply.status, reply.json["error"]["field"]) == (422, field)
    assert len(ids(await api.claim(workflow_id, 5, time_limit="PT1M"))) == 1


async def test_a_repeated_claim_gets_the_same_jobs(api: Any) -> None:
    workflow_id, job_ids, _ = await started(api, 6)
    assert ids(await api.claim(workflow_id, 2, "?claim_key=a")) == job_ids[:2]
    assert ids(await api.claim(workflow_id, 2, "?claim_key=a")) == job_ids[:2]
    assert ids(await api.claim(workflow_id, 2, "?claim_key=b")) == job_ids[2:4]
    path = f"/workflows/{workflow_id}/claim_next_jobs"
    assert ids(await api.ok("POST", path, params={"limit": 1, "claim_key": "c"})) == [job_ids[4]]
    assert ids(await api.ok("POST", path, params={"limit": 1, "claim_key": "c"})) == [job_ids[4]]
    assert (await api.call("POST", path, params={"claim_key": "x" * 65})).status == 400


async def test_a_claim_waits_for_the_job_that_becomes_ready(api: Any, parked: Any) -> None:
    workflow_id = await api.workflow()
    (parent,) = await api.jobs(workflow_id, 1)
    children = await api.jobs(workflow_id, 3, depends_on_job_ids=[parent])
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    await api.claim(workflow_id)
    waiting = [asyncio.create_task(api.claim(workflow_id, 1, "?wait_seconds=60")) for _ in range(3)]
    path = f"/workflows/{workflow_id}/claim_next_jobs"
    waiting.append(asyncio.create_task(api.ok("POST", path, params={"wait_seconds": 60})))
    await parked(api, 4)
    await api.finish(workflow_id, parent, node_id)
    claimed: list[int] = []
    for done in asyncio.as_completed(waiting[:], timeout=60):
        claimed += ids(await done)
        if sorted(claimed) == children:
            break
    assert sorted(claimed) == children
    # Waiting requests get the end of the workflow, without jobs.
    await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
    rest = [ids(each) for each in await asyncio.gather(*waiting)]
    assert sorted(each for part in rest for each in part) == children


async def test_a_claim_waits_for_a_job_that_fits(api: Any, parked: Any) -> None:
    workflow_id = await api.workflow()
    body = {"workflow_id": workflow_id, "name": "large", "num_cpus": 64}
    requirements = await api.ok("POST", "/resource_requirements", body)
    job_ids = await api.jobs(workflow_id, 1, resource_requirements_id=requirements["id"])
    await api.initialize(workflow_id)
    waiting = asyncio.create_task(api.claim(workflow_id, 1, "?wait_seconds=60"))
    await parked(api, 1)
    await api.ok("PUT", f"/resource_requirements/{requirements['id']}", {**requirements, "num_cpus": 2})
    assert ids(await waiting) == job_ids


async def test_waiting_for_the_end(api: Any, parked: Any) -> None:
    workflow_id, (job_id,), node_id = await started(api)
    path = f"/workflows/{workflow_id}/is_complete"
    waiting = asyncio.create_task(api.ok("GET", path, params={"wait_seconds": 60}))
    await parked(api, 1)
    await api.finish(workflow_id, job_id, node_id)
    assert (await waiting)["is_complete"] is True


@pytest.mark.parametrize("end", ["cancel", "delete"])
async def test_waiting_ends_with_the_workflow(api: Any, parked: Any, end: str) -> None:
    workflow_id, _, _ = await started(api)
    await api.claim(workflow_id)
    path = f"/workflows/{workflow_id}"
    complete = asyncio.create_task(api.call("GET", f"{path}/is_complete", params={"wait_seconds": 60}))
    claim = asyncio.create_task(api.call("POST", f"{path}/claim_next_jobs", params={"wait_seconds": 60}))
    await parked(api, 2)
    if end == "cancel":
        await api.ok("PUT", f"{path}/cancel")
        assert (await complete).json["is_canceled"] is True
        assert (await claim).json == {"jobs": []}
        canceled = await api.claim(workflow_id, 1, "?wait_seconds=60")
        assert canceled == {"jobs": [], "reason": "Workflow is canceled"}
    else:
        await api.ok("DELETE", path)
        assert ((await complete).status, (await claim).status) == (404, 404)


async def test_a_wait_that_is_over_returns_the_current_answer(api: Any) -> None:
    workflow_id, _, _ = await started(api)
    await api.claim(workflow_id)
    assert await api.claim(workflow_id, 1, "?wait_seconds=0.01") == {"jobs": []}
    answer = await api.ok("GET", f"/workflows/{workflow_id}/is_complete", params={"wait_seconds": 0.01})
    assert answer["is_complete"] is False


@pytest.mark.parametrize("seconds", ["-1", "61", "x", "nan", "inf"])
async def test_invalid_waits_are_refused(api: Any, seconds: str) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("POST", f"/workflows/{workflow_id}/claim_next_jobs", params={"wait_seconds": seconds})
    assert reply.status == 400
    assert "wait_seconds" in reply.message


async def test_a_caller_that_disconnects_gets_no_jobs(api: Any, parked: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 1)
    # Not initialized: no job is ready, and the workflow is not complete.
    leaving = asyncio.create_task(api.claim(workflow_id, 1, "?wait_seconds=60"))
    await parked(api, 1)
    leaving.cancel()
    await parked(api, 0)
    await api.initialize(workflow_id)
    assert len(ids(await api.claim(workflow_id, 1))) == 1


async def test_the_end_of_the_server_ends_waiting(serve: Any, parked: Any) -> None:
    async with serve() as api:
        workflow_id, _, _ = await started(api)
        await api.claim(workflow_id)
        waiting = asyncio.create_task(api.claim(workflow_id, 1, "?wait_seconds=60"))
        await parked(api, 1)
        await api.client.server.app.shutdown()
        assert await waiting == {"jobs": []}


async def test_concurrent_claims_share_the_jobs(api: Any) -> None:
    workflow_id, job_ids, _ = await started(api, 40)
    answers = await asyncio.gather(*(api.claim(workflow_id, 3) for _ in range(20)))
    claimed = [job_id for answer in answers for job_id in ids(answer)]
    assert sorted(claimed) == job_ids


async def test_runs_and_resets(api: Any) -> None:
    workflow_id, job_ids, node_id = await started(api, 3)
    await api.finish(workflow_id, job_ids[0], node_id, status="failed", code=2)
    answer = await api.ok("POST", f"/workflows/{workflow_id}/reset_job_status", params={"failed_only": "true"})
    expected = {"workflow_id": workflow_id, "updated_count": 1, "status": "uninitialized", "reset_type": "failed_only"}
    assert answer == expected
    await api.claim(workflow_id, 1)
    assert (await api.call("POST", f"/workflows/{workflow_id}/reset_status")).status == 422
    status = await api.ok("POST", f"/workflows/{workflow_id}/reset_status", params={"force": "true"})
    assert (status["id"], status["run_id"], status["is_canceled"]) == (workflow_id, 1, False)
    # The claimed job became uninitialized when the next run began.
    answer = await api.ok("POST", f"/workflows/{workflow_id}/reset_job_status")
    assert answer == {"workflow_id": workflow_id, "updated_count": 1, "status": "uninitialized"}
    archived = {"run_id": 4, "is_canceled": False, "is_archived": True}
    status = await api.ok("PUT", f"/workflows/{workflow_id}/status", archived)
    expected = {"id": workflow_id, "has_detected_need_to_run_completion_script": False}
    assert status == {**archived, **expected}
    workflow = await api.ok("GET", f"/workflows/{workflow_id}")
    assert (workflow["run_id"], workflow["is_archived"]) == (4, True)
    reply = await api.call("POST", f"/workflows/{workflow_id}/reset_status", params={"force": "true"})
    assert reply.status == 422
    assert "Cannot reset archived" in reply.message
