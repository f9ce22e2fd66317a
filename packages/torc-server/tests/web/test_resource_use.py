"""What jobs required and used, over HTTP."""

from typing import Any


async def furnished(api: Any, count: int = 3, **needs: Any) -> tuple[int, list[int], int]:
    """Return a workflow whose jobs require 4 GiB and one hour, its jobs, and its node."""
    workflow_id = await api.workflow()
    body = {"workflow_id": workflow_id, "name": "big", "num_cpus": 2, "memory": "4g", "runtime": "PT1H", **needs}
    needs_id = (await api.ok("POST", "/resource_requirements", body))["id"]
    jobs = [
        {"workflow_id": workflow_id, "name": f"sim_{n}", "command": "true", "resource_requirements_id": needs_id}
        for n in range(count)
    ]
    created = (await api.ok("POST", "/bulk_jobs", {"jobs": jobs}))["jobs"]
    return workflow_id, [job["id"] for job in created], await api.node(workflow_id)


async def use_of(api: Any, workflow_id: int) -> Any:
    return await api.ok("GET", f"/workflows/{workflow_id}/resource_use")


async def test_use_is_compared_with_what_was_required(api: Any, make_result: Any) -> None:
    workflow_id, jobs, node_id = await furnished(api)
    measured = [
        (2**30, 95.5, 6.0, 0, "completed"),
        (2 * 2**30, 110.0, 3.0, 0, "completed"),
        (None, None, 60, 152, "failed"),
    ]
    for job_id, (memory, cpu, minutes, code, status) in zip(jobs, measured, strict=True):
        members = {"peak_memory_bytes": memory, "peak_cpu_percent": cpu, "exec_time_minutes": minutes}
        await api.ok(
            "POST", "/results", make_result(workflow_id, job_id, node_id, return_code=code, status=status, **members)
        )
    found = await use_of(api, workflow_id)
    each = next(each for each in found["requirements"] if each["requirements"]["name"] == "big")
    assert (each["requirements"]["memory"], each["requirements"]["num_cpus"], each["num_jobs"]) == ("4g", 2, 3)
    used = each["used"]
    assert (used["num_results"], used["num_measured"], used["num_unsuccessful"]) == (3, 2, 1)
    assert (used["num_out_of_memory"], used["num_out_of_time"]) == (0, 1)
    assert (used["memory_bytes"]["least"], used["memory_bytes"]["p50"], used["memory_bytes"]["most"]) == (
        2**30, 2**30, 2 * 2**30,
    )  # fmt: skip
    assert (used["cpu_percent"]["most"], used["seconds"]["p50"]) == (110.0, 360.0)
    assert [(group["group"], group["num_jobs"]) for group in each["groups"]] == [("sim_#", 3)]
    assert [job["job_id"] for job in each["most_memory"]] == [jobs[1], jobs[0]]
    assert [job["job_name"] for job in each["longest"]] == ["sim_2", "sim_0", "sim_1"]
    assert {job["job_id"] for job in each["sample"]} == set(jobs)


async def test_a_workflow_without_results_has_only_requirements(api: Any) -> None:
    workflow_id, _, _ = await furnished(api, 2)
    (each,) = (await use_of(api, workflow_id))["requirements"]
    assert (each["num_jobs"], each["sample"], each["used"]) == (
        2,
        [],
        {"num_results": 0, "num_measured": 0, "num_unsuccessful": 0, "num_out_of_memory": 0, "num_out_of_time": 0},
    )
    assert (await use_of(api, await api.workflow())) == {"requirements": [], "requirements_left_off": 0}


async def test_a_changed_requirement_is_compared_at_once(api: Any, make_result: Any) -> None:
    workflow_id, jobs, node_id = await furnished(api, 1)
    failed = make_result(workflow_id, jobs[0], node_id, return_code=1, status="failed", peak_memory_bytes=3 * 2**30)
    await api.ok("POST", "/results", failed)
    (each,) = (await use_of(api, workflow_id))["requirements"]
    assert each["used"]["num_out_of_memory"] == 0
    await api.ok(
        "PUT", f"/resource_requirements/{each['requirements']['id']}", {**each["requirements"], "memory": "2g"}
    )
    (each,) = (await use_of(api, workflow_id))["requirements"]
    assert (each["requirements"]["memory"], each["used"]["num_out_of_memory"]) == ("2g", 1)


async def test_the_return_codes_of_the_workflow_decide_what_was_lacking(api: Any, make_result: Any) -> None:
    workflow_id, jobs, node_id = await furnished(api, 1)
    workflow = await api.ok("GET", f"/workflows/{workflow_id}")
    await api.ok("PUT", f"/workflows/{workflow_id}", {**workflow, "execution_config": {"oom_exit_code": 77}})
    await api.ok("POST", "/results", make_result(workflow_id, jobs[0], node_id, return_code=77, status="failed"))
    (each,) = (await use_of(api, workflow_id))["requirements"]
    assert each["used"]["num_out_of_memory"] == 1
