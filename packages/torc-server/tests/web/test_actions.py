"""Actions over HTTP: creation, lists and claims."""

import asyncio
from typing import Any

import pytest

COMMANDS = {"commands": ["echo 'a'", "true"]}
NODES = {
    "scheduler_id": 1,
    "scheduler_type": "slurm",
    "num_allocations": 2,
    "start_one_worker_per_node": True,
    "max_parallel_jobs": 4,
}


def action(workflow_id: int, **members: Any) -> dict[str, Any]:
    return {
        "workflow_id": workflow_id,
        "trigger_type": "on_workflow_start",
        "action_type": "run_commands",
        "action_config": COMMANDS,
        **members,
    }


async def create(api: Any, workflow_id: int, **members: Any) -> Any:
    return await api.ok("POST", f"/workflows/{workflow_id}/actions", action(workflow_id, **members))


async def pending(api: Any, workflow_id: int, query: str = "") -> list[int]:
    return [each["id"] for each in await api.ok("GET", f"/workflows/{workflow_id}/actions/pending{query}")]


async def test_a_created_action_has_its_defaults(api: Any) -> None:
    workflow_id = await api.workflow()
    created = await create(api, workflow_id)
    assert created == {
        "id": created["id"],
        **action(workflow_id),
        "trigger_count": 0,
        "required_triggers": 1,
        "executed": False,
        "persistent": False,
        "is_recovery": False,
    }
    assert await api.ok("GET", f"/workflows/{workflow_id}/actions") == [created]


async def test_the_workflow_is_that_of_the_path_and_counters_are_set_by_the_server(api: Any) -> None:
    workflow_id = await api.workflow()
    sent = {
        "id": 99,
        "trigger_count": 7,
        "required_triggers": 8,
        "executed": True,
        "executed_by": 3,
        "executed_at": "x",
    }
    body = action(12345, **sent, persistent=True, is_recovery=True, unheard_of=1)
    reply = await api.call("POST", f"/workflows/{workflow_id}/actions", body)
    assert reply.status == 200
    assert "unheard_of" in reply.headers["Warning"]
    made = reply.json
    assert (made["workflow_id"], made["persistent"], made["is_recovery"]) == (workflow_id, True, True)
    assert (made["trigger_count"], made["required_triggers"], made["executed"]) == (0, 1, False)
    assert not {"executed_at", "executed_by", "job_ids"} & set(made)


@pytest.mark.parametrize(
    ("trigger", "job_numbers", "required"),
    [
        ("on_jobs_ready", [0, 1], 2),
        ("on_jobs_complete", [1, 1, 0], 2),
        ("on_jobs_ready", None, 1),
        ("on_jobs_complete", [], 0),
        ("on_worker_start", [0, 1], 1),
        ("on_a_whim", None, 1),
    ],
)
async def test_required_triggers(api: Any, trigger: str, job_numbers: list[int] | None, required: int) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 2)
    job_ids = None if job_numbers is None else [jobs[number] for number in job_numbers]
    made = await create(api, workflow_id, trigger_type=trigger, job_ids=job_ids)
    assert made["required_triggers"] == required
    assert made.get("job_ids") == job_ids
    # An empty list waits for no job.
    assert await pending(api, workflow_id) == ([made["id"]] if required == 0 else [])


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"action_config": None}, "must be a JSON object"),
        ({"action_config": "text"}, "must be a JSON object"),
        ({"action_config": ["a"], "action_type": "anything"}, "must be a JSON object"),
        ({"action_config": {}}, "exactly one member, commands"),
        ({"action_config": {"commands": []}}, "at least one text"),
        ({"action_config": {"commands": "true"}}, "at least one text"),
        ({"action_config": {"commands": ["true", 1]}}, "at least one text"),
        ({"action_config": {**COMMANDS, "more": 1}}, "exactly one member, commands"),
        *(
            ({"action_type": "schedule_nodes", "action_config": {**NODES, **config}}, complaint)
            for config, complaint in [
                ({"colour": "red"}, "no member 'colour'; there are scheduler_id"),
                ({"scheduler_id": "1"}, "a whole number as scheduler_id"),
                ({"scheduler_type": 1}, "a text as scheduler_type"),
                ({"num_allocations": 1.5}, "a whole number as num_allocations"),
                ({"num_allocations": True}, "a whole number as num_allocations"),
                ({"start_one_worker_per_node": 1}, "true or false as start_one_worker_per_node"),
                ({"max_parallel_jobs": [4]}, "a whole number as max_parallel_jobs"),
            ]
        ),
    ],
)
async def test_configurations_that_no_runner_can_run_are_refused(api: Any, members: Any, complaint: str) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("POST", f"/workflows/{workflow_id}/actions", action(workflow_id, **members))
    assert reply.status == 422
    assert complaint in reply.message
    assert reply.json["error"]["field"] == "action_config"
    assert await api.ok("GET", f"/workflows/{workflow_id}/actions") == []


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("schedule_nodes", NODES),
        ("schedule_nodes", {"scheduler_type": "slurm", "max_parallel_jobs": None}),
        ("phone_home", {"any": ["thing"]}),
    ],
)
async def test_valid_configurations_are_stored(api: Any, kind: str, config: Any) -> None:
    workflow_id = await api.workflow()
    made = await create(api, workflow_id, action_type=kind, action_config=config)
    assert made["action_config"] == config
    # Only workflows have JSON as text: this member is an object for 0.12 too.
    old = {"User-Agent": "OpenAPI-Generator/0.7.0/python"}
    assert await api.ok("GET", f"/workflows/{workflow_id}/actions", headers=old) == [made]


