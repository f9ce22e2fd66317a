"""Statuses set by hand, and jobs whose inputs have changed."""

from typing import Any

import pytest


async def status(api: Any, *job_ids: int) -> list[str]:
    return [(await api.ok("GET", f"/jobs/{job_id}"))["status"] for job_id in job_ids]


async def test_a_status_is_set_by_hand(api: Any) -> None:
    workflow_id = await api.workflow()
    first, second = await api.jobs(workflow_id, 2)
    node = await api.node(workflow_id)
    for word in ("ready", "pending", "running", "pending_failed", "disabled", "blocked", "uninitialized"):
        changed = await api.ok("PUT", f"/jobs/{first}/manage_status_change/{word}/0")
        assert (changed["status"], changed["id"]) == (word, first)
        assert "depends_on_job_ids" in changed
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    await api.ok("PUT", f"/jobs/{second}/start_job/0/{node}")
    query = {"workflow_id": workflow_id, "active_compute_node_id": node}
    assert (await api.ok("GET", "/jobs", params=query))["count"] == 1
    await api.ok("PUT", f"/jobs/{second}/manage_status_change/ready/0", {"any": "body"})
    assert (await api.ok("GET", "/jobs", params=query))["count"] == 0
    assert [each["id"] for each in (await api.claim(workflow_id))["jobs"]] == [second]


@pytest.mark.parametrize("word", ["completed", "failed", "canceled", "terminated"])
async def test_no_job_is_completed_by_hand(api: Any, word: str) -> None:
    (job_id,) = await api.jobs(await api.workflow(), 1)
    reply = await api.call("PUT", f"/jobs/{job_id}/manage_status_change/{word}/0")
    assert (reply.status, reply.json["error"]["field"]) == (422, "status")
    assert "complete_job" in reply.message


async def test_invalid_changes_are_refused(api: Any) -> None:
    (job_id,) = await api.jobs(await api.workflow(), 1)
    reply = await api.call("PUT", f"/jobs/{job_id}/manage_status_change/ready/3")
    assert (reply.status, reply.json["error"]["field"]) == (422, "run_id")
    # The run is not checked if nothing changes.
    assert (await api.ok("PUT", f"/jobs/{job_id}/manage_status_change/uninitialized/3"))["id"] == job_id
    reply = await api.call("PUT", "/jobs/999/manage_status_change/ready/0")
    assert (reply.status, reply.message) == (404, "There is no job 999")
    assert (await api.call("PUT", f"/jobs/{job_id}/manage_status_change/done/0")).status == 400


async def test_direct_dependents_of_a_complete_job_are_reset_with_it(api: Any) -> None:
    workflow_id, jobs = await api.workflow(), []
    for _ in range(3):
        more = {"depends_on_job_ids": jobs[-1:], "cancel_on_blocking_job_failure": False}
        jobs += await api.jobs(workflow_id, 1, **more)
    (canceled,) = await api.jobs(workflow_id, 1, depends_on_job_ids=jobs[:1])
    await api.initialize(workflow_id)
    node = await api.node(workflow_id)
    await api.finish(workflow_id, jobs[0], node, "failed", 1)
    assert await status(api, canceled) == ["canceled"]
    for job_id in jobs[1:]:
        await api.finish(workflow_id, job_id, node)
    await api.ok("PUT", f"/jobs/{jobs[0]}/manage_status_change/uninitialized/0")
    assert await status(api, *jobs, canceled) == ["uninitialized", "uninitialized", "completed", "blocked"]


async def made_of(api: Any) -> tuple[int, int, dict[str, Any], list[int]]:
    """A workflow with user data that the first of two jobs reads and the second depends on."""
    workflow_id = await api.workflow()
    data = await api.ok("POST", "/user_data", {"workflow_id": workflow_id, "name": "d", "data": {"x": 1}})
    (first,) = await api.jobs(workflow_id, 1, input_user_data_ids=[data["id"]])
    (second,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first])
    node = await api.node(workflow_id)
    return workflow_id, node, data, [first, second]


async def test_changed_inputs_make_jobs_uninitialized(api: Any) -> None:
    workflow_id, node, data, jobs = await made_of(api)
    path = f"/workflows/{workflow_id}/process_changed_job_inputs"
    await api.ok("PUT", f"/user_data/{data['id']}", {**data, "data": {"x": 2}})
    # Their inputs are not stored before they are initialized.
    assert await api.ok("POST", path) == {"reinitialized_jobs": []}
    await api.initialize(workflow_id)
    for job_id in jobs:
        await api.finish(workflow_id, job_id, node)
    assert await api.ok("POST", path) == {"reinitialized_jobs": []}
    await api.ok("PUT", f"/user_data/{data['id']}", {**data, "data": {"x": 3}})
    assert await api.ok("POST", path, params={"dry_run": "true"}) == {"reinitialized_jobs": ["job0"]}
    assert await status(api, *jobs) == ["completed", "completed"]
    assert await api.ok("POST", path) == {"reinitialized_jobs": ["job0"]}
    assert await status(api, *jobs) == ["uninitialized", "completed"]
    assert await api.ok("POST", path) == {"reinitialized_jobs": ["job0"]}
    await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs", params={"only_uninitialized": "true"})
    assert await status(api, *jobs) == ["ready", "blocked"]
    assert await api.ok("POST", path) == {"reinitialized_jobs": []}


async def test_scripts_and_data_written_after_a_failure_are_inputs_too(api: Any) -> None:
    workflow_id, node, _, jobs = await made_of(api)
    await api.initialize(workflow_id)
    await api.finish(workflow_id, jobs[0], node, "failed", 1)
    assert await status(api, *jobs) == ["failed", "canceled"]
    job = await api.ok("GET", f"/jobs/{jobs[0]}")
    await api.ok("PUT", f"/jobs/{jobs[0]}", {**job, "invocation_script": "sh"})
    path = f"/workflows/{workflow_id}/process_changed_job_inputs"
    assert await api.ok("POST", path, {"any": "body"}) == {"reinitialized_jobs": ["job0"]}
    assert await status(api, *jobs) == ["uninitialized", "blocked"]


async def test_cleared_data_is_not_a_change(api: Any) -> None:
    workflow_id = await api.workflow()
    body = {"workflow_id": workflow_id, "name": "d", "data": 1, "is_ephemeral": True}
    data = await api.ok("POST", "/user_data", body)
    await api.jobs(workflow_id, 1, output_user_data_ids=[data["id"]])
    await api.jobs(workflow_id, 1, input_user_data_ids=[data["id"]])
    query = {"clear_ephemeral_user_data": "true"}
    await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs", params=query)
    path = f"/workflows/{workflow_id}/process_changed_job_inputs"
    assert await api.ok("POST", path) == {"reinitialized_jobs": []}


async def test_a_missing_workflow_has_no_inputs(api: Any) -> None:
    reply = await api.call("POST", "/workflows/999/process_changed_job_inputs")
    assert (reply.status, reply.message) == (404, "There is no workflow 999")
