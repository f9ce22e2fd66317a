"""Submissions: recorded before the batch system is called, then accepted or rejected."""

from typing import Any

import pytest

from torc_server.engine.submissions import MOST_ALLOCATIONS

SLURM = {"account": "a", "nodes": 1, "walltime": "01:00:00"}
REFUSED = {"reason": "Invalid account or account/partition combination specified"}


async def workflow_with_scheduler(api: Any) -> tuple[int, int]:
    """Create a workflow and its Slurm scheduler."""
    workflow_id = await api.workflow()
    scheduler = await api.ok("POST", "/slurm_schedulers", {**SLURM, "workflow_id": workflow_id})
    return workflow_id, scheduler["id"]


async def submit(api: Any, workflow_id: int, scheduler_id: int, num_allocations: int = 1, **members: Any) -> Any:
    body = {"scheduler_config_id": scheduler_id, "num_allocations": num_allocations, "folder": "/srv/o", **members}
    return await api.ok("POST", f"/workflows/{workflow_id}/submissions", body)


async def action_for(api: Any, workflow_id: int, scheduler_id: int, **members: Any) -> int:
    config = {"scheduler_id": scheduler_id, "scheduler_type": "slurm", "num_allocations": 1}
    body = {
        "workflow_id": workflow_id,
        "trigger_type": "on_workflow_start",
        "action_type": "schedule_nodes",
        "action_config": config,
        **members,
    }
    return int((await api.ok("POST", f"/workflows/{workflow_id}/actions", body))["id"])


async def pending(api: Any, workflow_id: int) -> list[int]:
    return [each["id"] for each in await api.ok("GET", f"/workflows/{workflow_id}/actions/pending")]


async def nodes(api: Any, workflow_id: int, **query: Any) -> list[Any]:
    params = {"workflow_id": workflow_id, **query}
    return list((await api.ok("GET", "/scheduled_compute_nodes", params=params))["items"])


