"""Jobs that create jobs."""

from typing import Any

import pytest


@pytest.fixture
async def loop(api: Any) -> tuple[int, int]:
    """A workflow with a job that is running: `driver`."""
    return await running(api)


async def running(api: Any, **members: Any) -> tuple[int, int]:
    workflow_id = await api.workflow(**members)
    (caller,) = await api.jobs(workflow_id, 1)
    await api.ok("PUT", f"/jobs/{caller}", {"workflow_id": workflow_id, "name": "driver", "command": "true"})
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    await api.ok("PUT", f"/jobs/{caller}/start_job/0/{await api.node(workflow_id)}")
    return workflow_id, caller


def spawning(*names: str, **members: Any) -> dict[str, Any]:
    return {"jobs": [{"name": name, "command": f"run {name}"} for name in names], **members}


async def spawn(api: Any, caller: int, body: dict[str, Any]) -> Any:
    return await api.ok("POST", f"/jobs/{caller}/spawn_jobs", body)


async def refused(api: Any, caller: int, body: dict[str, Any]) -> Any:
    before = api.dump()
    reply = await api.call("POST", f"/jobs/{caller}/spawn_jobs", body)
    assert reply.status == 422, reply.text
    assert api.dump() == before
    return reply.json["error"]


async def states(api: Any, workflow_id: int) -> dict[str, Any]:
    records = (await api.ok("GET", "/user_data", params={"workflow_id": workflow_id}))["items"]
    return {each["name"]: each.get("data") for each in records}


async def test_spawned_jobs_depend_on_the_caller_and_the_named_jobs(api: Any, loop: tuple[int, int]) -> None:
    workflow_id, caller = loop
    needs = {"workflow_id": workflow_id, "name": "big", "num_cpus": 4, "memory": "1g", "runtime": "PT1H"}
    big = (await api.ok("POST", "/resource_requirements", needs))["id"]
    body = spawning("a", "b", state={"round": 1}, unknown=1)
    body["jobs"][1] |= {
        "depends_on": ["a"],
        "resource_requirements": "big",
        "priority": 3,
        "cancel_on_blocking_job_failure": False,
        "colour": "blue",
    }
    answer = await spawn(api, caller, body)
    a, b = answer["spawned_job_ids"]
    assert answer["iteration"] == 1
    first, second = await api.ok("GET", f"/jobs/{a}"), await api.ok("GET", f"/jobs/{b}")
    assert (first["name"], first["command"], first["status"], first["origin"]) == ("a", "run a", "blocked", "spawn")
    assert first["env"] == {"TORC_ORCHESTRATOR_LINEAGE_ID": "driver"}
    assert (first["depends_on_job_ids"], second["depends_on_job_ids"]) == ([caller], [caller, a])
    assert (first["priority"], first["cancel_on_blocking_job_failure"]) == (0, True)
    assert (second["priority"], second["cancel_on_blocking_job_failure"]) == (3, False)
    assert second["resource_requirements_id"] == big
    record = {"generation": 1, "spawn_count": 1, "state": {"round": 1}}
    assert await states(api, workflow_id) == {"__torc_lineage__driver__g000001": record}
    await api.finish(workflow_id, caller, await api.node(workflow_id))
    assert [each["id"] for each in (await api.claim(workflow_id))["jobs"]] == [a]


