"""Jobs: their record, their life from claim to completion, and what they read and write."""

from typing import Any

from published.driver.recorder import Recorder, page
from published.driver.records import Record, drive
from published.driver.workflows import new_jobs, new_node, new_workflow

WHEN = "2026-01-02T03:05:05Z"


def result_of(workflow_id: int, job_id: int, node: int, **members: Any) -> dict[str, Any]:
    """The result of a job's first attempt in its first run."""
    return {
        "workflow_id": workflow_id, "job_id": job_id, "run_id": 1, "attempt_id": 1, "compute_node_id": node,
        "return_code": 0, "exec_time_minutes": 0.5, "completion_time": WHEN, "status": "completed", **members,
    }  # fmt: skip


def started(recorder: Recorder, name: str, *jobs: dict[str, Any]) -> tuple[int, int, list[int]]:
    """A workflow that is initialized: its workflow_id, an active node, its jobs."""
    workflow_id = new_workflow(recorder, name)["id"]
    made = new_jobs(recorder, workflow_id, *jobs)
    start(recorder, workflow_id)
    return workflow_id, new_node(recorder, workflow_id), made


def start(recorder: Recorder, workflow_id: int) -> None:
    """As the client's own start does: the next run, and its jobs initialized."""
    recorder.call("reset_workflow_status", workflow_id, expect=lambda _: True)
    recorder.call("initialize_jobs", workflow_id, expect=lambda _: True)
    recorder.call("get_workflow", workflow_id, expect={"run_id": 1})


def job_record(recorder: Recorder) -> None:
    """Create, read, change, list and delete jobs."""
    workflow_id = new_workflow(recorder, "job record")["id"]
    body = {"workflow_id": workflow_id, "name": "a", "command": "echo ü", "env": {"A": "b"}, "priority": 3}
    made = recorder.call("create_job", recorder.model("JobModel", **body), expect=body | {"status": "uninitialized"})
    recorder.call("get_job", made["id"], expect=made)
    changed = made | {"command": "true"}
    recorder.call("update_job", made["id"], recorder.model("JobModel", **changed), expect={"command": "true"})
    recorder.call("list_jobs", workflow_id, name="a", expect=page({"id": made["id"], "command": "true"}))
    recorder.call("list_job_ids", workflow_id, expect={"job_ids": [made["id"]], "count": 1})
    recorder.call("delete_job", made["id"], expect={"id": made["id"]})
    new_jobs(recorder, workflow_id, {"name": "b"}, {"name": "c"})
    recorder.call("delete_jobs", workflow_id, expect={"count": 2})
    recorder.call("list_jobs", workflow_id, expect=page())


def life(recorder: Recorder) -> None:
    """Initialize, claim, start, retry, complete; then reset and run again."""
    workflow_id, node, (a, b) = started(recorder, "life", {"name": "a"}, {"name": "b"})
    recorder.call("is_workflow_uninitialized", workflow_id, expect={"is_uninitialized": False})
    recorder.call("get_ready_job_requirements", workflow_id, expect={"num_jobs": 2})
    offer = recorder.model("ComputeNodesResources", num_cpus=8, memory_gb=16.0, num_gpus=0, num_nodes=1)
    recorder.call(
        "claim_jobs_based_on_resources", workflow_id, 1, offer, expect={"jobs": [{"id": a, "status": "pending"}]}
    )
    recorder.call("claim_next_jobs", workflow_id, limit=5, expect={"jobs": [{"id": b, "status": "pending"}]})
    for job in (a, b):
        recorder.call("start_job", job, 1, node, expect={"id": job, "status": "running"})
    running = [{"job_id": a, "job_name": "a"}, {"job_id": b, "job_name": "b"}]
    recorder.call("get_running_jobs", workflow_id, expect={"items": running, "total_count": 2})
    failed = recorder.model("ResultModel", **result_of(workflow_id, a, node, return_code=1, status="failed"))
    recorder.call("complete_job", a, "failed", 1, failed, expect={"id": a, "status": "failed"})
    recorder.call("retry_job", a, 1, 3, expect={"id": a, "status": "ready", "attempt_id": 2})
    recorder.call("claim_next_jobs", workflow_id, limit=5, expect={"jobs": [{"id": a}]})
    recorder.call("start_job", a, 1, node, expect={"status": "running"})
    entries = [
        {"job_id": a, "status": "completed", "run_id": 1, "result": result_of(workflow_id, a, node, attempt_id=2)},
        {"job_id": b, "status": "completed", "run_id": 1, "result": result_of(workflow_id, b, node)},
    ]
    request = recorder.model("BatchCompleteJobsRequest", completions=entries)
    recorder.call("batch_complete_jobs", workflow_id, request, expect={"completed": [a, b], "errors": []})
    recorder.call("is_workflow_complete", workflow_id, expect={"is_complete": True, "is_canceled": False})
    recorder.call("get_workflow_status", workflow_id, expect={"jobs_by_status": {"completed": 2}, "is_complete": True})
    recorder.call("manage_status_change", a, "uninitialized", 1, expect={"id": a, "status": "uninitialized"})
    recorder.call("reset_workflow_status", workflow_id, expect=lambda _: True)
    recorder.call(
        "reset_job_status", workflow_id, expect={"workflow_id": workflow_id, "updated_count": lambda n: n >= 1}
    )
    recorder.call("is_workflow_uninitialized", workflow_id, expect={"is_uninitialized": True})


