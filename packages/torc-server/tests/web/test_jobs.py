"""The rules of jobs."""

from typing import Any

import pytest


async def test_links_and_dependencies_are_stored_and_shown(api: Any) -> None:
    workflow_id = await api.workflow()
    files = [{"workflow_id": workflow_id, "name": f"f{n}", "path": "p"} for n in range(3)]
    file_ids = [each["id"] for each in (await api.ok("POST", "/bulk_files", {"files": files}))["files"]]
    data = [{"workflow_id": workflow_id, "name": f"d{n}"} for n in range(2)]
    data_ids = [each["id"] for each in (await api.ok("POST", "/bulk_user_data", {"user_data": data}))["user_data"]]
    parents = await api.jobs(workflow_id, 3)
    links = {
        "depends_on_job_ids": parents,
        "input_file_ids": file_ids[:2],
        "output_file_ids": file_ids[2:],
        "input_user_data_ids": data_ids[:1],
        "output_user_data_ids": data_ids[1:],
    }
    (job_id,) = await api.jobs(workflow_id, 1, **links)
    job = await api.ok("GET", f"/jobs/{job_id}")
    assert {name: job[name] for name in links} == links

    query = {"workflow_id": workflow_id, "upstream_job_id": parents[0]}
    (without,) = (await api.ok("GET", "/jobs", params=query))["items"]
    assert set(job) - set(without) == set(links)
    (with_links,) = (await api.ok("GET", "/jobs", params={**query, "include_relationships": "true"}))["items"]
    assert with_links == job
    needs = await api.ok("GET", "/jobs", params={"workflow_id": workflow_id, "needs_file_id": file_ids[0]})
    assert [each["id"] for each in needs["items"]] == [job_id]
    made = await api.ok("GET", "/files", params={"workflow_id": workflow_id, "produced_by_job_id": job_id})
    assert [each["id"] for each in made["items"]] == file_ids[2:]
    outputs = await api.ok("GET", "/files", params={"workflow_id": workflow_id, "is_output": "true"})
    assert [each["id"] for each in outputs["items"]] == file_ids[2:]
    assert (await api.ok("GET", "/files", params={"workflow_id": workflow_id, "is_output": "false"}))["count"] == 3


@pytest.mark.parametrize(
    "member",
    ["depends_on_job_ids", "input_file_ids", "output_file_ids", "input_user_data_ids", "output_user_data_ids"],
)
async def test_links_to_missing_records_create_nothing(api: Any, member: str) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    (stranger,) = await api.jobs(other, 1)
    before = api.dump()
    for absent in (stranger if member == "depends_on_job_ids" else 999, 998):
        good = {"workflow_id": workflow_id, "name": "j", "command": "c"}
        reply = await api.call("POST", "/bulk_jobs", {"jobs": [good, {**good, "name": "k", member: [absent]}]})
        assert reply.status == 422
        assert str(absent) in reply.message
    assert api.dump() == before


async def test_bulk_is_for_one_workflow(api: Any) -> None:
    jobs = [{"workflow_id": await api.workflow(), "name": "j", "command": "c"} for _ in range(2)]
    reply = await api.call("POST", "/bulk_jobs", {"jobs": jobs})
    assert (reply.status, reply.json["error"]["field"]) == (422, "workflow_id")
    reply = await api.call("POST", "/jobs", {**jobs[0], "priority": -1})
    assert (reply.status, reply.json["error"]["field"]) == (422, "priority")


async def test_the_server_sets_status_and_attempt_of_a_new_job(api: Any) -> None:
    body = {"workflow_id": await api.workflow(), "name": "j", "command": "c"}
    taken = {"status": "completed", "attempt_id": 7, "origin": "spawn", "compute_node_id": 3}
    schedule = {"schedule_compute_nodes": {"scheduler_id": 1, "num_jobs": 2}}
    job = await api.ok("POST", "/jobs", {**body, **taken, **schedule})
    assert (job["status"], job["attempt_id"]) == ("uninitialized", 1)
    assert not {"origin", "compute_node_id", "schedule_compute_nodes"} & set(job)


async def test_changes_to_an_uninitialized_job(api: Any) -> None:
    workflow_id = await api.workflow()
    first, second, job_id = await api.jobs(workflow_id, 3)
    job = await api.ok("GET", f"/jobs/{job_id}")
    change = {"name": "new", "command": "other", "depends_on_job_ids": [second, first]}
    changed = await api.ok("PUT", f"/jobs/{job_id}", {**job, **change})
    assert changed == {**job, **change, "depends_on_job_ids": [first, second]}
    disabled = await api.ok("PUT", f"/jobs/{job_id}", {**changed, "status": "disabled"})
    assert disabled["status"] == "disabled"
    reply = await api.call("PUT", f"/jobs/{first}", {**job, "status": "completed"})
    assert reply.status == 422
    assert "immutable" in reply.message


