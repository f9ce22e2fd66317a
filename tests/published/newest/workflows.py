"""Workflows, their actions, tasks and remote workers, who may use them, and the operations of administrators."""

import time
from typing import Any

from published.newest.client import Client
from published.newest.records import PAGE, new_workflow

SETTINGS: dict[str, Any] = {
    "description": "ü", "project": "p", "metadata": {"a": [1]}, "env": {"A": "b"}, "use_pending_failed": True,
    "compute_node_wait_for_new_jobs_seconds": 0, "compute_node_ignore_workflow_completion": True,
    "compute_node_expiration_buffer_seconds": 60, "compute_node_wait_for_healthy_database_minutes": 5,
    "compute_node_min_time_for_new_jobs_seconds": 30, "enable_ro_crate": True, "submission_directory": "/scratch/x",
    "dynamic_jobs": {"max_iterations": 5}, "slurm_defaults": {"account": "x"},
    "resource_monitor_config": {
        "enabled": True, "sample_interval_seconds": 3, "granularity": "summary", "generate_plots": False,
        "flush_interval_seconds": 60,
        "jobs": {"enabled": True, "granularity": "time_series"},
        "compute_node": {"enabled": True, "granularity": "summary", "cpu": True, "memory": False},
    },
    "execution_config": {
        "mode": "direct", "limit_resources": False, "termination_signal": "SIGINT", "sigterm_lead_seconds": 3,
        "sigkill_headroom_seconds": 4, "timeout_exit_code": 152, "oom_exit_code": 137, "staggered_start": True,
        "srun_termination_signal": "TERM@120", "srun_mpi": "none", "enable_cpu_bind": False,
        "stdio": {"mode": "combined", "delete_on_success": False},
        "job_stdio_overrides": {"a": {"mode": "none", "delete_on_success": True}},
    },
}  # fmt: skip


def workflow_record(client: Client) -> None:
    """A workflow keeps all of its members, and is archived, canceled and deleted."""
    group = client("create_access_group", body={"name": "first", "description": "ü"})
    body = {"name": "record", "user": "tester", "access_groups": ["first"], **SETTINGS}
    made = client("create_workflow", body=body)
    found = client("get_workflow", made["id"])
    client("update_workflow", made["id"], body=found | {"description": "new"})
    names: dict[str, Any] = {
        "name": "record",
        "user": "tester",
        "description": "new",
        "is_archived": False,
        "access_group": "first",
    }
    assert [each["id"] for each in client("list_workflows", **names, **PAGE)["items"]] == [made["id"]]
    assert client("list_workflows", access_group="unknown")["items"] == []
    for archived in (True, False):
        answer = client("archive_workflow", made["id"], body={"is_archived": archived})
        assert answer["is_archived"] is archived
    assert client("cancel_workflow", made["id"])["is_canceled"] is True
    assert client("get_workflow_status", made["id"])["is_canceled"] is True
    assert client("reset_workflow_status", made["id"], force=True)["run_id"] == found["run_id"] + 1
    client("remove_workflow_from_group", made["id"], group["id"])
    client("delete_access_group", group["id"])
    assert client("delete_workflow", made["id"])["name"] == "record"
    assert client("list_workflows", name="record")["items"] == []


def actions(client: Client) -> None:
    """An action is created, changed, claimed and deleted."""
    workflow_id = new_workflow(client, "actions")
    of = {"workflow_id": workflow_id}
    job = client("create_job", body={**of, "name": "a", "command": "true"})
    config = {"action_type": "run_commands", "action_config": {"commands": ["echo ü"]}}
    start = client("create_workflow_action", workflow_id, body={**of, "trigger_type": "on_workflow_start", **config})
    more = {"job_ids": [job["id"]], "persistent": True, "is_recovery": False, "required_triggers": 1}
    body = {**of, "trigger_type": "on_jobs_ready", **config, **more}
    ready = client("create_workflow_action", workflow_id, body=body)
    assert [each["id"] for each in client("get_workflow_actions", workflow_id)] == [start["id"], ready["id"]]
    client("initialize_jobs", workflow_id, only_uninitialized=False, clear_ephemeral_user_data=True)
    pending = client("get_pending_actions", workflow_id, trigger_type=["on_workflow_start", "on_jobs_ready"])
    assert [each["id"] for each in pending] == [start["id"], ready["id"]]
    node = new_node(client, workflow_id)
    claimed = client("claim_action", workflow_id, start["id"], body={"compute_node_id": node})
    assert (claimed["action_id"], claimed["claimed"]) == (start["id"], True)
    assert [each["id"] for each in client("get_pending_actions", workflow_id)] == [ready["id"]]
    changed = client("update_workflow_action", workflow_id, ready["id"], body={"commands": ["false"]})
    assert changed["action_config"] == {"commands": ["false"]}
    client("delete_workflow_action", workflow_id, ready["id"])
    assert [each["executed"] for each in client("get_workflow_actions", workflow_id)] == [True]


