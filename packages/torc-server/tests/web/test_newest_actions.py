"""Actions as programs of 1.0 change them, and what an initialization keeps of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

RUST = {"User-Agent": "OpenAPI-Generator/v0.7.0/rust", "X-Torc-Client-User": "ann"}
NOBODY: dict[str, Any] = {"compute_node_id": None}


async def create(api: Any, workflow_id: int, trigger: str, **members: Any) -> int:
    body = {
        "workflow_id": workflow_id,
        "trigger_type": trigger,
        "action_type": "run_commands",
        "action_config": {"commands": ["true"]},
        **members,
    }
    return int((await api.ok("POST", f"/workflows/{workflow_id}/actions", body, headers=RUST))["id"])


async def pending(api: Any, workflow_id: int) -> list[int]:
    return [each["id"] for each in await api.ok("GET", f"/workflows/{workflow_id}/actions/pending", headers=RUST)]


async def test_the_configuration_of_an_executed_action_can_be_changed(api: Any) -> None:
    workflow_id = await api.workflow()
    action_id = await create(api, workflow_id, "on_workflow_start")
    path = f"/workflows/{workflow_id}/actions/{action_id}"
    await api.ok("POST", f"{path}/claim", NOBODY, headers=RUST)
    changed = await api.ok("PUT", path, {"commands": ["a", "b"]}, headers=RUST)
    assert (changed["id"], changed["executed"]) == (action_id, True)
    assert changed["action_config"] == {"commands": ["a", "b"]}
    assert await api.ok("GET", f"/workflows/{workflow_id}/actions", headers=RUST) == [changed]


async def test_members_are_merged_and_null_is_stored(api: Any) -> None:
    workflow_id = await api.workflow()
    config = {"scheduler_type": "slurm", "num_allocations": 2}
    members = {"action_type": "schedule_nodes", "action_config": config}
    action_id = await create(api, workflow_id, "on_workflow_start", **members)
    path = f"/workflows/{workflow_id}/actions/{action_id}"
    changed = await api.ok("PUT", path, {"num_allocations": 3, "max_parallel_jobs": None}, headers=RUST)
    assert changed["action_config"] == {"scheduler_type": "slurm", "num_allocations": 3, "max_parallel_jobs": None}


@pytest.mark.parametrize("body", [{}, [], "text", 5, {"commands": []}, {"colour": "red"}])
async def test_invalid_changes_of_a_configuration(api: Any, body: Any) -> None:
    workflow_id = await api.workflow()
    action_id = await create(api, workflow_id, "on_workflow_start")
    before = await api.ok("GET", f"/workflows/{workflow_id}/actions")
    reply = await api.call("PUT", f"/workflows/{workflow_id}/actions/{action_id}", body, headers=RUST)
    assert reply.status == 422
    assert await api.ok("GET", f"/workflows/{workflow_id}/actions") == before


async def test_an_action_is_deleted_from_its_own_workflow_only(api: Any) -> None:
    workflow_id, other_id = await api.workflow(), await api.workflow()
    action_id = await create(api, workflow_id, "on_workflow_start")
    await api.ok("POST", f"/workflows/{workflow_id}/actions/{action_id}/claim", NOBODY, headers=RUST)
    for path in (f"/workflows/{other_id}/actions/{action_id}", f"/workflows/{workflow_id}/actions/999"):
        for method, body in (("PUT", {"commands": ["x"]}), ("DELETE", None)):
            assert (await api.call(method, path, body, headers=RUST)).status == 404
    answer = await api.ok("DELETE", f"/workflows/{workflow_id}/actions/{action_id}", headers=RUST)
    assert set(answer) == {"message"}
    assert await api.ok("GET", f"/workflows/{workflow_id}/actions") == []


async def test_an_action_for_jobs_that_are_ready_already_is_pending(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 3)
    await api.initialize(workflow_id)
    action_id = await create(api, workflow_id, "on_jobs_ready", job_ids=jobs)
    later_id = await create(api, workflow_id, "on_jobs_complete", job_ids=jobs)
    assert await pending(api, workflow_id) == [action_id]
    counts = {each["id"]: each["trigger_count"] for each in await api.ok("GET", f"/workflows/{workflow_id}/actions")}
    assert counts == {action_id: 3, later_id: 0}


@pytest.mark.parametrize("partial", [True, False])
async def test_actions_of_jobs_that_stay_complete_do_not_fire_again(api: Any, partial: bool) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 1)
    node_id = await api.node(workflow_id)
    triggers = ("on_workflow_start", "on_jobs_ready", "on_jobs_complete", "on_worker_start")
    named = {"on_jobs_ready": {"job_ids": jobs}, "on_jobs_complete": {"job_ids": jobs}}
    ids = {trigger: await create(api, workflow_id, trigger, **named.get(trigger, {})) for trigger in triggers}
    await api.initialize(workflow_id)
    await api.ok("POST", f"/workflows/{workflow_id}/claim_next_jobs?limit=1", headers=RUST)
    await api.ok("PUT", f"/jobs/{jobs[0]}/start_job/0/{node_id}", headers=RUST)
    result = {
        "job_id": jobs[0], "workflow_id": workflow_id, "run_id": 0, "compute_node_id": node_id, "return_code": 0,
        "exec_time_minutes": 1.0, "completion_time": datetime.now(UTC).isoformat(), "status": "completed",
    }  # fmt: skip
    await api.ok("POST", f"/jobs/{jobs[0]}/complete_job/completed/0", result, headers=RUST)
    assert await pending(api, workflow_id) == list(ids.values())
    for action_id in ids.values():
        await api.ok("POST", f"/workflows/{workflow_id}/actions/{action_id}/claim", NOBODY, headers=RUST)
    assert await pending(api, workflow_id) == []
    await api.ok("POST", "/jobs", {"workflow_id": workflow_id, "name": "new", "command": "true"}, headers=RUST)
    query = f"only_uninitialized={str(partial).lower()}"
    await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs?{query}", headers=RUST)
    assert await pending(api, workflow_id) == ([ids["on_worker_start"]] if partial else list(ids.values()))


async def test_actions_of_a_job_that_begins_again_fire_again(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 2)
    action_id = await create(api, workflow_id, "on_jobs_ready", job_ids=jobs)
    await api.initialize(workflow_id)
    await api.ok("POST", f"/workflows/{workflow_id}/actions/{action_id}/claim", NOBODY, headers=RUST)
    await api.ok("POST", f"/workflows/{workflow_id}/reset_job_status", headers=RUST)
    await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs?only_uninitialized=true", headers=RUST)
    assert await pending(api, workflow_id) == [action_id]


def in_seconds(seconds: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


async def node(api: Any, workflow_id: int, **members: Any) -> int:
    body = {
        "workflow_id": workflow_id, "hostname": "h", "pid": 1, "start_time": in_seconds(0), "num_cpus": 1,
        "memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local", "is_active": True, **members,
    }  # fmt: skip
    answer = await api.ok("POST", "/compute_nodes", body, headers=RUST)
    assert answer.get("end_time") == members.get("end_time")
    return int(answer["id"])


async def test_the_status_counts_ready_jobs_that_no_node_has_time_for(api: Any) -> None:
    workflow_id = await api.workflow()
    needs = {"workflow_id": workflow_id, "name": "long", "runtime": "PT10H"}
    long_id = (await api.ok("POST", "/resource_requirements", needs))["id"]
    await api.jobs(workflow_id, 1, resource_requirements_id=long_id)
    for name, label in (("quick", None), ("big", "big")):
        job = {"workflow_id": workflow_id, "name": name, "command": "true", **({"label": label} if label else {})}
        await api.ok("POST", "/jobs", job)

    async def status() -> dict[str, Any]:
        answer = await api.ok("GET", f"/workflows/{workflow_id}/status", headers=RUST)
        names = ("longest_ready_runtime_seconds", "max_allocation_remaining_seconds", "unserved_ready_labels")
        return {"blocked": answer["runtime_blocked_ready_jobs"], **{n: answer[n] for n in names if n in answer}}

    assert await status() == {"blocked": 0}
    await api.initialize(workflow_id)
    assert await status() == {"blocked": 0, "unserved_ready_labels": {"big": 1}}
    await node(api, workflow_id, end_time=in_seconds(3600))
    found = await status()
    assert 3000 < found.pop("max_allocation_remaining_seconds") <= 3600
    assert found == {"blocked": 1, "longest_ready_runtime_seconds": 36000, "unserved_ready_labels": {"big": 1}}
    await node(api, workflow_id, end_time=in_seconds(7 * 3600), labels=["big"])
    found = await status()
    assert 6 * 3600 < found.pop("max_allocation_remaining_seconds") <= 7 * 3600
    assert found == {"blocked": 1, "longest_ready_runtime_seconds": 36000}
    # A node without an end has time for every job.
    await node(api, workflow_id)
    found = await status()
    assert found.keys() == {"blocked", "max_allocation_remaining_seconds"}
    assert found["blocked"] == 0