@pytest.mark.parametrize("member", ["name", "command", "depends_on_job_ids", "status"])
async def test_changes_of_initialized_jobs_are_refused(api: Any, member: str) -> None:
    workflow_id = await api.workflow()
    parent, job_id = await api.jobs(workflow_id, 2)
    await api.initialize(workflow_id)
    job = await api.ok("GET", f"/jobs/{job_id}")
    late = {"name": "n", "command": "x", "depends_on_job_ids": [parent], "status": "completed"}
    before = api.dump()
    reply = await api.call("PUT", f"/jobs/{job_id}", {**job, member: late[member]})
    assert reply.status == 422
    assert member in reply.message
    assert "uninitialized" in reply.message
    assert ("immutable" in reply.message) == (member == "status")
    assert api.dump() == before
    any_time = {"scheduler_id": 4, "invocation_script": "s", "priority": 2}
    assert await api.ok("PUT", f"/jobs/{job_id}", {**job, **any_time}) == {**job, **any_time}


async def test_files_of_a_job_never_change(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    file = await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": "f", "path": "p"})
    job = await api.ok("GET", f"/jobs/{job_id}")
    reply = await api.call("PUT", f"/jobs/{job_id}", {**job, "input_file_ids": [file["id"]]})
    assert (reply.status, reply.json["error"]["field"]) == (422, "input_file_ids")


async def test_requirements_of_another_workflow_are_refused(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    theirs = await api.ok("POST", "/resource_requirements", {"workflow_id": other, "name": "r"})
    body = {"workflow_id": workflow_id, "name": "j", "command": "c", "resource_requirements_id": theirs["id"]}
    assert (await api.call("POST", "/jobs", body)).status == 422
    (job_id,) = await api.jobs(workflow_id, 1)
    assert (await api.call("PUT", f"/jobs/{job_id}", body)).status == 422


async def test_deleting_jobs_releases_their_dependents(api: Any) -> None:
    workflow_id = await api.workflow()
    parents = await api.jobs(workflow_id, 2)
    (child,) = await api.jobs(workflow_id, 1, depends_on_job_ids=parents)
    await api.initialize(workflow_id)
    for parent, status in zip(parents, ("blocked", "ready"), strict=True):
        await api.ok("DELETE", f"/jobs/{parent}")
        assert (await api.ok("GET", f"/jobs/{child}"))["status"] == status
    assert (await api.ok("GET", f"/jobs/{child}"))["depends_on_job_ids"] == []
    assert [job["id"] for job in (await api.claim(workflow_id))["jobs"]] == [child]


@pytest.mark.parametrize("path", ["/jobs/{job_id}", "/jobs?{of}", "/resource_requirements?{of}"])
async def test_jobs_that_a_runner_holds_are_not_deleted(api: Any, path: str) -> None:
    workflow_id = await api.workflow()
    job_id, _ = await api.jobs(workflow_id, 2)
    await api.initialize(workflow_id)
    await api.claim(workflow_id, 1)
    before = api.dump()
    reply = await api.call("DELETE", path.format(job_id=job_id, of=f"workflow_id={workflow_id}"))
    assert reply.status == 409
    assert f"torc workflows cancel {workflow_id}" in reply.message
    assert api.dump() == before
    await api.ok("PUT", f"/workflows/{workflow_id}/cancel", {})
    await api.ok("DELETE", path.format(job_id=job_id, of=f"workflow_id={workflow_id}"))


async def test_filters_of_jobs(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 3)
    await api.ok("POST", "/jobs", {"workflow_id": workflow_id, "name": "Special", "command": "Run 100%_x"})

    async def names(**query: str) -> list[str]:
        listed = await api.ok("GET", "/jobs", params={"workflow_id": workflow_id, **query})
        assert listed["total_count"] == listed["count"] == len(listed["items"])
        return [each["name"] for each in listed["items"]]

    assert await names(name="special") == ["Special"]
    assert await names(command="100%_X") == ["Special"]
    assert await names(command="%") == ["Special"]
    assert len(await names(status="uninitialized")) == 4
    assert await names(status="ready") == []
    assert len(await names(origin_is_set="false")) == 4
    assert await names(origin_is_set="true") == []
    assert await names(active_compute_node_id="1") == []
