"""Planned allocations are replaced: all of it or nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest


@pytest.fixture
async def api(serve: Any) -> AsyncIterator[Any]:
    async with serve() as server:
        yield server
        assert await server.broken_promises() == []


def planned(jobs: list[int], starting: list[int] | None = None, **members: Any) -> dict[str, Any]:
    return {
        "name": "debug_regen",
        "account": "research",
        "nodes": 2,
        "walltime": "00:10:00",
        "mem": "800m",
        "extra": "--cpus-per-task=2",
        "num_allocations": 3,
        "job_ids": jobs,
        "starting_job_ids": jobs if starting is None else starting,
        **members,
    }


async def workflow_with_jobs(api: Any) -> tuple[int, list[int]]:
    """A workflow with a ready job and a job that depends on it."""
    workflow_id = await api.workflow()
    (first,) = await api.jobs(workflow_id, 1)
    (second,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first])
    await api.initialize(workflow_id)
    return workflow_id, [first, second]


async def old_action(api: Any, workflow_id: int, job_ids: list[int], **members: Any) -> int:
    body = {
        "workflow_id": workflow_id,
        "trigger_type": "on_jobs_ready",
        "action_type": "schedule_nodes",
        "action_config": {"scheduler_type": "slurm", "num_allocations": 1},
        "job_ids": job_ids,
        **members,
    }
    action: dict[str, int] = await api.ok("POST", f"/workflows/{workflow_id}/actions", body)
    return action["id"]


async def replan(api: Any, workflow_id: int, *schedulers: dict[str, Any], **members: Any) -> Any:
    body = {"schedulers": list(schedulers), **members}
    return (await api.ok("POST", f"/workflows/{workflow_id}/replan_allocations", body))["schedulers"]


async def actions(api: Any, workflow_id: int) -> dict[int, dict[str, Any]]:
    return {each["id"]: each for each in await api.ok("GET", f"/workflows/{workflow_id}/actions")}


async def pending(api: Any, workflow_id: int) -> list[int]:
    return [each["id"] for each in await api.ok("GET", f"/workflows/{workflow_id}/actions/pending")]


async def test_schedulers_actions_and_bindings_are_created(api: Any) -> None:
    workflow_id, (first, second) = await workflow_with_jobs(api)
    now, later = await replan(
        api,
        workflow_id,
        planned([first]),
        planned([second], name="deferred", start_one_worker_per_node=True, serialize_allocations=True),
    )
    assert (now["is_due"], later["is_due"]) == (True, False)
    scheduler = await api.ok("GET", f"/slurm_schedulers/{now['scheduler_config_id']}")
    assert (scheduler["name"], scheduler["nodes"], scheduler["mem"]) == ("debug_regen", 2, "800m")
    assert scheduler["serialize_allocations"] is False
    assert (await api.ok("GET", f"/slurm_schedulers/{later['scheduler_config_id']}"))["serialize_allocations"] is True
    assert (await api.ok("GET", f"/jobs/{second}"))["scheduler_id"] == later["scheduler_config_id"]
    action = (await actions(api, workflow_id))[later["action_id"]]
    assert action["action_config"] == {
        "scheduler_id": later["scheduler_config_id"],
        "scheduler_type": "slurm",
        "num_allocations": 3,
        "start_one_worker_per_node": True,
    }
    assert (action["is_recovery"], action["job_ids"]) == (True, [second])
    assert await pending(api, workflow_id) == [now["action_id"]]


async def test_a_superseded_action_is_open_again_after_an_initialization(api: Any) -> None:
    workflow_id, jobs = await workflow_with_jobs(api)
    old = await old_action(api, workflow_id, jobs[:1])
    (new,) = await replan(api, workflow_id, planned(jobs, jobs[:1]), superseded_action_ids=[old])
    assert await pending(api, workflow_id) == [new["action_id"]]
    await api.initialize(workflow_id)
    assert await pending(api, workflow_id) == [old]
    assert set(await actions(api, workflow_id)) == {old}


async def test_a_second_plan_replaces_the_first(api: Any) -> None:
    workflow_id, jobs = await workflow_with_jobs(api)
    (first,) = await replan(api, workflow_id, planned(jobs, jobs[:1]))
    (second,) = await replan(api, workflow_id, planned(jobs, jobs[:1]), superseded_action_ids=[first["action_id"]])
    assert set(await actions(api, workflow_id)) == {second["action_id"]}


async def test_the_plan_of_a_workflow_that_has_not_begun_stays(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = await api.jobs(workflow_id, 2)
    old = await old_action(api, workflow_id, jobs)
    (new,) = await replan(api, workflow_id, planned(jobs), superseded_action_ids=[old], is_recovery=False)
    assert not new["is_due"]
    await api.initialize(workflow_id)
    assert await pending(api, workflow_id) == [new["action_id"]]
    assert set(await actions(api, workflow_id)) == {new["action_id"]}


async def test_an_action_that_was_carried_out_meanwhile_refuses_the_plan(api: Any) -> None:
    workflow_id, jobs = await workflow_with_jobs(api)
    old = await old_action(api, workflow_id, jobs[:1])
    await api.ok("POST", f"/workflows/{workflow_id}/actions/{old}/claim", {})
    await refused(api, workflow_id, planned(jobs), status=409, superseded_action_ids=[old])


async def test_another_run_refuses_the_plan(api: Any) -> None:
    workflow_id, jobs = await workflow_with_jobs(api)
    await refused(api, workflow_id, planned(jobs), status=409, known_run_id=7)


async def test_records_of_other_workflows_refuse_the_plan(api: Any) -> None:
    workflow_id, jobs = await workflow_with_jobs(api)
    other_id, other_jobs = await workflow_with_jobs(api)
    other_action = await old_action(api, other_id, other_jobs)
    await refused(api, workflow_id, planned(other_jobs), status=404)
    await refused(api, workflow_id, planned(jobs, other_jobs), status=422)
    await refused(api, workflow_id, planned(jobs), status=409, superseded_action_ids=[other_action])


async def refused(api: Any, workflow_id: int, scheduler: dict[str, Any], *, status: int, **members: Any) -> None:
    """Send a plan that must be refused and change nothing."""
    before = api.dump()
    body = {"schedulers": [scheduler], **members}
    reply = await api.call("POST", f"/workflows/{workflow_id}/replan_allocations", body)
    assert reply.status == status, reply.text
    assert api.dump() == before
