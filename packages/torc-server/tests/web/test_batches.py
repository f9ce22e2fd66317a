"""Many jobs that are started and completed in one call."""

from collections.abc import Callable
from typing import Any

Result = Callable[..., dict[str, Any]]


def entry(result: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"job_id": result["job_id"], "run_id": 0, "status": result["status"], "result": result, **members}


async def test_jobs_are_started_and_completed_in_batches(api: Any, make_result: Result) -> None:
    workflow_id = await api.workflow()
    jobs, node = await api.jobs(workflow_id, 3), await api.node(workflow_id)
    (behind,) = await api.jobs(workflow_id, 1, depends_on_job_ids=jobs)
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    path = f"/workflows/{workflow_id}"
    body = {"run_id": 0, "compute_node_id": node, "starts": [{"job_id": job_id} for job_id in jobs]}
    for _ in range(2):  # a repeated call gets the same answer
        assert await api.ok("POST", f"{path}/batch_start_jobs", body) == {"started": jobs, "errors": []}
    shown = await api.ok("GET", f"/jobs/{jobs[0]}")
    assert (shown["status"], shown["compute_node_id"], "start_time" in shown) == ("running", node, True)

    completions = [entry(make_result(workflow_id, job_id, node, peak_memory_bytes=7)) for job_id in jobs]
    for _ in range(2):
        answer = await api.ok("POST", f"{path}/batch_complete_jobs", {"completions": completions})
        assert answer == {"completed": jobs, "errors": []}
    results = (await api.ok("GET", "/results", params={"workflow_id": workflow_id}))["items"]
    assert [(each["job_id"], each["peak_memory_bytes"]) for each in results] == [(job_id, 7) for job_id in jobs]
    assert [each["id"] for each in (await api.claim(workflow_id))["jobs"]] == [behind]


async def test_each_completion_is_checked_by_itself(api: Any, make_result: Result) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    good, late, strange, twice, running, mixed = (
        *(await api.jobs(workflow_id, 2)),
        *(await api.jobs(other, 1)),
        *(await api.jobs(workflow_id, 3)),
    )
    node = await api.node(workflow_id)
    await api.initialize(workflow_id)
    results = {
        job_id: make_result(workflow_id, job_id, node) for job_id in (good, late, strange, twice, running, mixed)
    }
    failed = {**results[twice], "status": "failed", "return_code": 1}
    completions = [
        entry(results[good]),
        entry(results[late], run_id=5),
        entry(results[strange]),
        entry(results[twice]),
        entry(failed),
        entry(results[running], status="running"),
        entry(results[mixed], job_id=good),
        entry({**results[good], "job_id": 999}),
        entry({**results[mixed], "compute_node_id": 999}),
    ]
    path = f"/workflows/{workflow_id}/batch_complete_jobs"
    answer = await api.ok("POST", path, {"completions": completions})
    assert answer["completed"] == [good, twice]
    assert [(each["job_id"], each["message"]) for each in answer["errors"]] == [
        (late, f"Workflow {workflow_id} is in run 0, not 5"),
        (strange, f"Workflow {workflow_id} has no job {strange}"),
        (twice, "Job 'job0' is already complete: it is completed"),
        (running, "A job cannot be completed as running"),
        (good, f"The report is about job {mixed}, not {good}"),
        (999, f"Workflow {workflow_id} has no job 999"),
        (mixed, f"Workflow {workflow_id} has no compute node 999"),
    ]


async def test_the_reported_attempt_is_stored(api: Any, make_result: Result) -> None:
    workflow_id = await api.workflow()
    (job_id,), node = await api.jobs(workflow_id, 1), await api.node(workflow_id)
    ends = [entry(make_result(workflow_id, job_id, node, attempt_id=number)) for number in (0, 2, None)]
    answer = await api.ok("POST", f"/workflows/{workflow_id}/batch_complete_jobs", {"completions": ends})
    assert [each["message"] for each in answer["errors"]] == [
        "Attempt 0 of job 'job0' is no longer current; the current one is 1",
        "Job 'job0' is at attempt 1, not 2",
    ]
    assert answer["completed"] == [job_id]


async def test_each_start_is_checked_by_itself(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    (first, second), (strange,) = await api.jobs(workflow_id, 2), await api.jobs(other, 1)
    node, elsewhere = await api.node(workflow_id), await api.node(workflow_id)
    await api.initialize(workflow_id)
    await api.claim(workflow_id, 1)
    starts = [
        {"job_id": first, "compute_node_id": elsewhere},
        *({"job_id": job_id} for job_id in (second, strange, 999, first)),
        {"job_id": first, "run_id": 4},
    ]
    body = {"run_id": 0, "compute_node_id": node, "starts": starts}
    answer = await api.ok("POST", f"/workflows/{workflow_id}/batch_start_jobs", body)
    assert answer["started"] == [first]
    assert [(each["job_id"], each["message"]) for each in answer["errors"]] == [
        (second, "Job 'job1' is ready; start needs a job that is pending"),
        (strange, f"Workflow {workflow_id} has no job {strange}"),
        (999, f"Workflow {workflow_id} has no job 999"),
        (first, "Job 'job0' is running; start needs a job that is pending"),
        (first, "Job 'job0' is running; start needs a job that is pending"),
    ]
    assert (await api.ok("GET", f"/jobs/{first}"))["compute_node_id"] == elsewhere


async def test_invalid_batches_are_refused(api: Any) -> None:
    bodies = {
        "batch_complete_jobs": {"completions": []},
        "batch_start_jobs": {"run_id": 0, "compute_node_id": 1, "starts": []},
    }
    workflow_id = await api.workflow()
    for name, body in bodies.items():
        reply = await api.call("POST", f"/workflows/999/{name}", body)
        assert (reply.status, reply.message) == (404, "There is no workflow 999")
        assert (await api.ok("POST", f"/workflows/{workflow_id}/{name}", body))["errors"] == []
        assert (await api.call("POST", f"/workflows/{workflow_id}/{name}", {})).status == 400


async def test_the_message_names_the_invalid_result(api: Any) -> None:
    workflow_id = await api.workflow()
    for wrong, says in (
        ("x", "completions.0.result: must be a JSON object"),
        ({"job_id": 1}, "completions.0.result.return_code: is missing"),
    ):
        body = {"completions": [{"job_id": 1, "run_id": 0, "status": "completed", "result": wrong}]}
        reply = await api.call("POST", f"/workflows/{workflow_id}/batch_complete_jobs", body)
        assert reply.status == 400
        assert says in reply.message
    reply = await api.call("POST", f"/workflows/{workflow_id}/batch_complete_jobs", {"completions": ["x"]})
    assert (reply.status, "completions.0: must be a JSON object" in reply.message) == (400, True)
