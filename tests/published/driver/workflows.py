"""Workflows themselves: their record, their states, archives, tasks, and who may see them."""

import time
from typing import Any

from published.driver.recorder import Recorder, page

BODY = {
    "description": "ü", "project": "p", "metadata": {"a": [1]}, "env": {"A": "b"}, "use_pending_failed": True,
    "compute_node_wait_for_new_jobs_seconds": 5, "enable_ro_crate": False, "slurm_defaults": {"account": "x"},
    "resource_monitor_config": {"enabled": True, "sample_interval_seconds": 3, "granularity": "summary"},
    "execution_config": {"mode": "direct", "limit_resources": False},
}  # fmt: skip


def new_workflow(recorder: Recorder, name: str, **members: Any) -> dict[str, Any]:
    """A workflow, as the server answers its creation."""
    body = {"name": name, "user": "tester", **members}
    made: dict[str, Any] = recorder.call("create_workflow", recorder.model("WorkflowModel", **body), expect=body)
    return made


def new_jobs(recorder: Recorder, workflow_id: int, *jobs: dict[str, Any]) -> list[int]:
    """Jobs of the workflow, made at once; the ids in their order."""
    bodies = [{"workflow_id": workflow_id, "command": "true", **job} for job in jobs]
    made = recorder.call("create_jobs", recorder.model("JobsModel", jobs=bodies), expect={"jobs": bodies})
    return [job["id"] for job in made["jobs"]]


def new_node(recorder: Recorder, workflow_id: int) -> int:
    """An active node of the workflow."""
    body = {
        "workflow_id": workflow_id, "hostname": "n", "pid": 1, "start_time": "2026-01-02T03:04:05Z", "num_cpus": 8,
        "memory_gb": 16.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local", "is_active": True,
    }  # fmt: skip
    made = recorder.call("create_compute_node", recorder.model("ComputeNodeModel", **body), expect=body)
    return int(made["id"])


def system(recorder: Recorder) -> None:
    """What the server says of itself."""
    recorder.call("ping", expect={"status": "ok"})
    recorder.call("get_version", expect={"version": bool, "api_version": bool})


def workflow_record(recorder: Recorder) -> None:
    """Create, read, change, list, archive and delete a workflow."""
    made = new_workflow(recorder, "record", **BODY)
    workflow_id = made["id"]
    recorder.call("get_workflow", workflow_id, expect=made)
    changed = made | {"description": "new"}
    recorder.call(
        "update_workflow", workflow_id, recorder.model("WorkflowModel", **changed), expect={"description": "new"}
    )
    recorder.call(
        "list_workflows", name="record", user="tester", expect=page({"id": workflow_id, "description": "new"})
    )
    for archived in (True, False):
        request = recorder.model("ArchiveWorkflowRequest", is_archived=archived)
        recorder.call("archive_workflow", workflow_id, request, expect={"id": workflow_id, "is_archived": archived})
        recorder.call("list_workflows", name="record", is_archived=archived, expect=page({"id": workflow_id}))
    recorder.call("cancel_workflow", workflow_id, expect=lambda _: True)
    recorder.call(
        "get_workflow_status", workflow_id, expect={"workflow_id": workflow_id, "is_canceled": True, "total_jobs": 0}
    )
    recorder.call("reset_workflow_status", workflow_id, force=True, expect=lambda _: True)
    recorder.call("get_workflow_status", workflow_id, expect={"is_canceled": False})
    recorder.call("delete_workflow", workflow_id, expect={"id": workflow_id, "name": "record"})
    recorder.call("list_workflows", name="record", expect=page())


def tasks(recorder: Recorder) -> None:
    """Initialize in the background and follow the task to its end."""
    workflow_id = new_workflow(recorder, "tasks")["id"]
    (job,) = new_jobs(recorder, workflow_id, {"name": "a"})
    task = recorder.call("initialize_jobs", workflow_id, var_async=True, expect={"workflow_id": workflow_id})
    recorder.call("get_active_task_for_workflow", workflow_id, expect=lambda answer: isinstance(answer, dict))
    deadline = time.monotonic() + 30
    while recorder.operations["get_task"](task["id"]).status in {"queued", "running"} and time.monotonic() < deadline:
        time.sleep(0.02)
    recorder.call("get_task", task["id"], expect={"id": task["id"], "workflow_id": workflow_id, "status": "succeeded"})
    recorder.call("get_job", job, expect={"status": "ready"})


