"""A workflow of 100,002 jobs in the middle of its run, as answers of a server that the views of the interface read."""

from datetime import UTC, datetime, timedelta
from typing import Any

from torc_client.testing.fake_server import FakeServer
from tui_screens import page_of

STATUSES = (
    "uninitialized", "blocked", "ready", "pending", "running", "completed", "failed", "canceled", "terminated",
    "disabled", "pending_failed",
)  # fmt: skip
COUNTS = {"completed": 34_012, "failed": 1, "running": 12, "ready": 65_976, "blocked": 1}


def counts(**given: int) -> dict[str, int]:
    """Return the numbers of jobs of all statuses."""
    return dict.fromkeys(STATUSES, 0) | given


def status(**given: Any) -> dict[str, Any]:
    """Return the status of workflow 2."""
    numbers = given.pop("counts", COUNTS)
    return {
        "workflow_id": 2, "workflow_name": "ensemble-100k", "workflow_user": "ada", "run_id": 1,
        "active_compute_nodes": 1, "active_scheduled_nodes": 0, "pending_scheduled_nodes": 0, "is_canceled": False,
        "is_complete": False,
        "runtime_blocked_ready_jobs": 0, "jobs_by_status": counts(**numbers), "total_jobs": sum(numbers.values()),
        "total_exec_time_minutes": 12.0, **given,
    }  # fmt: skip


def group(key: str, first_job_id: int, **numbers: int) -> dict[str, Any]:
    """Return a group of jobs."""
    return {
        "key": key, "label": key, "first_job_id": first_job_id, "highest_priority": 0, "lowest_priority": 0,
        "merged_groups": 0, "resource_requirements_ids": [5], "jobs_by_status": counts(**numbers),
        "total_jobs": sum(numbers.values()),
    }  # fmt: skip


FAILURE = {
    "examples": [{"job_id": 99, "job_name": "simulate_98"}], "group": "simulate_#", "kind": "exit_code",
    "num_jobs": 1, "return_code": 1, "status": "failed",
}  # fmt: skip


def answer_empty(server: FakeServer) -> None:
    """Let a server answer what the overview reads of workflow 2 without jobs."""
    server.answer("get_workflow", {"id": 2, "name": "sweep", "user": "ada"})
    server.answer("get_workflow_status", status(counts={}, active_compute_nodes=0))
    server.answer("list_failures", {"clusters": [], "clusters_left_off": 0, "total_jobs": 0})
    for operation in ("list_compute_nodes", "list_jobs", "list_results", "list_resource_requirements"):
        server.answer(operation, page_of([]))
    server.answer("list_job_groups", {"groups": [], "edges": [], "edges_left_off": 0})
    server.answer("explain_workflow", explained())
    server.answer("get_throughput", {"bin_seconds": 60, "ended": [], "jobs_left": 0})


def answer_ensemble(server: FakeServer) -> None:
    """Let a server answer what the views read of workflow 2. Jobs run since 2 h 5 min."""
    start = (datetime.now(UTC) - timedelta(hours=2, minutes=5, seconds=20)).isoformat()
    node = {
        "id": 3, "workflow_id": 2, "compute_node_type": "slurm", "hostname": "n1", "num_cpus": 36, "memory_gb": 96.0,
        "num_gpus": 0, "num_nodes": 1, "pid": 1, "start_time": start, "is_active": True,
        "scheduler": {"slurm_job_id": 4512},
    }  # fmt: skip
    jobs = [
        {
            "id": at, "workflow_id": 2, "name": f"simulate_{at}", "command": "simulate", "status": "running",
            "start_time": start, "compute_node_id": 3, "resource_requirements_id": 5, "attempt_id": 1,
        }
        for at in range(101, 104)
    ]  # fmt: skip
    needs = {"id": 5, "workflow_id": 2, "name": "small", "num_cpus": 1, "memory": "4g", "runtime": "PT4H"}
    groups = [
        group("prepare", 1, completed=1),
        group("simulate_#", 2, completed=34_011, failed=1, running=12, ready=65_976),
        group("summarise", 100_002, blocked=1),
    ]
    edges = [
        {"source": source, "target": target, "pairs": 1, "kind": "dependency"}
        for source, target in (("prepare", "simulate_#"), ("simulate_#", "summarise"))
    ]
    server.answer("get_workflow", {"id": 2, "name": "ensemble-100k", "user": "ada"})
    server.answer("get_workflow_status", status())
    server.answer("list_failures", {"clusters": [FAILURE | {"examples": []}], "clusters_left_off": 0, "total_jobs": 1})
    server.answer("list_compute_nodes", page_of([node]))
    server.answer("list_jobs", page_of(jobs))
    server.answer("list_resource_requirements", page_of([needs]))
    server.answer("list_results", page_of([]))
    server.answer("list_job_groups", {"groups": groups, "edges": edges, "edges_left_off": 0})
    server.answer("explain_workflow", explained())
    server.answer(
        "get_throughput",
        {"bin_seconds": 60, "ended": [3, 9, 12, 0, 20, 31, 40, 38], "jobs_left": 65_989, "ended_per_minute": 96.0,
         "seconds_left": 6620.0, "start_time": start},
    )  # fmt: skip


def explained(*reasons: dict[str, Any]) -> dict[str, Any]:
    """Return why jobs do not run: without other reasons, that some need more memory than any node has."""
    too_large = {
        "code": "too_large", "count": 812, "jobs": [],
        "message": "812 ready jobs need 128 GiB of memory, but no node offers more than 96 GiB",
    }  # fmt: skip
    return {
        "workflow_id": 2, "active_compute_nodes": 1, "is_claimable": True, "jobs_by_status": counts(**COUNTS),
        "ready": [], "reasons": list(reasons or (too_large,)),
    }  # fmt: skip
