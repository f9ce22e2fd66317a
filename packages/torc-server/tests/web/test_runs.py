"""The start of a run, and what nodes of the run before are answered."""

import asyncio
from typing import Any

import pytest

from torc_server.live.long_operations import Steps
from torc_server.web.dispatch import LONG_POLLS

TINY = Steps(huge_jobs=1, rows=1, alone_jobs=0)
OFFER = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}


async def created(api: Any, count: int = 2) -> int:
    workflow_id: int = await api.workflow()
    await api.jobs(workflow_id, count)
    return workflow_id


async def start_run(api: Any, workflow_id: int, query: str = "") -> Any:
    return await api.ok("POST", f"/workflows/{workflow_id}/start_run{query}")


async def test_one_of_several_callers_starts_the_run(api: Any) -> None:
    workflow_id = await created(api)
    answers = await asyncio.gather(*(start_run(api, workflow_id, "?only_if_uninitialized=true") for _ in range(6)))
    assert sorted(answer["is_started"] for answer in answers) == [False] * 5 + [True]
    assert {answer["run_id"] for answer in answers} == {1}
    status = await api.ok("GET", f"/workflows/{workflow_id}/status")
    assert (status["run_id"], status["jobs_by_status"]["ready"]) == (1, 2)


async def test_one_of_several_callers_starts_the_run_in_steps(serve: Any) -> None:
    async with serve(steps=TINY) as api:
        await test_one_of_several_callers_starts_the_run(api)
        assert await api.broken_promises() == []


async def test_a_canceled_workflow_is_not_started_by_a_runner(api: Any) -> None:
    workflow_id = await created(api)
    await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
    assert (await start_run(api, workflow_id, "?only_if_uninitialized=true"))["is_started"] is False
    status = await api.ok("GET", f"/workflows/{workflow_id}/status")
    assert (status["is_canceled"], status["jobs_by_status"]["uninitialized"]) == (True, 2)
    assert (await start_run(api, workflow_id))["is_started"] is True
    assert (await api.ok("GET", f"/workflows/{workflow_id}/status"))["is_canceled"] is False


async def test_a_restart_answers_whether_it_lifted_a_cancellation(api: Any) -> None:
    workflow_id = await created(api)
    await start_run(api, workflow_id)
    await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
    path = f"/workflows/{workflow_id}/restart_jobs"
    without_run = await api.ok("POST", path, {"scope": "all", "begins_run": False, "initializes": False})
    assert without_run["cancellation_lifted"] is False
    assert [(await api.ok("POST", path, {"scope": "all"}))["cancellation_lifted"] for _ in range(2)] == [True, False]


@pytest.mark.parametrize("status", ["completed", "failed"])
async def test_a_run_begins_with_a_lifted_cancellation_only_if_a_job_can_run(api: Any, status: str) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    await api.finish(workflow_id, job_id, await api.node(workflow_id), status, int(status == "failed"))
    path = f"/workflows/{workflow_id}/restart_jobs"
    for request, run_id in (
        ({"scope": "listed", "job_ids": []}, 0),
        ({"scope": "unsuccessful"}, 0 if status == "completed" else 1),
        ({"scope": "all"}, 1 if status == "completed" else 2),
    ):
        await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
        answer = await api.ok("POST", path, request)
        assert (answer["run_id"], answer["cancellation_lifted"]) == (run_id, True)


async def test_a_started_run_resets_all_jobs(api: Any) -> None:
    workflow_id = await created(api, 1)
    assert await start_run(api, workflow_id) == {"is_started": True, "run_id": 1}
    claimed = await api.claim(workflow_id)
    refused = await api.call("POST", f"/workflows/{workflow_id}/start_run")
    assert (refused.status, "pending or running" in refused.message) == (422, True)
    assert await start_run(api, workflow_id, "?force=true") == {"is_started": True, "run_id": 2}
    assert (await api.claim(workflow_id))["jobs"][0]["id"] == claimed["jobs"][0]["id"]
    await api.ok("POST", f"/workflows/{workflow_id}/archive", {"is_archived": True})
    refused = await api.call("POST", f"/workflows/{workflow_id}/start_run?force=true")
    assert (refused.status, "archived" in refused.message) == (422, True)


