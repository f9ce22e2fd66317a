"""Environment variables of workflows and jobs: merged at creation, and never changed."""

from typing import Any

import pytest

OF_WORKFLOW = {"COLOR": "blue", "SHAPE": "round"}
LINEAGE = "TORC_ORCHESTRATOR_LINEAGE_ID"


async def env_of(api: Any, job_id: int) -> Any:
    """Return the variables of a job, as reading it and claiming it answer them; they must be equal."""
    job = await api.ok("GET", f"/jobs/{job_id}")
    listed = (await api.ok("GET", "/jobs", params={"workflow_id": job["workflow_id"]}))["items"]
    (same,) = [each for each in listed if each["id"] == job_id]
    assert same.get("env") == job.get("env")
    return job.get("env")


async def test_a_job_is_created_with_the_variables_of_its_workflow(api: Any) -> None:
    workflow_id = await api.workflow(env=OF_WORKFLOW)
    body = {"workflow_id": workflow_id, "name": "own", "command": "true", "env": {"COLOR": "red", "SIZE": "9"}}
    job = await api.ok("POST", "/jobs", body)
    assert job["env"] == await env_of(api, job["id"]) == {"COLOR": "red", "SHAPE": "round", "SIZE": "9"}
    for members in ({}, {"env": {}}):
        (job_id,) = await api.jobs(workflow_id, 1, **members)
        assert await env_of(api, job_id) == OF_WORKFLOW
    await api.initialize(workflow_id)
    claimed = (await api.claim(workflow_id, 1))["jobs"]
    assert claimed[0]["env"]["SHAPE"] == "round"


async def test_spawned_jobs_have_the_variables_of_the_workflow(api: Any) -> None:
    workflow_id = await api.workflow(env=OF_WORKFLOW)
    (caller,) = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    await api.claim(workflow_id, 1)
    await api.ok("PUT", f"/jobs/{caller}/start_job/0/{await api.node(workflow_id)}")
    spawned = await api.ok("POST", f"/jobs/{caller}/spawn_jobs", {"jobs": [{"name": "new", "command": "true"}]})
    (job_id,) = spawned["spawned_job_ids"]
    assert await env_of(api, job_id) == OF_WORKFLOW | {LINEAGE: "job0"}


async def test_no_variables_are_an_absent_member(api: Any) -> None:
    workflow_id = await api.workflow(env={})
    (job_id,) = await api.jobs(workflow_id, 1, env={})
    assert "env" not in await api.ok("GET", f"/workflows/{workflow_id}")
    assert await env_of(api, job_id) is None


@pytest.mark.parametrize("name", ["", "1ST", "A-B", "A B", "A=B", "A.B", "Ä", "A\n"])
async def test_invalid_names_are_refused(api: Any, name: str) -> None:
    workflow_id = await api.workflow()
    job = {"workflow_id": workflow_id, "name": "a", "command": "true", "env": {"GOOD": "1", name: "1"}}
    for path, body in (
        ("/workflows", {"name": "w", "user": "u", "env": {name: "1"}}),
        ("/jobs", job),
        ("/bulk_jobs", {"jobs": [job]}),
    ):
        reply = await api.call("POST", path, body)
        assert (reply.status, reply.json["error"]["field"]) == (422, "env"), path
    assert (await api.ok("GET", "/jobs", params={"workflow_id": workflow_id}))["items"] == []


async def test_variables_cannot_be_changed(api: Any) -> None:
    workflow_id = await api.workflow(env=OF_WORKFLOW)
    (job_id,) = await api.jobs(workflow_id, 1, env={"SIZE": "9"})
    for path, noun in ((f"/workflows/{workflow_id}", "workflow"), (f"/jobs/{job_id}", "job")):
        stored = await api.ok("GET", path)
        for env in ({}, {"SIZE": "10"}, stored["env"] | {"NEW": "1"}):
            reply = await api.call("PUT", path, stored | {"env": env})
            assert (reply.status, reply.json["error"]["field"]) == (422, "env")
            assert noun in reply.message
        unchanged = dict(sorted(stored["env"].items(), reverse=True))
        assert (await api.ok("PUT", path, stored | {"env": unchanged}))["env"] == stored["env"]
        without = {name: value for name, value in stored.items() if name != "env"}
        assert (await api.ok("PUT", path, without))["env"] == stored["env"]


async def test_records_without_variables_get_none_later(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    for path in (f"/workflows/{workflow_id}", f"/jobs/{job_id}"):
        stored = await api.ok("GET", path)
        assert (await api.call("PUT", path, stored | {"env": {"NEW": "1"}})).status == 422
        assert "env" not in await api.ok("PUT", path, stored | {"env": {}})