async def test_a_submission_is_recorded_with_its_allocations(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    made = await submit(api, workflow_id, scheduler_id, 3, cluster="north")
    expected = {
        "cluster": "north",
        "workflow_id": workflow_id,
        "scheduler_config_id": scheduler_id,
        "scheduler_type": "slurm",
        "num_allocations": 3,
        "folder": "/srv/o",
        "status": "submitting",
    }
    assert expected.items() <= made.items()
    assert "scheduler_id" not in made
    allocations = await nodes(api, workflow_id, submission_id=made["id"])
    assert [each["id"] for each in allocations] == made["scheduled_compute_node_ids"]
    assert len(allocations) == 3
    for each in allocations:
        assert {"status": "submitting", "scheduler_id": 0, "folder": "/srv/o"}.items() <= each.items()
        assert "task" not in each
    stored = {name: value for name, value in made.items() if not name.startswith("token")}
    assert await api.ok("GET", f"/submissions/{made['id']}") == stored
    assert (await api.ok("GET", f"/workflows/{workflow_id}/submissions"))["items"] == [stored]


async def test_marks_differ(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    marks = {(await submit(api, workflow_id, scheduler_id))["mark"] for _ in range(3)}
    assert len(marks) == 3
    assert all(mark.isascii() and mark.replace("-", "").isalnum() for mark in marks)


async def test_an_accepted_job_array_numbers_its_allocations(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    await submit(api, workflow_id, scheduler_id, 2)
    made = await submit(api, workflow_id, scheduler_id, 3)
    answer = {"scheduler_id": 77, "is_array": True}
    accepted = await api.ok("POST", f"/submissions/{made['id']}/accept", answer)
    assert {**answer, "status": "accepted"}.items() <= accepted.items()
    allocations = await nodes(api, workflow_id, scheduler_id=77)
    assert [(each["id"], each["task"], each["status"]) for each in allocations] == [
        (each, number, "pending") for number, each in enumerate(made["scheduled_compute_node_ids"], 1)
    ]


async def test_a_late_accept_leaves_an_allocation_active(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    made = await submit(api, workflow_id, scheduler_id)
    accept = f"/submissions/{made['id']}/accept"
    first = await api.ok("POST", accept, {"scheduler_id": 77, "is_array": False})
    (node,) = await nodes(api, workflow_id)
    assert "task" not in node
    await api.ok("PUT", f"/scheduled_compute_nodes/{node['id']}", {**node, "status": "active"})
    assert await api.ok("POST", accept, {"scheduler_id": 77, "is_array": False}) == first
    assert [each["status"] for each in await nodes(api, workflow_id)] == ["active"]
    another = await api.call("POST", accept, {"scheduler_id": 78, "is_array": False})
    assert (another.status, "77" in another.message) == (409, True)


async def test_several_allocations_are_accepted_as_an_array_only(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    made = await submit(api, workflow_id, scheduler_id, 2)
    reply = await api.call("POST", f"/submissions/{made['id']}/accept", {"scheduler_id": 5, "is_array": False})
    assert (reply.status, reply.json["error"]["field"]) == (422, "is_array")


async def test_a_rejected_submission_gives_its_action_back(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    action_id = await action_for(api, workflow_id, scheduler_id)
    await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    assert await pending(api, workflow_id) == [action_id]
    made = await submit(api, workflow_id, scheduler_id, action_id=action_id)
    assert made["action_id"] == action_id
    assert await pending(api, workflow_id) == []
    reject = f"/submissions/{made['id']}/reject"
    rejected = await api.ok("POST", reject, REFUSED)
    assert {**REFUSED, "status": "rejected", "scheduled_compute_node_ids": []}.items() <= rejected.items()
    assert await nodes(api, workflow_id) == []
    assert await pending(api, workflow_id) == [action_id]
    (action,) = await api.ok("GET", f"/workflows/{workflow_id}/actions")
    assert "executed_at" not in action
    events = (await api.ok("GET", "/events", params={"workflow_id": workflow_id, "category": "scheduler"}))["items"]
    assert [each["data"]["reason"] for each in events] == [REFUSED["reason"]]
    # A repeated call stores no second event, and takes the action from no other submission.
    again = await submit(api, workflow_id, scheduler_id, action_id=action_id)
    assert await api.ok("POST", reject, {"reason": "another"}) == rejected
    assert await pending(api, workflow_id) == []
    assert len(await nodes(api, workflow_id, submission_id=again["id"])) == 1
    refused = await api.call("POST", f"/submissions/{made['id']}/accept", {"scheduler_id": 1, "is_array": False})
    assert refused.status == 409


async def test_an_accepted_submission_is_not_rejected(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    made = await submit(api, workflow_id, scheduler_id)
    await api.ok("POST", f"/submissions/{made['id']}/accept", {"scheduler_id": 9, "is_array": False})
    reply = await api.call("POST", f"/submissions/{made['id']}/reject", REFUSED)
    assert (reply.status, "9" in reply.message) == (409, True)
    assert [each["status"] for each in await nodes(api, workflow_id)] == ["pending"]


@pytest.mark.parametrize("is_claimed", [True, False])
async def test_an_action_that_is_claimed_or_not_pending_records_nothing(api: Any, is_claimed: bool) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    action_id = await action_for(api, workflow_id, scheduler_id)
    if is_claimed:
        await api.jobs(workflow_id, 1)
        await api.initialize(workflow_id)
        await api.ok("POST", f"/workflows/{workflow_id}/actions/{action_id}/claim", {})
    body = {"scheduler_config_id": scheduler_id, "num_allocations": 1, "folder": "/o", "action_id": action_id}
    await api.refused(409, None, "POST", f"/workflows/{workflow_id}/submissions", body)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("num_allocations", 0),
        ("num_allocations", MOST_ALLOCATIONS + 1),
        ("folder", "here"),
        ("scheduler_config_id", 0),
        *(("scheduler_type", value) for value in ("local", "", "slurm\n", "s" * 65)),
    ],
)
async def test_invalid_requests_name_the_member(api: Any, member: str, value: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    body = {"scheduler_config_id": scheduler_id, "num_allocations": 1, "folder": "/o", member: value}
    assert (await api.refused(422, None, "POST", f"/workflows/{workflow_id}/submissions", body))["field"] == member


async def test_an_action_that_runs_commands_requests_no_allocations(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    commands = {"action_type": "run_commands", "action_config": {"commands": ["true"]}}
    action_id = await action_for(api, workflow_id, scheduler_id, **commands)
    body = {"scheduler_config_id": scheduler_id, "num_allocations": 1, "folder": "/o", "action_id": action_id}
    error = await api.refused(422, None, "POST", f"/workflows/{workflow_id}/submissions", body)
    assert error["field"] == "action_id"


async def test_a_reset_is_refused_while_allocations_are_submitted(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    made = await submit(api, workflow_id, scheduler_id, 2)
    reset = f"/workflows/{workflow_id}/reset_status"
    assert (await api.call("POST", reset)).status == 422
    assert (await api.ok("GET", f"/workflows/{workflow_id}/status"))["pending_scheduled_nodes"] == 2
    await api.ok("POST", f"/submissions/{made['id']}/reject", REFUSED)
    await api.ok("POST", reset)


async def test_reason_and_estimate_are_kept_until_they_are_emptied(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    await submit(api, workflow_id, scheduler_id)
    (node,) = await nodes(api, workflow_id)
    path = f"/scheduled_compute_nodes/{node['id']}"
    told = {"reason": "Priority", "starts_at": "2026-11-29T14:20:00Z"}
    assert told.items() <= (await api.ok("PUT", path, {**node, **told})).items()
    # A client of another version sends none of them.
    assert told.items() <= (await api.ok("PUT", path, {**node, "status": "active"})).items()
    after = await api.ok("PUT", path, {**node, "status": "active", "reason": "", "starts_at": ""})
    assert not set(told) & set(after)


async def test_allocations_that_a_client_creates_itself_have_no_submission(api: Any) -> None:
    workflow_id, scheduler_id = await workflow_with_scheduler(api)
    body = {"scheduler_id": 77, "scheduler_config_id": scheduler_id, "scheduler_type": "slurm", "status": "pending"}
    made = await api.ok("POST", "/scheduled_compute_nodes", {**body, "workflow_id": workflow_id})
    assert made == {"id": made["id"], "workflow_id": workflow_id, **body}
    await api.ok("DELETE", "/scheduled_compute_nodes", params={"workflow_id": workflow_id})


@pytest.mark.parametrize("scheduler_id", [-5, 0, 2**31])
async def test_an_id_that_no_batch_system_gives_is_not_accepted(api: Any, scheduler_id: int) -> None:
    workflow_id, config_id = await workflow_with_scheduler(api)
    made = await submit(api, workflow_id, config_id)
    answer = {"scheduler_id": scheduler_id, "is_array": False}
    error = await api.refused(422, None, "POST", f"/submissions/{made['id']}/accept", answer)
    assert error["field"] == "scheduler_id"


async def test_an_id_belongs_to_one_submission_of_a_cluster(api: Any) -> None:
    workflow_id, config_id = await workflow_with_scheduler(api)
    first, second, elsewhere = [
        await submit(api, workflow_id, config_id, cluster=cluster) for cluster in ("north", "north", "south")
    ]
    answer = {"scheduler_id": 77, "is_array": False}
    await api.ok("POST", f"/submissions/{first['id']}/accept", answer)
    await api.ok("POST", f"/submissions/{elsewhere['id']}/accept", answer)
    await api.refused(409, None, "POST", f"/submissions/{second['id']}/accept", answer)
    (node,) = await nodes(api, workflow_id, submission_id=second["id"])
    assert (node["scheduler_id"], node["status"]) == (0, "submitting")
    # A cluster that was reinstalled begins again with its first id.
    (ended,) = await nodes(api, workflow_id, submission_id=first["id"])
    await api.ok("PUT", f"/scheduled_compute_nodes/{ended['id']}", {**ended, "status": "complete"})
    await api.ok("POST", f"/submissions/{second['id']}/accept", answer)


@pytest.mark.parametrize("member", ["scheduler_type", "status"])
@pytest.mark.parametrize("value", ["", "two\nlines", "x" * 65])
async def test_type_and_status_of_an_allocation_are_short_lines(api: Any, member: str, value: str) -> None:
    workflow_id, config_id = await workflow_with_scheduler(api)
    body = {"scheduler_id": 77, "scheduler_config_id": config_id, "scheduler_type": "slurm", "status": "pending"}
    made = await api.ok("POST", "/scheduled_compute_nodes", {**body, "workflow_id": workflow_id})
    wrong = {**made, member: value}
    await api.refused(400, None, "PUT", f"/scheduled_compute_nodes/{made['id']}", wrong)
    await api.refused(400, None, "POST", "/scheduled_compute_nodes", {**wrong, "id": None})