async def test_invalid_actions_are_refused(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    (foreign,) = await api.jobs(other, 1)
    path = f"/workflows/{workflow_id}/actions"
    reply = await api.call("POST", path, action(workflow_id, trigger_type="on_jobs_ready", job_ids=[foreign]))
    assert (reply.status, reply.message) == (
        422,
        f"job_ids is {foreign}, but workflow {workflow_id} has no such record; create it first or use another id",
    )
    assert reply.json["error"]["field"] == "job_ids"
    body = action(workflow_id)
    del body["action_type"]
    for wrong, complaint in [
        (body, "action_type: is missing"),
        (action(workflow_id, job_ids=[1, "2"]), "job_ids.1: must be a whole number"),
        (action(workflow_id, persistent="yes"), "persistent: must be true or false"),
        (b"{", "not valid JSON"),
    ]:
        reply = await api.call("POST", path, wrong)
        assert reply.status == 400
        assert complaint in reply.message


async def test_missing_workflows(api: Any) -> None:
    for method, path, body in [
        ("GET", "actions", None),
        ("GET", "actions/pending", None),
        ("POST", "actions", action(999)),
        ("POST", "actions/1/claim", {}),
    ]:
        reply = await api.call(method, f"/workflows/999/{path}", body)
        assert (reply.status, reply.message) == (404, "There is no workflow 999")


async def test_pending_actions_by_triggers(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    words = ("on_workflow_start", "on_worker_start", "on_worker_complete", "on_workflow_complete")
    start, first, last, over = [(await create(api, workflow_id, trigger_type=word))["id"] for word in words]
    await api.initialize(workflow_id)
    assert await pending(api, workflow_id) == [start, first, last]
    assert await pending(api, workflow_id, "?trigger_type=on_worker_start&trigger_type=on_workflow_start") == [
        start,
        first,
    ]
    assert await pending(api, workflow_id, "?trigger_type=on_worker_complete") == [last]
    assert await pending(api, workflow_id, "?trigger_type=nothing") == []
    node_id = await api.node(workflow_id)
    await api.finish(workflow_id, job_id, node_id)
    assert await pending(api, workflow_id, "?trigger_type=on_workflow_complete") == [over]


async def test_the_life_of_an_action_over_two_runs(api: Any) -> None:
    workflow_id = await api.workflow()
    (first,) = await api.jobs(workflow_id, 1)
    (second,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first])
    made = await create(api, workflow_id, trigger_type="on_jobs_ready", job_ids=[second])
    node_id = await api.node(workflow_id)
    path = f"/workflows/{workflow_id}/actions"
    for run_id in (0, 1):
        await api.initialize(workflow_id)
        assert await pending(api, workflow_id) == []
        (shown,) = await api.ok("GET", path)
        assert (shown["trigger_count"], shown["executed"]) == (0, False)
        assert "executed_by" not in shown
        body = {
            "workflow_id": workflow_id,
            "job_id": first,
            "run_id": run_id,
            "compute_node_id": node_id,
            "return_code": 0,
            "exec_time_minutes": 1,
            "completion_time": "t",
            "status": "completed",
        }
        await api.ok("POST", f"/jobs/{first}/complete_job/completed/{run_id}", body)
        assert await pending(api, workflow_id) == [made["id"]]
        await api.ok("POST", f"{path}/{made['id']}/claim", {"compute_node_id": node_id})
        (shown,) = await api.ok("GET", path)
        assert (shown["trigger_count"], shown["executed"], shown["executed_by"]) == (1, True, node_id)
        assert shown["executed_at"].endswith("+00:00")
        await api.ok("POST", f"/workflows/{workflow_id}/reset_status")
        await api.ok("POST", f"/workflows/{workflow_id}/reset_job_status")


async def test_an_action_does_not_wait_for_jobs_that_were_canceled_behind_a_failure(api: Any) -> None:
    workflow_id = await api.workflow()
    bad, good = await api.jobs(workflow_id, 2)
    behind = {"cancel_on_blocking_job_failure": True}
    (canceled,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[bad], **behind)
    (ready,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[good], **behind)
    both = await create(api, workflow_id, trigger_type="on_jobs_ready", job_ids=[canceled, ready])
    await create(api, workflow_id, trigger_type="on_jobs_ready", job_ids=[canceled])
    node_id = await api.node(workflow_id)
    await api.initialize(workflow_id)
    await api.finish(workflow_id, bad, node_id, "failed", 1)
    assert await pending(api, workflow_id) == []
    await api.finish(workflow_id, good, node_id)
    assert await pending(api, workflow_id) == [both["id"]]


async def test_one_of_many_claimers_wins(api: Any) -> None:
    workflow_id = await api.workflow()
    made = await create(api, workflow_id)
    path = f"/workflows/{workflow_id}/actions/{made['id']}/claim"
    replies = await asyncio.gather(*(api.call("POST", path, {}) for _ in range(16)))
    assert sorted(each.status for each in replies) == [200] + [409] * 15
    for reply in replies:
        if reply.status == 200:
            assert reply.json == {"action_id": made["id"], "success": True, "claimed": True}
        else:
            error = reply.json["error"]
            assert error == {
                "error": "Conflict",
                "message": f"Action {made['id']} is already claimed",
                "claimed": False,
            }


async def test_every_worker_can_claim_a_persistent_action(api: Any) -> None:
    workflow_id = await api.workflow()
    made = await create(api, workflow_id, trigger_type="on_worker_start", persistent=True)
    await api.initialize(workflow_id)
    for _ in range(3):
        node_id = await api.node(workflow_id)
        path = f"/workflows/{workflow_id}/actions/{made['id']}/claim"
        assert (await api.ok("POST", path, {"compute_node_id": node_id}))["claimed"] is True
        (shown,) = await api.ok("GET", f"/workflows/{workflow_id}/actions/pending")
        assert shown["executed"] is False
        assert "executed_by" not in shown


async def test_claims_that_are_refused(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    made, node_id = await create(api, workflow_id), await api.node(other)
    path = f"/workflows/{workflow_id}/actions/{made['id']}/claim"
    for owner, action_id in ((other, made["id"]), (workflow_id, 999)):
        reply = await api.call("POST", f"/workflows/{owner}/actions/{action_id}/claim", {})
        assert (reply.status, reply.message) == (404, f"Workflow {owner} has no action {action_id}")
    reply = await api.call("POST", path, {"compute_node_id": node_id})
    assert (reply.status, reply.json["error"]["field"]) == (422, "compute_node_id")
    assert str(node_id) in reply.message
    for body, complaint in [
        (None, "needs a JSON body"),
        ({"compute_node_id": "x"}, "compute_node_id: must be a whole"),
    ]:
        reply = await api.call("POST", path, body)
        assert reply.status == 400
        assert complaint in reply.message
    assert (await api.ok("POST", path, {"compute_node_id": None}))["success"] is True


async def test_an_action_survives_the_node_that_claimed_it(api: Any) -> None:
    workflow_id = await api.workflow()
    made, node_id = await create(api, workflow_id), await api.node(workflow_id)
    await api.ok("POST", f"/workflows/{workflow_id}/actions/{made['id']}/claim", {"compute_node_id": node_id})
    await api.ok("DELETE", f"/compute_nodes/{node_id}")
    (shown,) = await api.ok("GET", f"/workflows/{workflow_id}/actions")
    assert shown["executed"] is True
    assert "executed_by" not in shown


async def test_a_pending_action_can_be_changed_in_part(api: Any) -> None:
    workflow_id = await api.workflow()
    created = await create(api, workflow_id, action_type="schedule_nodes", action_config=NODES)
    path = f"/workflow_actions/{created['id']}"
    sent = {**created, "action_config": {"num_allocations": 5, "max_parallel_jobs": None}, "trigger_type": "never"}
    changed = await api.ok("PUT", path, sent)
    kept = {name: value for name, value in NODES.items() if name != "max_parallel_jobs"}
    assert changed == {**created, "action_config": {**kept, "num_allocations": 5}}
    assert await api.ok("GET", path) == changed
    assert (await api.ok("PUT", path, {**changed, "persistent": True}))["persistent"] is True


@pytest.mark.parametrize("config", [{"num_allocations": "many"}, {"nodes": 3}, 7])
async def test_a_change_that_no_runner_can_run_is_refused(api: Any, config: Any) -> None:
    created = await create(api, await api.workflow(), action_type="schedule_nodes", action_config=NODES)
    path = f"/workflow_actions/{created['id']}"
    assert (await api.call("PUT", path, {**created, "action_config": config})).status == 422
    assert await api.ok("GET", path) == created


async def test_an_executed_action_is_neither_changed_nor_deleted(api: Any) -> None:
    workflow_id = await api.workflow()
    created = await create(api, workflow_id)
    await api.ok("POST", f"/workflows/{workflow_id}/actions/{created['id']}/claim", {})
    path = f"/workflow_actions/{created['id']}"
    for method, body in (("PUT", {**created, "action_config": {"commands": ["false"]}}), ("DELETE", None)):
        refused = await api.call(method, path, body)
        assert refused.status == 409
        assert "carried out" in str(refused.json)
    assert (await api.ok("GET", path))["action_config"] == COMMANDS


async def test_a_pending_action_can_be_deleted(api: Any) -> None:
    workflow_id = await api.workflow()
    created = await create(api, workflow_id)
    path = f"/workflow_actions/{created['id']}"
    assert await api.ok("DELETE", path) == created
    assert await api.ok("GET", f"/workflows/{workflow_id}/actions") == []
    assert (await api.call("GET", path)).status == 404


async def test_the_scheduler_of_an_action_is_not_of_another_workflow(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    own = (await api.ok("POST", "/local_schedulers", {"workflow_id": workflow_id}))["id"]
    foreign = (await api.ok("POST", "/local_schedulers", {"workflow_id": other}))["id"]
    path = f"/workflows/{workflow_id}/actions"

    def allocations(scheduler_id: int) -> dict[str, Any]:
        config = {"scheduler_id": scheduler_id, "scheduler_type": "local", "num_allocations": 1}
        return action(workflow_id, action_type="schedule_nodes", action_config=config)

    refusal = f"action_config.scheduler_id is {foreign}, but workflow {workflow_id} has no such record"
    error = await api.refused(422, None, "POST", path, allocations(foreign))
    assert (error["field"], error["value"]) == ("action_config", foreign)
    assert error["message"].startswith(refusal)
    made = await api.ok("POST", path, allocations(own))
    body = {**made, "action_config": {"scheduler_id": foreign}}
    assert (await api.refused(422, None, "PUT", f"/workflow_actions/{made['id']}", body))["message"].startswith(refusal)
    # Clients of others name schedulers that are not records of the server.
    assert (await api.ok("POST", path, allocations(1000)))["action_config"]["scheduler_id"] == 1000
