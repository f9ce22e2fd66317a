"""Completions, results and actions of jobs that ended, as programs of 1.0 see them, by plain HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

RUST = {"User-Agent": "OpenAPI-Generator/v0.7.0/rust", "X-Torc-Client-User": "ann"}
MakeResult = Callable[..., dict[str, Any]]


@pytest.fixture
async def running(api: Any) -> tuple[int, int, int]:
    """A workflow, its running job and its node."""
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    await api.claim(workflow_id)
    await api.ok("PUT", f"/jobs/{job_id}/start_job/0/{node_id}", headers=RUST)
    return workflow_id, job_id, node_id


@pytest.mark.parametrize(
    ("member", "value"), [("job_id", 99), ("run_id", 5), ("status", "failed"), ("workflow_id", 99)]
)
async def test_the_report_agrees_with_the_path(
    api: Any, running: tuple[int, int, int], make_result: MakeResult, member: str, value: Any
) -> None:
    workflow_id, job_id, node_id = running
    report = {**make_result(workflow_id, job_id, node_id), member: value}
    before = api.content()
    reply = await api.call("POST", f"/jobs/{job_id}/complete_job/completed/0", report, headers=RUST)
    assert reply.status == 422
    assert reply.json["error"]["field"] == member
    entry = {"job_id": job_id, "run_id": 0, "status": "completed", "result": report}
    answer = await api.ok(
        "POST", f"/workflows/{workflow_id}/batch_complete_jobs", {"completions": [entry]}, headers=RUST
    )
    assert answer["completed"] == []
    assert [each["job_id"] for each in answer["errors"]] == [job_id]
    assert api.content() == before


@pytest.mark.parametrize("status", ["pending_failed", "disabled", "canceled"])
async def test_jobs_that_cannot_be_completed(api: Any, make_result: MakeResult, status: str) -> None:
    workflow_id = await api.workflow()
    first, second = await api.jobs(workflow_id, 2)
    second_body = {"workflow_id": workflow_id, "name": "job1", "command": "true", "depends_on_job_ids": [first]}
    await api.ok("PUT", f"/jobs/{second}", second_body)
    if status == "disabled":
        await api.ok("PUT", f"/jobs/{second}", {**second_body, "status": "disabled"})
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    if status == "canceled":
        await api.finish(workflow_id, first, node_id, "failed", 1)
    elif status == "pending_failed":
        await api.finish(workflow_id, second, node_id, "pending_failed", 1)
    assert (await api.ok("GET", f"/jobs/{second}"))["status"] == status
    before = api.content()
    for attempt_id in (1, 2):
        report = make_result(workflow_id, second, node_id, attempt_id=attempt_id)
        reply = await api.call("POST", f"/jobs/{second}/complete_job/completed/0", report, headers=RUST)
        assert reply.status == 422
        assert status in reply.message
    assert api.content() == before


async def test_the_node_and_the_start_are_those_of_a_running_job(api: Any, running: tuple[int, int, int]) -> None:
    workflow_id, job_id, node_id = running
    path = f"/jobs/{job_id}"
    job = await api.ok("GET", path, headers=RUST)
    assert job["compute_node_id"] == node_id
    assert job["start_time"]
    await api.finish(workflow_id, job_id, node_id)
    for answer in (
        await api.ok("GET", path, headers=RUST),
        (await api.ok("GET", f"/jobs?workflow_id={workflow_id}", headers=RUST))["items"][0],
        (await api.ok("GET", f"/jobs?workflow_id={workflow_id}&sort_by=start_time", headers=RUST))["items"][0],
    ):
        assert {"compute_node_id", "start_time"}.isdisjoint(answer)
    # Other clients see where the job ran, for example to find its output.
    kept = await api.ok("GET", path)
    assert (kept["compute_node_id"], kept["start_time"]) == (node_id, job["start_time"])
    await api.ok("POST", f"/workflows/{workflow_id}/reset_job_status", headers=RUST)
    assert {"compute_node_id", "start_time"}.isdisjoint(await api.ok("GET", path))


async def test_a_result_that_a_client_stores_is_the_current_one(
    api: Any, running: tuple[int, int, int], make_result: MakeResult
) -> None:
    workflow_id, _, node_id = running
    job_id = (await api.ok("POST", "/jobs", {"workflow_id": workflow_id, "name": "other", "command": "true"}))["id"]
    ids = {}
    for run_id, attempt_id in ((0, 2), (1, 1), (0, 3)):
        body = make_result(workflow_id, job_id, node_id, run_id=run_id, attempt_id=attempt_id, exec_time_minutes=7.0)
        ids[run_id, attempt_id] = (await api.ok("POST", "/results", body, headers=RUST))["id"]
    page = await api.ok("GET", f"/results?workflow_id={workflow_id}", headers=RUST)
    # A result of an earlier attempt does not replace that of a later one.
    assert [each["id"] for each in page["items"]] == [ids[1, 1]]
    assert page["total_count"] == 1
    status = await api.ok("GET", f"/workflows/{workflow_id}/status", headers=RUST)
    assert status["total_exec_time_minutes"] == 7.0
    everything = await api.ok("GET", f"/results?workflow_id={workflow_id}&all_runs=true", headers=RUST)
    assert [each["id"] for each in everything["items"]] == list(ids.values())
    await api.ok("DELETE", f"/results/{ids[1, 1]}")
    assert (await api.ok("GET", f"/results?workflow_id={workflow_id}"))["items"] == []


@pytest.mark.parametrize(("trigger", "counted"), [("on_jobs_ready", 3), ("on_jobs_complete", 2)])
async def test_a_new_action_counts_jobs_that_got_there_before(api: Any, trigger: str, counted: int) -> None:
    workflow_id = await api.workflow()
    job_ids = await api.jobs(workflow_id, 3)
    last = {"workflow_id": workflow_id, "name": "last", "command": "true", "depends_on_job_ids": job_ids}
    last_id = (await api.ok("POST", "/jobs", last))["id"]
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    for job_id, status in zip(job_ids[:2], ("completed", "failed"), strict=True):
        await api.finish(workflow_id, job_id, node_id, status, int(status == "failed"))
    action = {
        "workflow_id": workflow_id,
        "trigger_type": trigger,
        "action_type": "run_commands",
        "action_config": {"commands": ["true"]},
    }
    path = f"/workflows/{workflow_id}/actions"
    made = await api.ok("POST", path, {**action, "job_ids": [*job_ids, last_id]}, headers=RUST)
    assert (made["trigger_count"], made["required_triggers"]) == (counted, 4)
    due = await api.ok("POST", path, {**action, "job_ids": job_ids[:2]}, headers=RUST)
    assert due["trigger_count"] == 2
    pending = await api.ok("GET", f"{path}/pending", headers=RUST)
    assert [each["id"] for each in pending] == [due["id"]]
