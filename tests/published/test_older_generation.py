"""What clients of generation 0.12 send, and in which order, by plain HTTP."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest

from support.processes import Server

WHEN = "2026-01-02T03:05:05Z"


@dataclass(frozen=True)
class Wire:
    """JSON over HTTP, as that generation speaks it."""

    url: str
    agent: str = "OpenAPI-Generator/v0.7.0/rust"

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """What the server answers with 200."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "User-Agent": self.agent}
        request = urllib.request.Request(f"{self.url}/{path}", data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            assert answer.status == 200
            return json.load(answer)


@pytest.fixture
def wire(server: Server) -> Wire:
    return Wire(server.url)


def create(wire: Wire) -> tuple[str, list[int], int]:
    """Create from a spec, as that client does: its path, its two jobs, the file between the first and the disk."""
    made = wire("POST", "workflows", {"name": "w", "user": "tester"})
    of = {"workflow_id": made["id"]}
    assert made["status_id"] == made["id"]
    given = wire("POST", "files", {**of, "name": "in", "path": "in.txt", "st_mtime": 1.0})
    between = wire("POST", "files", {**of, "name": "out", "path": "out.txt"})
    needs = wire("POST", "resource_requirements", {**of, "name": "s", "num_cpus": 1, "num_gpus": 0, "num_nodes": 1,
                 "memory": "1g", "runtime": "PT1M"})  # fmt: skip
    wire("POST", "local_schedulers", {**of, "name": "here"})
    wire("POST", "failure_handlers", {**of, "name": "h", "rules": '[{"exit_codes":[9],"max_retries":1}]'})
    first = {**of, "name": "a", "command": "true", "input_file_ids": [given["id"]], "output_file_ids": [between["id"]]}
    # Dependencies go by id, so a job is made in the round after those it waits for.
    (a,) = wire("POST", "bulk_jobs", {"jobs": [{**first, "resource_requirements_id": needs["id"]}]})["jobs"]
    second = {**of, "name": "b", "command": "true", "depends_on_job_ids": [a["id"]]}
    (b,) = wire("POST", "bulk_jobs", {"jobs": [{**second, "resource_requirements_id": needs["id"]}]})["jobs"]
    path = f"workflows/{made['id']}"
    action = {
        "trigger_type": "on_workflow_start",
        "action_type": "schedule_nodes",
        "action_config": {"num_allocations": 1},
    }
    wire("POST", f"{path}/actions", {**of, **action})
    return path, [a["id"], b["id"]], given["id"]


def initialize(wire: Wire, path: str) -> None:
    """Initialize, as that client does: it keeps the number of the run itself."""
    workflow_id = path.partition("/")[2]
    assert wire("GET", f"{path}/status")["is_archived"] is False
    for file in wire("GET", f"{path}/required_existing_files")["files"]:
        assert wire("GET", f"files/{file}")["path"] == "in.txt"
    assert wire("GET", f"{path}/missing_user_data") == {"user_data": []}
    assert [file["name"] for file in wire("GET", f"files?workflow_id={workflow_id}&is_output=true")["items"]] == ["out"]
    # That generation sends bodies that nobody uses.
    wire("POST", f"{path}/reset_status", {})
    wire("POST", f"{path}/reset_job_status?failed_only=false", {})
    status = wire("GET", f"{path}/status")
    told = wire("PUT", f"{path}/status", {**status, "run_id": 1})
    assert (told["run_id"], told["is_canceled"], told["id"]) == (1, False, int(workflow_id))
    wire("POST", f"{path}/initialize_jobs?only_uninitialized=false&clear_ephemeral_user_data=false", {})


def states(wire: Wire, jobs: list[int]) -> list[str]:
    return [wire("GET", f"jobs/{job}")["status"] for job in jobs]


def run_one(wire: Wire, path: str, node: int) -> int:
    """Claim one job, start it and complete it."""
    offer = {"num_cpus": 2, "memory_gb": 4.0, "num_gpus": 0, "num_nodes": 1}
    claim = f"{path}/claim_jobs_based_on_resources/1?sort_method=gpus_runtime_memory"
    (job,) = wire("POST", claim, offer)["jobs"]
    assert wire("GET", f"{path}/is_complete")["is_complete"] is False
    wire("PUT", f"jobs/{job['id']}/start_job/1/{node}", {})
    result = {
        "job_id": job["id"],
        "workflow_id": job["workflow_id"],
        "run_id": 1,
        "attempt_id": 1,
        "return_code": 0,
        "compute_node_id": node,
        "exec_time_minutes": 0.1,
        "completion_time": WHEN,
        "status": "completed",
    }
    assert wire("POST", f"jobs/{job['id']}/complete_job/completed/1", result)["status"] == "completed"
    return int(job["id"])


def work(wire: Wire, path: str) -> list[int]:
    """What a runner does from its first word to its last; the jobs in the order it ran them."""
    node = {
        "workflow_id": int(path.partition("/")[2]),
        "hostname": "n",
        "pid": 1,
        "start_time": WHEN,
        "num_cpus": 2,
        "memory_gb": 4.0,
        "num_gpus": 0,
        "num_nodes": 1,
        "compute_node_type": "local",
        "is_active": True,
    }
    made = wire("POST", "compute_nodes", node)
    ran = [run_one(wire, path, made["id"]) for _ in range(2)]
    closed = wire("PUT", f"compute_nodes/{made['id']}", {**made, "is_active": False, "duration_seconds": 3.0})
    assert closed["is_active"] is False
    return ran


def test_from_a_spec_to_the_end(wire: Wire):
    path, jobs, _ = create(wire)
    initialize(wire, path)
    assert states(wire, jobs) == ["ready", "blocked"]
    assert wire("GET", f"{path}/is_uninitialized") == {"is_uninitialized": False}
    (action,) = wire("GET", f"{path}/actions/pending?trigger_type=on_workflow_start")
    assert wire("POST", f"{path}/actions/{action['id']}/claim", {})["success"] is True
    assert work(wire, path) == jobs
    done = {"is_complete": True, "is_canceled": False, "needs_to_run_completion_script": False}
    assert wire("GET", f"{path}/is_complete") == done
    assert states(wire, jobs) == ["completed", "completed"]


def test_a_changed_file_runs_what_reads_it_again(wire: Wire):
    path, jobs, given = create(wire)
    initialize(wire, path)
    work(wire, path)
    status = wire("GET", f"{path}/status")
    wire("PUT", f"{path}/status", {**status, "run_id": 2})
    wire("POST", f"{path}/reset_status", {})
    workflow_id = path.partition("/")[2]
    assert wire("GET", f"{path}/status")["run_id"] == 2, "resetting does not count for this generation"
    (reader,) = wire("GET", f"jobs?workflow_id={workflow_id}&needs_file_id={given}")["items"]
    wire("PUT", f"jobs/{reader['id']}/manage_status_change/uninitialized/2", {})
    wire("PUT", f"files/{given}", {**wire("GET", f"files/{given}"), "st_mtime": 2.0})
    wire("POST", f"{path}/process_changed_job_inputs?dry_run=true", {})
    wire("POST", f"{path}/process_changed_job_inputs", {})
    wire("POST", f"{path}/initialize_jobs?only_uninitialized=true&clear_ephemeral_user_data=false", {})
    assert states(wire, jobs) == ["ready", "blocked"]


def test_what_a_client_takes_back_is_gone(wire: Wire):
    path, jobs, _ = create(wire)
    wire("DELETE", path, {})
    with pytest.raises(urllib.error.HTTPError) as refused:
        wire("GET", f"jobs/{jobs[0]}")
    with refused.value as answer:
        assert answer.code == 404
        assert "error" in json.load(answer)


def test_the_last_event_has_a_time(wire: Wire):
    path, _, _ = create(wire)
    event = wire("POST", "events", {"workflow_id": int(path.partition("/")[2]), "timestamp": 0, "data": {"x": 1}})
    assert wire("GET", f"{path}/latest_event_timestamp") == {"timestamp": event["timestamp"]}


def test_archiving_is_a_change_of_the_status(wire: Wire):
    path, _, _ = create(wire)
    told = wire("PUT", f"{path}/status", {"run_id": 0, "is_canceled": False, "is_archived": True})
    assert told["is_archived"] is True
    assert wire("GET", path)["is_archived"] is True


def test_sharing_names_the_group_in_the_body(wire: Wire):
    path, _, _ = create(wire)
    group = wire("POST", "access_groups", {"name": "team"})
    shared = {"workflow_id": int(path.partition("/")[2]), "group_id": group["id"]}
    told = wire("POST", f"{path}/access_groups", shared)
    assert {name: told[name] for name in shared} == shared
    assert [item["id"] for item in wire("GET", f"{path}/access_groups")["items"]] == [group["id"]]


def test_the_helper_of_the_next_generation(server: Server):
    """Inputs and outputs as user data, jobs in batches, pages by offset alone, and a restart that counts the run."""
    wire = Wire(server.url, "OpenAPI-Generator/0.21.0/python")
    made = wire("POST", "workflows", {"name": "mapped", "user": "tester"})
    of, path = {"workflow_id": made["id"]}, f"workflows/{made['id']}"
    inputs = [wire("POST", "user_data", {**of, "name": f"in{i}", "data": {"i": i}})["id"] for i in range(3)]
    outputs = [wire("POST", "user_data", {**of, "name": f"out{i}"})["id"] for i in range(3)]
    batch = [
        {
            **of,
            "name": f"j{i}",
            "command": "true",
            "input_user_data_ids": [inputs[i]],
            "output_user_data_ids": [outputs[i]],
        }
        for i in range(3)
    ]
    last = {**of, "name": "post", "command": "true", "input_user_data_ids": outputs}
    wire("POST", "bulk_jobs", {"jobs": [*batch, last]})
    names: list[str] = []
    page = {"has_more": True}
    while page["has_more"]:
        page = wire("GET", f"jobs?workflow_id={made['id']}&offset={len(names)}")
        assert page["count"] == len(page["items"]) > 0
        names += [job["name"] for job in page["items"]]
    assert names == ["j0", "j1", "j2", "post"]
    assert len(wire("GET", f"user_data?workflow_id={made['id']}&limit=10000")["items"]) == 6
    for run_id in (1, 2):
        wire("POST", f"{path}/reset_status")
        wire("POST", f"{path}/reset_job_status")
        wire("POST", f"{path}/initialize_jobs")
        assert wire("GET", path)["run_id"] == run_id
        assert wire("GET", f"{path}/status")["jobs_by_status"]["ready"] == 3
