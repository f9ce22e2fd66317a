"""A workflow with records of every kind, as answers of a server. All times are fixed, names are hostile in places."""

from typing import Any

from torc_client.testing.fake_server import FakeServer, Received, Refusal
from tui_screens import page_of
from tui_workflow import status

HOSTILE = "sim_\x1b[31m[red]日本[/red]"
LONG = "a_name_of_many_characters_" * 12
_JOBS: tuple[dict[str, Any], ...] = (
    {"id": 1, "name": "prepare", "command": "./prepare.sh", "status": "completed"},
    {"id": 2, "name": HOSTILE, "command": "python sim.py --case 2", "status": "failed"},
    {"id": 3, "name": LONG, "command": "python sim.py --case 3", "status": "terminated"},
    {"id": 4, "name": "summarise", "command": "cat parts/* > all.csv", "status": "canceled"},
)
_ENDED = ((1, 0, "completed", 2.0, 1), (2, 137, "failed", 75.0, 5), (3, -15, "terminated", 0.2, 2))
_DAY = "2020-03-01T"


def _jobs() -> list[dict[str, Any]]:
    ran = {"start_time": f"{_DAY}08:00:00Z", "compute_node_id": 3}
    common = {"workflow_id": 2, "attempt_id": 1, "resource_requirements_id": 5}
    return [common | job | (ran if job["status"] != "canceled" else {}) for job in _JOBS]


def _results() -> list[dict[str, Any]]:
    return [
        {
            "id": at, "workflow_id": 2, "job_id": job_id, "run_id": 1, "attempt_id": 1, "compute_node_id": 3,
            "return_code": code, "status": how, "exec_time_minutes": minutes, "peak_memory_bytes": gib * 2**30,
            "avg_memory_bytes": gib * 2**29, "peak_cpu_percent": 180.0, "avg_cpu_percent": 95.0,
            "completion_time": f"{_DAY}09:15:00Z", "job_name": _JOBS[at - 1]["name"],
        }
        for at, (job_id, code, how, minutes, gib) in enumerate(_ENDED, 1)
    ]  # fmt: skip


def _results_of(call: Received) -> dict[str, Any]:
    job_id = call.query.get("job_id")
    return page_of([one for one in _results() if job_id in {None, one["job_id"]}])


def _nodes() -> list[dict[str, Any]]:
    common = {
        "workflow_id": 2, "num_cpus": 36, "memory_gb": 96.0, "num_gpus": 0, "num_nodes": 1,
        "start_time": f"{_DAY}07:59:00Z", "is_active": False, "duration_seconds": 4600.0,
    }  # fmt: skip
    return [
        common | {"id": 3, "hostname": "n1.cluster", "pid": 41, "compute_node_type": "slurm",
                  "scheduler": {"slurm_job_id": 4512}},
        common | {"id": 4, "hostname": "workstation", "pid": 42, "compute_node_type": "local"},
    ]  # fmt: skip


def answer_records(server: FakeServer) -> None:
    """Let a server answer what all tables read of workflow 2."""
    workflow = {
        "id": 2, "name": "sweep", "user": "ada", "run_id": 1, "project": "climate", "timestamp": f"{_DAY}07:00:00Z",
        "submission_directory": "/home/ada/sweep", "description": "Two cases [bold]and[/bold] a summary",
    }  # fmt: skip
    action = {
        "id": 1, "workflow_id": 2, "trigger_type": "on_workflow_start", "action_type": "run_commands",
        "action_config": {"commands": ["mkdir -p parts"]}, "trigger_count": 1, "required_triggers": 1, "executed": True,
    }  # fmt: skip
    files = [
        {"id": 1, "workflow_id": 2, "name": "grid", "path": "in/grid.nc", "st_mtime": 1583049600.0},
        {"id": 2, "workflow_id": 2, "name": "all", "path": "all.csv"},
    ]
    data = [
        {"id": 1, "workflow_id": 2, "name": "settings", "data": {"alpha": 0.5, "text": "\x1b[2J[b]"}},
        {"id": 2, "workflow_id": 2, "name": "summary", "is_ephemeral": True},
    ]
    needs = {"id": 5, "workflow_id": 2, "name": "small", "num_cpus": 1, "memory": "4g", "runtime": "PT4H",
             "num_gpus": 0, "num_nodes": 1}  # fmt: skip
    allocations = [
        {"id": 1, "workflow_id": 2, "scheduler_id": 4512, "scheduler_config_id": 1, "scheduler_type": "slurm",
         "status": "complete"},
        {"id": 2, "workflow_id": 2, "scheduler_id": 4513, "scheduler_config_id": 1, "scheduler_type": "slurm",
         "status": "pending", "reason": "Priority", "starts_at": f"{_DAY}12:00:00Z"},
    ]  # fmt: skip
    scheduler = {"id": 1, "workflow_id": 2, "name": "short", "account": "climate", "nodes": 1, "walltime": "04:00:00",
                 "partition": "debug"}  # fmt: skip
    events = [
        {"id": 1, "workflow_id": 2, "timestamp": 1583049600000, "data": {"category": "job", "message": "begun"}},
        {"id": 2, "workflow_id": 2, "timestamp": 1583053200000, "data": {"category": "x", "text": "\x1b[2J[red]" * 20}},
    ]
    server.answer("get_workflow", workflow)
    server.answer("get_workflow_actions", [action])
    numbers = {"completed": 1, "failed": 1, "terminated": 1, "canceled": 1}
    server.answer("get_workflow_status", status(workflow_name="sweep", counts=numbers, is_complete=True))
    server.answer("list_workflows", page_of([workflow]))
    for operation, records in {
        "list_jobs": _jobs(), "list_results": _results(), "list_compute_nodes": _nodes(), "list_files": files,
        "list_user_data": data, "list_resource_requirements": [needs], "list_scheduled_compute_nodes": allocations,
        "list_slurm_schedulers": [scheduler], "list_events": events,
    }.items():  # fmt: skip
        server.answer(operation, page_of(records))
    server.answer("list_results", _results_of)
    server.answer("list_node_loads", [])
    _answer_dialogs(server, needs)


def _answer_dialogs(server: FakeServer, needs: dict[str, Any]) -> None:
    """Let a server answer what dialogs and details ask for."""
    server.answer("get_job", lambda call: next(job for job in _jobs() if job["id"] == call.path["id"]))
    server.answer("get_resource_requirements", needs)
    server.answer("get_compute_node", _nodes()[0])
    server.answer("get_job_output", Refusal(404, "no output"))
    near = {"job_id": 2, "job_name": HOSTILE, "status": "failed", "step": 0}
    server.answer("list_neighbours", {"workflow_id": 2, "jobs": [near], "edges": [], "steps": []})
    server.answer("list_remote_workers", [])
    server.answer("list_job_dependencies", page_of([]))