def remote_workers(recorder: Recorder) -> None:
    """Workers are added, listed and taken away."""
    workflow_id = new_workflow(recorder, "workers")["id"]
    both = [{"worker": name, "workflow_id": workflow_id} for name in ("a.example", "b.example")]
    recorder.call("create_remote_workers", workflow_id, ["a.example", "b.example"], expect=both)
    recorder.call("list_remote_workers", workflow_id, expect=both)
    recorder.call("delete_remote_worker", workflow_id, "a.example", expect=both[0])
    recorder.call("list_remote_workers", workflow_id, expect=both[1:])


def actions(recorder: Recorder) -> None:
    """An action becomes pending with its trigger and is claimed once."""
    workflow_id = new_workflow(recorder, "actions")["id"]
    new_jobs(recorder, workflow_id, {"name": "a"})
    body = {
        "workflow_id": workflow_id, "trigger_type": "on_workflow_start", "action_type": "run_commands",
        "action_config": {"commands": ["echo ü"]},
    }  # fmt: skip
    made = recorder.call(
        "create_workflow_action", workflow_id, recorder.model("WorkflowActionModel", **body), expect=body
    )
    recorder.call("get_workflow_actions", workflow_id, expect=[{"id": made["id"], "executed": False}])
    recorder.call("initialize_jobs", workflow_id, expect=lambda _: True)
    recorder.call("get_pending_actions", workflow_id, trigger_type=["on_workflow_start"], expect=[{"id": made["id"]}])
    claim = recorder.model("ClaimActionRequest", compute_node_id=new_node(recorder, workflow_id))
    recorder.call("claim_action", workflow_id, made["id"], claim, expect={"action_id": made["id"], "success": True})
    recorder.call("get_pending_actions", workflow_id, expect=[])


def access(recorder: Recorder) -> None:
    """Groups, their members, and the workflows that they may see."""
    workflow_id = new_workflow(recorder, "shared")["id"]
    body = {"name": "team", "description": "ü"}
    group = recorder.call("create_access_group", recorder.model("AccessGroupModel", **body), expect=body)
    member = {"user_name": "ann", "role": "member", "group_id": group["id"]}
    listed = {"total_count": 1, "offset": 0, "has_more": False}
    recorder.call("get_access_group", group["id"], expect=group)
    recorder.call("list_access_groups", expect={"items": lambda groups: group in groups})
    model = recorder.model("UserGroupMembershipModel", **member)
    recorder.call("add_user_to_group", group["id"], model, expect=member)
    recorder.call("list_group_members", group["id"], expect={"items": lambda items: member["user_name"] in str(items)})
    recorder.call("list_user_groups", "ann", expect=listed | {"items": [{"id": group["id"]}]})
    shared = {"workflow_id": workflow_id, "group_id": group["id"]}
    recorder.call("add_workflow_to_group", workflow_id, group["id"], expect=shared)
    recorder.call("list_workflow_groups", workflow_id, expect=listed | {"items": [{"id": group["id"]}]})
    asked = {"workflow_id": workflow_id, "user_name": "ann"}
    recorder.call("check_workflow_access", workflow_id, "ann", expect=asked | {"has_access": True})
    recorder.call("remove_workflow_from_group", workflow_id, group["id"], expect=shared)
    recorder.call("check_workflow_access", workflow_id, "ann", expect=asked | {"has_access": False})
    recorder.call("remove_user_from_group", group["id"], "ann", expect={"user_name": "ann"})
    recorder.call("delete_access_group", group["id"], expect={"id": group["id"], "name": "team"})


def credentials(recorder: Recorder) -> None:
    """The server reads its password file again."""
    recorder.call("reload_auth", expect={"user_count": 1, "message": bool})
