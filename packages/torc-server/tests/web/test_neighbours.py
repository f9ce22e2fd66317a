"""The jobs near a job, over HTTP."""

from typing import Any


async def test_the_neighbours_of_a_job(api: Any) -> None:
    workflow_id = await api.workflow()

    async def create(name: str, *needed: int) -> int:
        body = {"workflow_id": workflow_id, "name": name, "command": "true", "depends_on_job_ids": list(needed)}
        return (await api.ok("POST", "/jobs", body))["id"]

    first = await create("first")
    many = [await create(f"m{number}", first) for number in range(5)]
    last = await create("last", *many)
    found = await api.ok("GET", f"/jobs/{many[0]}/neighbours")
    assert {(each["job_name"], each["step"], each["status"]) for each in found["jobs"]} == {
        ("m0", 0, "uninitialized"), ("first", -1, "uninitialized"), ("last", 1, "uninitialized"),
    }  # fmt: skip
    assert {(each["source_job_id"], each["target_job_id"]) for each in found["edges"]} == {
        (first, many[0]), (many[0], last),
    }  # fmt: skip
    found = await api.ok("GET", f"/jobs/{first}/neighbours?steps=2&limit=3")
    assert found["steps"] == [
        {"step": 1, "num_jobs": 5, "is_exact": True, "left_off": 2},
        {"step": 2, "num_jobs": 1, "is_exact": True, "left_off": 0},
    ]
    assert await api.ok("GET", f"/jobs/{first}/neighbours?steps=2&limit=3") == await api.ok(
        "GET", f"/jobs/{first}/neighbours?steps=9&limit=3"
    ), "there are at most two steps"


async def test_refusals(api: Any) -> None:
    assert (await api.call("GET", "/jobs/77/neighbours")).status == 404
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    for query in ("steps=0", "steps=x", "limit=0"):
        assert (await api.call("GET", f"/jobs/{job_id}/neighbours?{query}")).status in {400, 422}


async def test_a_job_can_be_read_without_its_dependencies(api: Any) -> None:
    workflow_id = await api.workflow()
    file_id = (await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": "f", "path": "f"}))["id"]
    (first,) = await api.jobs(workflow_id, 1)
    body = {"workflow_id": workflow_id, "name": "second", "command": "true", "input_file_ids": [file_id]}
    second = (await api.ok("POST", "/jobs", {**body, "depends_on_job_ids": [first]}))["id"]
    whole = await api.ok("GET", f"/jobs/{second}")
    assert (whole["depends_on_job_ids"], whole["input_file_ids"]) == ([first], [file_id])
    assert await api.ok("GET", f"/jobs/{second}?include_dependencies=true") == whole
    del whole["depends_on_job_ids"]
    assert await api.ok("GET", f"/jobs/{second}?include_dependencies=false") == whole
