"""Jobs: their record, their life from claim to completion, their results, and the jobs that they create."""

from typing import Any

from published.newest.client import Client
from published.newest.records import PAGE, WHEN, new_workflow
from published.newest.workflows import new_node


def result_of(workflow_id: int, job_id: int, node: int, **of: Any) -> dict[str, Any]:
    """Return the result of the first attempt in the first run."""
    return {
        "workflow_id": workflow_id, "job_id": job_id, "run_id": 1, "attempt_id": 1, "compute_node_id": node,
        "return_code": 0, "exec_time_minutes": 0.5, "completion_time": WHEN, "status": "completed",
        "peak_memory_bytes": 5, "avg_memory_bytes": 4, "peak_cpu_percent": 3.5, "avg_cpu_percent": 2.5, **of,
    }  # fmt: skip


def started(client: Client, name: str, *names: str, **of: Any) -> tuple[int, list[int], int]:
    """Create and start a workflow as the client of 1.0 does: its id, its jobs, an active node."""
    workflow_id = new_workflow(client, name, **of)
    bodies = [{"workflow_id": workflow_id, "name": each, "command": "true"} for each in names]
    jobs = [each["id"] for each in client("create_jobs", body={"jobs": bodies})["jobs"]]
    client("reset_workflow_status", workflow_id)
    client("reset_job_status", workflow_id, failed_only=False)
    client("initialize_jobs", workflow_id)
    return workflow_id, jobs, new_node(client, workflow_id)


def job_record(client: Client) -> None:
    """A job keeps all of its members and is found by each filter."""
    workflow_id = new_workflow(client, "job record")
    of = {"workflow_id": workflow_id}
    needs = {**of, "name": "small", "num_cpus": 2, "num_gpus": 0, "num_nodes": 1, "memory": "3g", "runtime": "PT5M"}
    handler = {**of, "name": "h", "rules": '[{"exit_codes":[3],"max_retries":2}]'}
    scheduler = client("create_slurm_scheduler", body={**of, "account": "a", "nodes": 1, "walltime": "01:00:00"})
    first = client("create_job", body={**of, "name": "a", "command": "true"})
    file = client("create_file", body={**of, "name": "f", "path": "f"})["id"]
    data = client("create_user_data", body={**of, "name": "u"})["id"]
    body = {
        **of, "name": "b_1", "command": "echo ü", "env": {"A": "b"}, "priority": 3, "invocation_script": "exec $0",
        "cancel_on_blocking_job_failure": False, "supports_termination": True, "labels": ["big", "gpu"],
        "depends_on_job_ids": [first["id"]], "input_file_ids": [file], "input_user_data_ids": [data],
        "output_file_ids": [client("create_file", body={**of, "name": "g", "path": "g"})["id"]],
        "output_user_data_ids": [client("create_user_data", body={**of, "name": "v"})["id"]],
        "resource_requirements_id": client("create_resource_requirements", body=needs)["id"],
        "failure_handler_id": client("create_failure_handler", body=handler)["id"], "scheduler_id": scheduler["id"],
        "schedule_compute_nodes": {"num_jobs": 1, "scheduler_id": scheduler["id"], "max_parallel_jobs": 2,
                                   "start_one_worker_per_node": False},
    }  # fmt: skip
    made = client("create_job", body=body)
    assert client("get_job", made["id"])["env"] == {"A": "b"}
    client("update_job", made["id"], body=client("get_job", made["id"]) | {"priority": 4, "labels": ["gpu"]})
    filters = {"status": "uninitialized", "name": "b_", "command": "echo", "needs_file_id": file,
               "upstream_job_id": first["id"], "origin_is_set": False, "include_relationships": True}  # fmt: skip
    page = client("list_jobs", **of, **filters, labels="gpu,other", **PAGE)
    assert [each["id"] for each in page["items"]] == [made["id"]]
    page = client("list_jobs", **of, labels="other")
    assert page["items"] == []
    assert client("list_job_ids", workflow_id)["job_ids"] == [first["id"], made["id"]]
    client("delete_job", made["id"])
    assert client("delete_jobs", **of)["count"] == 1