async def test_a_lineage_continues_repeats_and_ends(api: Any, loop: tuple[int, int]) -> None:
    workflow_id, caller = loop
    first = await spawn(api, caller, spawning("a1", "b1", lineage="sweep"))
    assert await spawn(api, caller, spawning("b1", "a1", lineage="sweep", state=7)) == {
        "iteration": 1,
        "spawned_job_ids": first["spawned_job_ids"][::-1],
    }
    (second,) = (await spawn(api, caller, spawning("a2", lineage="sweep", state=[2])))["spawned_job_ids"]
    assert (await api.ok("GET", f"/jobs/{second}"))["env"]["TORC_ORCHESTRATOR_LINEAGE_ID"] == "sweep"
    assert await spawn(api, caller, spawning(lineage="sweep", state="done")) == {"iteration": 2, "spawned_job_ids": []}
    assert (await spawn(api, caller, spawning(lineage="sweep", state="done again")))["iteration"] == 2
    # Without jobs and state, nothing changes.
    assert await spawn(api, caller, spawning(lineage="other")) == {"iteration": 0, "spawned_job_ids": []}
    assert await spawn(api, caller, spawning(lineage="short", state=0)) == {"iteration": 0, "spawned_job_ids": []}
    assert await states(api, workflow_id) == {
        "__torc_lineage__sweep__g000001": {"generation": 1, "spawn_count": 1, "state": None},
        "__torc_lineage__sweep__g000002": {"generation": 2, "spawn_count": 2, "state": [2]},
        "__torc_lineage__sweep__final": {"generation": 2, "spawn_count": 2, "state": "done again", "final": True},
        "__torc_lineage__short__final": {"generation": 0, "spawn_count": 0, "state": 0, "final": True},
    }
    page = await api.ok("GET", "/user_data", params={"workflow_id": workflow_id, "is_ephemeral": "false"})
    assert page["items"] == []
    # A repeated call gets its answer also after the calling job has ended.
    await api.finish(workflow_id, caller, await api.node(workflow_id))
    assert (await spawn(api, caller, spawning("a2", lineage="sweep")))["spawned_job_ids"] == [second]
    assert (await spawn(api, caller, spawning(lineage="sweep", state="done again")))["iteration"] == 2
    for body in (spawning("a3", lineage="sweep"), spawning(lineage="sweep", state="new"), spawning(lineage="sweep")):
        assert "is completed; spawn jobs while it runs" in (await refused(api, caller, body))["message"]


async def test_a_job_spawns_from_its_claim_on(api: Any) -> None:
    """Runners report the start of a job a moment after it, so a pending job may run."""
    workflow_id = await api.workflow()
    (caller,) = await api.jobs(workflow_id, 1)
    assert "is uninitialized" in (await refused(api, caller, spawning("a")))["message"]
    await api.initialize(workflow_id)
    assert "is ready" in (await refused(api, caller, spawning("a")))["message"]
    await api.claim(workflow_id)
    assert (await spawn(api, caller, spawning("a")))["iteration"] == 1


async def test_a_chained_job_spawns_before_its_start_is_reported(api: Any) -> None:
    workflow_id = await api.workflow()
    (first,) = await api.jobs(workflow_id, 1)
    (chained,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first])
    await api.initialize(workflow_id)
    assert "is blocked" in (await refused(api, chained, spawning("a")))["message"]
    claim = {"limit": 1, "most_following": 1}
    body = {"compute_node_id": await api.node(workflow_id), "run_id": 0, "claim": claim}
    await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body)
    assert (await spawn(api, chained, spawning("a")))["iteration"] == 1


async def test_a_retried_job_keeps_that_it_was_spawned(api: Any, loop: tuple[int, int]) -> None:
    workflow_id, caller = loop
    (spawned,) = (await spawn(api, caller, spawning("a")))["spawned_job_ids"]
    node = await api.node(workflow_id)
    await api.finish(workflow_id, caller, node)
    await api.claim(workflow_id)
    await api.ok("PUT", f"/jobs/{spawned}/start_job/0/{node}")
    for job_id, origin in ((spawned, "spawn"), (caller, "retry")):
        if job_id == caller:
            await api.ok("PUT", f"/jobs/{caller}/manage_status_change/uninitialized/0")
            await api.initialize(workflow_id)
            await api.claim(workflow_id)
            await api.ok("PUT", f"/jobs/{caller}/start_job/0/{node}")
        retried = await api.ok("POST", f"/jobs/{job_id}/retry/0", params={"max_retries": 9})
        assert (retried["origin"], retried["status"]) == (origin, "ready")


async def test_names_of_lineage_records_are_unique_in_a_workflow(api: Any, loop: tuple[int, int]) -> None:
    workflow_id, caller = loop
    await spawn(api, caller, spawning("a"))
    body = {"workflow_id": workflow_id, "name": "__torc_lineage__driver__g000001", "data": 1}
    reply = await api.call("POST", "/user_data", body)
    assert (reply.status, reply.message) == (409, "That user data record already exists")
    other = await api.ok("POST", "/user_data", {**body, "name": "other"})
    assert (await api.call("PUT", f"/user_data/{other['id']}", body)).status == 409
    await api.ok("POST", "/user_data", {**body, "workflow_id": await api.workflow()})
    for _ in range(2):
        await api.ok("POST", "/user_data", {**body, "name": "torc_lineage"})