async def test_allocations_that_wait_refuse_a_run_also_in_steps(serve: Any) -> None:
    async with serve(steps=TINY) as api:
        workflow_id = await created(api)
        allocation = {"workflow_id": workflow_id, "scheduler_id": 1, "scheduler_config_id": 1}
        await api.ok("POST", "/scheduled_compute_nodes", {**allocation, "scheduler_type": "slurm", "status": "pending"})
        refused = await api.call("POST", f"/workflows/{workflow_id}/start_run")
        assert (refused.status, "1 scheduled compute node)" in refused.message) == (422, True)


@pytest.mark.parametrize("operation", ["claim_next_jobs?", "claim_jobs_based_on_resources/5?"])
async def test_a_claim_for_a_run_that_is_over_is_refused_with_the_current_run(api: Any, operation: str) -> None:
    workflow_id = await created(api)
    await start_run(api, workflow_id)
    path = f"/workflows/{workflow_id}/{operation}run_id="
    refused = await api.call("POST", f"{path}0", OFFER)
    assert (refused.status, refused.json["error"]["run_id"]) == (409, 1)
    assert "Run 0 of workflow" in refused.message
    assert len((await api.ok("POST", f"{path}1", OFFER))["jobs"]) == 2


async def test_an_exchange_of_a_run_that_is_over_claims_and_returns_nothing(api: Any) -> None:
    workflow_id = await created(api)
    await start_run(api, workflow_id)
    node_id = await api.node(workflow_id)
    first, second = (await api.claim(workflow_id))["jobs"]
    await start_run(api, workflow_id, "?force=true")
    held = (await api.claim(workflow_id, 1))["jobs"]
    exchange = {
        "compute_node_id": node_id,
        "run_id": 1,
        "started": [{"job_id": second["id"], "attempt_id": second["attempt_id"]}],
        # The job has been claimed again, by another node, at an attempt with any number.
        "returned": [{"job_id": first["id"], "attempt_id": held[0]["attempt_id"]}],
        "claim": {"claim_key": "k", "limit": 5, "offer": OFFER},
    }
    answer = await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", exchange)
    assert (answer["run_id"], answer["jobs"], answer["following"]) == (2, [], [])
    assert [error["job_id"] for error in answer["errors"]] == [second["id"]]
    status = await api.ok("GET", f"/workflows/{workflow_id}/status")
    assert (status["jobs_by_status"]["pending"], status["jobs_by_status"]["ready"]) == (1, 1)
    answer = await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", {**exchange, "run_id": 2})
    assert (answer["run_id"], len(answer["jobs"])) == (2, 2)


async def waits(api: Any, *tasks: "asyncio.Task[Any]") -> None:
    """Wait until the server holds a request of each task."""
    while api.client.app[LONG_POLLS].parked < len(tasks):
        assert not any(task.done() for task in tasks)
        await asyncio.sleep(0)


async def test_waiting_requests_are_answered_when_a_run_begins(api: Any) -> None:
    workflow_id = await created(api, 1)
    await start_run(api, workflow_id)
    await api.claim(workflow_id)
    path = f"/workflows/{workflow_id}"
    claims = [
        asyncio.create_task(api.call("POST", f"{path}/claim_next_jobs?wait_seconds=60&run_id=1")) for _ in range(3)
    ]
    ends = [asyncio.create_task(api.ok("GET", f"{path}/is_complete?wait_seconds=60&run_id=1")) for _ in range(3)]
    await waits(api, *claims, *ends)
    await api.ok("POST", f"{path}/reset_status?force=true")
    assert [(await claim).json["error"]["run_id"] for claim in claims] == [2] * 3
    assert [(await end)["run_id"] for end in ends] == [2] * 3


async def test_clients_that_name_no_run_claim_in_every_run(api: Any) -> None:
    workflow_id = await created(api)
    await start_run(api, workflow_id)
    assert len((await api.claim(workflow_id, 1))["jobs"]) == 1
    assert "run_id" not in await api.ok("GET", f"/workflows/{workflow_id}/is_complete")


async def test_no_run_follows_the_largest(api: Any) -> None:
    workflow_id = await created(api)
    await start_run(api, workflow_id)
    path, largest = f"/workflows/{workflow_id}/status", 2**63 - 1
    record = {"is_canceled": False, "is_archived": False}
    await api.ok("PUT", path, {**record, "run_id": largest})
    for operation in ("start_run?force=true", "reset_status"):
        refused = await api.call("POST", f"/workflows/{workflow_id}/{operation}")
        assert (refused.status, f"Run {largest} is the largest possible run" in refused.text) == (422, True)
    await api.ok("PUT", path, {**record, "run_id": 1})
    assert (await start_run(api, workflow_id))["run_id"] == 2