def life(client: Client) -> None:
    """Jobs are claimed, started, retried and completed, and run again in the next run."""
    workflow_id, (a, b), node = started(client, "life", "a", "b")
    assert client("get_ready_job_requirements", workflow_id)["num_jobs"] == 2
    assert client("get_ready_job_requirements", workflow_id, scheduler_config_id=1)["num_jobs"] == 0
    offer = {"num_cpus": 8, "memory_gb": 16.0, "num_gpus": 0, "num_nodes": 1, "time_limit": "PT1H",
             "scheduler_config_id": 1, "labels": [], "id": node}  # fmt: skip
    claimed = client("claim_jobs_based_on_resources", workflow_id, 1, body=offer, strict_scheduler_match=False)
    assert [each["id"] for each in claimed["jobs"]] == [a]
    assert [each["id"] for each in client("claim_next_jobs", workflow_id, limit=5, labels="")["jobs"]] == [b]
    for job in (a, b):
        client("start_job", job, 1, node)
    page = client("list_jobs", workflow_id=workflow_id, active_compute_node_id=node)
    assert [each["id"] for each in page["items"]] == [a, b]
    assert client("get_running_jobs", workflow_id, offset=0, limit=10)["count"] == 2
    client("get_workflow_status", workflow_id)
    failed = result_of(workflow_id, a, node, return_code=1, status="failed")
    client("complete_job", a, "failed", 1, body=failed)
    assert client("retry_job", a, 1, max_retries=3)["status"] == "ready"
    client("claim_next_jobs", workflow_id)
    client("start_job", a, 1, node)
    completions = [
        {"job_id": a, "status": "completed", "run_id": 1, "result": result_of(workflow_id, a, node, attempt_id=2)},
        {"job_id": b, "status": "completed", "run_id": 1, "result": result_of(workflow_id, b, node)},
        {"job_id": b, "status": "failed", "run_id": 1, "result": failed},
    ]
    answer = client("batch_complete_jobs", workflow_id, body={"completions": completions})
    assert (answer["completed"], [each["job_id"] for each in answer["errors"]]) == ([a, b], [b])
    assert client("is_workflow_complete", workflow_id)["is_complete"] is True
    client("manage_status_change", a, "uninitialized", 1)
    client("process_changed_job_inputs", workflow_id)
    client("reset_job_status", workflow_id)
    client("delete_compute_nodes", workflow_id=workflow_id)


def results(client: Client) -> None:
    """A result that a client stores is current, and Slurm's numbers are kept beside it."""
    workflow_id, (a,), node = started(client, "results", "a")
    body = result_of(workflow_id, a, node)
    made = client("create_result", body=body)
    assert client("get_result", made["id"])["job_name"] == "a"
    client("update_result", made["id"], body=made | {"return_code": 7})
    filters: dict[str, Any] = {
        "job_id": a,
        "run_id": 1,
        "return_code": 7,
        "status": "completed",
        "compute_node_id": node,
    }
    page = client("list_results", workflow_id=workflow_id, all_runs=False, **filters, **PAGE)
    assert [each["id"] for each in page["items"]] == [made["id"]]
    stats = {
        "workflow_id": workflow_id, "job_id": a, "run_id": 1, "attempt_id": 1, "slurm_job_id": "77", "max_rss_bytes": 5,
        "ave_cpu_seconds": 1.5, "node_list": "n[1-2]", "max_vm_size_bytes": 6, "max_disk_read_bytes": 7,
        "max_disk_write_bytes": 8,
    }  # fmt: skip
    client("create_slurm_stats", body=stats)
    of_attempt = {"job_id": a, "run_id": 1, "attempt_id": 1, "offset": 0, "limit": 10}
    assert client("list_slurm_stats", workflow_id=workflow_id, **of_attempt)["count"] == 1
    client("get_slurm_job_correlations", workflow_id, offset=0, limit=10)
    client("delete_result", made["id"])
    client("create_result", body=body)
    assert client("delete_results", workflow_id=workflow_id)["count"] == 1


def spawning(client: Client) -> None:
    """A running job creates jobs with all members of the model."""
    workflow_id, (a,), node = started(client, "spawning", "a", env={"SHARED": "1"})
    client("create_resource_requirements", body={"workflow_id": workflow_id, "name": "small", "num_cpus": 1})
    client("claim_next_jobs", workflow_id)
    client("start_job", a, 1, node)
    child = {"name": "c", "command": "true", "depends_on": [], "priority": 2, "resource_requirements": "small",
             "cancel_on_blocking_job_failure": False, "labels": ["big"]}  # fmt: skip
    answer = client("spawn_jobs", a, body={"jobs": [child], "lineage": "sweep", "state": {"x": 1}})
    (made,) = answer["spawned_job_ids"]
    found = client("get_job", made)
    assert (found["origin"], found["labels"], found["priority"]) == ("spawn", ["big"], 2)
    assert found["env"] == {"SHARED": "1", "TORC_ORCHESTRATOR_LINEAGE_ID": "sweep"}
    (record,) = client("list_user_data", workflow_id=workflow_id)["items"]
    assert (record["name"], record["is_ephemeral"]) == ("__torc_lineage__sweep__g000001", True)
    assert record["data"] == {"generation": 1, "spawn_count": 1, "state": {"x": 1}}
    assert [each["id"] for each in client("list_jobs", workflow_id=workflow_id, origin_is_set=True)["items"]] == [made]