async def test_spawned_jobs_have_digests_of_their_inputs(api: Any, loop: tuple[int, int]) -> None:
    workflow_id, caller = loop
    await spawn(api, caller, spawning("a"))
    path = f"/workflows/{workflow_id}/process_changed_job_inputs"
    assert (await api.ok("POST", path))["reinitialized_jobs"] == []
    assert not [line for line in api.dump() if line.startswith('INSERT INTO "job" ') and "X'" not in line]


@pytest.mark.parametrize(
    ("jobs", "told", "field"),
    [
        ([{"name": "a", "depends_on": ["nobody"]}], "the workflow has no job of that name", "depends_on"),
        ([{"name": "a", "depends_on": ["twin"]}], "has 2 jobs of that name; rename all but one", "depends_on"),
        ([{"name": "a", "resource_requirements": "huge"}], "no resource requirements named 'huge'", None),
        ([{"name": "a", "resource_requirements": "same"}], "several resource requirements named 'same'", None),
        ([{"name": "a"}, {"name": "a"}], "Several jobs are named 'a'", "jobs"),
        ([{"name": "a"}, {"name": "driver"}], "A job named 'driver' already exists", "jobs"),
        ([{"name": "old"}, {"name": "a"}], "A job named 'old' already exists", "jobs"),
        ([{"name": "a", "depends_on": ["b"]}, {"name": "b", "depends_on": ["a"]}], "wait for each other", "depends_on"),
        ([{"name": "a", "depends_on": ["a"]}], "a waits for a", "depends_on"),
        ([{"name": "a", "priority": -1}], "priority must be at least 0", "priority"),
    ],
)
async def test_invalid_requests_spawn_nothing(
    api: Any, loop: tuple[int, int], jobs: list[Any], told: str, field: str | None
) -> None:
    workflow_id, caller = loop
    twins = [{"workflow_id": workflow_id, "name": "twin", "command": "true"} for _ in range(2)]
    for twin in twins:
        await api.ok("POST", "/jobs", twin)
    for _ in range(2):
        same = {"workflow_id": workflow_id, "name": "same", "num_cpus": 1, "memory": "1m", "runtime": "PT1M"}
        await api.ok("POST", "/resource_requirements", same)
    await spawn(api, caller, spawning("old"))
    error = await refused(api, caller, {"jobs": [{"command": "true", **each} for each in jobs]})
    assert told in error["message"]
    assert error["field"] == (field or "resource_requirements")


async def test_other_refusals(api: Any, loop: tuple[int, int]) -> None:
    workflow_id, caller = loop
    assert (await refused(api, caller, spawning("a", lineage="")))["field"] == "lineage"
    assert (await api.call("POST", "/jobs/999/spawn_jobs", spawning("a"))).status == 404
    assert (await api.call("POST", f"/jobs/{caller}/spawn_jobs", {"jobs": [{"name": "a"}]})).status == 400
    await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
    assert "canceled" in (await refused(api, caller, spawning("a")))["message"]


async def test_iterations_are_limited_by_the_workflow(api: Any) -> None:
    _, caller = await running(api, dynamic_jobs={"max_iterations": 1})
    assert (await spawn(api, caller, spawning("a")))["iteration"] == 1
    error = await refused(api, caller, spawning("b"))
    assert (error["field"], "max_iterations" in error["message"]) == ("max_iterations", True)
    assert (await spawn(api, caller, spawning("a")))["iteration"] == 1


async def test_only_records_of_exactly_that_name_count(api: Any, loop: tuple[int, int]) -> None:
    workflow_id, caller = loop
    for name in ("driver__g000041", "driver__gx00007", "driver2__g000099", "driver__g7", "driver__g" + "9" * 30):
        await api.ok("POST", "/user_data", {"workflow_id": workflow_id, "name": f"__torc_lineage__{name}"})
    assert (await spawn(api, caller, spawning("a")))["iteration"] == 42