def new_node(client: Client, workflow_id: int, **of: Any) -> int:
    """Register an active compute node and return its id."""
    body = {
        "workflow_id": workflow_id, "hostname": "n", "pid": 1, "start_time": "2026-01-02T03:04:05Z", "num_cpus": 8,
        "memory_gb": 16.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local", "is_active": True, **of,
    }  # fmt: skip
    return int(client("create_compute_node", body=body)["id"])


def tasks(client: Client) -> None:
    """A task initializes a workflow."""
    workflow_id = new_workflow(client, "tasks")
    client("create_job", body={"workflow_id": workflow_id, "name": "a", "command": "true"})
    task = client("initialize_jobs", workflow_id, async_=True, answers=202)
    client("get_active_task_for_workflow", workflow_id)
    deadline = time.monotonic() + 30
    while client("get_task", task["id"])["status"] in {"queued", "running"} and time.monotonic() < deadline:
        time.sleep(0.02)
    assert client("get_task", task["id"])["status"] == "succeeded"
    assert client("get_active_task_for_workflow", workflow_id) == {"task": None}
    assert client("is_workflow_uninitialized", workflow_id) == {"is_uninitialized": False}


def remote_workers(client: Client) -> None:
    """Remote workers are added, listed and removed."""
    workflow_id = new_workflow(client, "workers")
    both = client("create_remote_workers", workflow_id, body=["a.example", "b.example"])
    assert client("list_remote_workers", workflow_id) == both
    assert client("delete_remote_worker", workflow_id, "a.example") == both[0]


def access(client: Client) -> None:
    """Groups, their members, and the workflows that they may use."""
    workflow_id = new_workflow(client, "shared")
    group = client("create_access_group", body={"name": "team", "description": "ü"})
    assert client("get_access_group", group["id"]) == group
    assert group in client("list_access_groups", offset=0, limit=100)["items"]
    client("add_user_to_group", group["id"], body={"user_name": "ann", "role": "member", "group_id": group["id"]})
    members = client("list_group_members", group["id"], offset=0, limit=100)
    assert [each["user_name"] for each in members["items"]] == ["ann"]
    # The group now has a member, which the server counts beyond 1.0.
    group |= {"num_members": 1} if "num_members" in group else {}
    assert client("list_user_groups", "ann", offset=0, limit=100)["items"] == [group]
    client("add_workflow_to_group", workflow_id, group["id"])
    group |= {"num_workflows": 1} if "num_workflows" in group else {}
    assert client("list_workflow_groups", workflow_id, offset=0, limit=100)["items"] == [group]
    assert client("check_workflow_access", workflow_id, "ann")["has_access"] is True
    client("remove_workflow_from_group", workflow_id, group["id"])
    client("remove_user_from_group", group["id"], "ann")
    client("delete_access_group", group["id"])


def system(client: Client) -> None:
    """The server describes itself and reads its password file again."""
    assert client("ping")["status"] == "ok"
    assert client("get_version")["api_version"] == "0.23.0"
    assert client("reload_auth")["user_count"] == 1
    statement = {"write": False, "dry_run": False, "allow_full_table": False, "limit": 10}
    answer = client("admin_sql", body={"sql": "SELECT 1 AS one, NULL AS none", **statement})
    assert (answer["columns"], answer["items"]) == (["one", "none"], [{"one": 1, "none": None}])
    entry = client("list_admin_audit_log", offset=0, limit=10)["items"][0]
    assert (entry["sql_text"], entry["success"]) == ("SELECT 1 AS one, NULL AS none", True)