def results(recorder: Recorder) -> None:
    """The results of a job, and what Slurm told of it."""
    workflow_id, node, (a,) = started(recorder, "results", {"name": "a"})
    body = result_of(workflow_id, a, node)
    record = Record(
        "ResultModel",
        "result",
        body,
        {"return_code": 7},
        filters={"all_runs": True, "job_id": a, "run_id": 1, "return_code": 7},
    )
    drive(recorder, record, workflow_id)
    stats = {
        "workflow_id": workflow_id, "job_id": a, "run_id": 1, "attempt_id": 1, "slurm_job_id": "77", "max_rss_bytes": 5,
        "ave_cpu_seconds": 1.5, "node_list": "n[1-2]",
    }  # fmt: skip
    recorder.call("create_slurm_stats", recorder.model("SlurmStatsModel", **stats), expect=stats)
    recorder.call("list_slurm_stats", workflow_id, job_id=a, expect=page(stats))
    recorder.call("get_slurm_job_correlations", workflow_id, expect={"total_count": lambda n: n in (0, 1)})


def relationships(recorder: Recorder) -> None:
    """Files and user data between jobs, and what is missing of them."""
    workflow_id = new_workflow(recorder, "relationships")["id"]
    files = [{"workflow_id": workflow_id, "name": name, "path": f"{name}.txt"} for name in ("in", "out")]
    answer = recorder.call("create_files", recorder.model("FilesModel", files=files), expect={"files": files})
    given, made = (file["id"] for file in answer["files"])
    data = [{"workflow_id": workflow_id, "name": name} for name in ("x", "y")]
    model = recorder.model("UserDataListModel", user_data=data)
    x, y = (row["id"] for row in recorder.call("create_user_data_list", model, expect={"user_data": data})["user_data"])
    a, b = new_jobs(
        recorder, workflow_id,
        {"name": "a", "input_file_ids": [given], "output_file_ids": [made], "input_user_data_ids": [x],
         "output_user_data_ids": [y]},
        {"name": "b", "input_file_ids": [made], "input_user_data_ids": [y]},
    )  # fmt: skip
    recorder.call("initialize_jobs", workflow_id, expect=lambda _: True)
    recorder.call("list_job_dependencies", workflow_id, expect=page({"job_id": b, "depends_on_job_id": a}))
    between = {"producer_job_id": a, "consumer_job_id": b}
    answer = recorder.call("list_job_file_relationships", workflow_id, expect={"total_count": 2})
    recorder.failures += [] if between | {"file_id": made} in only(answer, "file_id") else [f"files: {answer}"]
    answer = recorder.call("list_job_user_data_relationships", workflow_id, expect={"total_count": 2})
    found = between | {"user_data_id": y} in only(answer, "user_data_id")
    recorder.failures += [] if found else [f"user data: {answer}"]
    recorder.call("list_files", workflow_id, produced_by_job_id=a, expect=page({"id": made}))
    recorder.call("list_required_existing_files", workflow_id, expect={"files": [given]})
    recorder.call("list_missing_user_data", workflow_id, expect={"user_data": [x]})
    recorder.call("process_changed_job_inputs", workflow_id, dry_run=True, expect={"reinitialized_jobs": []})


def only(answer: dict[str, Any], member: str) -> list[dict[str, Any]]:
    """The items with nothing but who made it, who takes it, and what it is."""
    names = ("producer_job_id", "consumer_job_id", member)
    return [{name: item.get(name) for name in names} for item in answer["items"]]


def spawning(recorder: Recorder) -> None:
    """A running job makes another."""
    workflow_id = new_workflow(recorder, "spawning", dynamic_jobs={"max_iterations": 3})["id"]
    (a,) = new_jobs(recorder, workflow_id, {"name": "a"})
    start(recorder, workflow_id)
    recorder.call("claim_next_jobs", workflow_id, expect={"jobs": [{"id": a}]})
    recorder.call("start_job", a, 1, new_node(recorder, workflow_id), expect={"status": "running"})
    request = recorder.model("SpawnJobsRequest", jobs=[{"name": "child", "command": "true"}])
    answer = recorder.call(
        "spawn_jobs", a, request, expect={"iteration": 1, "spawned_job_ids": lambda ids: len(ids) == 1}
    )
    recorder.call("get_job", answer["spawned_job_ids"][0], expect={"name": "child", "command": "true"})
