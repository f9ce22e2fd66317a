"""Workflows that `torc workflows export` of Torc 1.0 wrote are imported: its zeros and empty texts mean none."""

import json

from support.processes import Place, Server

MEMBERS_OF_1_0 = {
    "failure_handler_id": 0, "scheduler_id": 0, "invocation_script": "", "labels": None, "env": None, "priority": 0,
    "cancel_on_blocking_job_failure": True, "supports_termination": False, "input_file_ids": [], "output_file_ids": [],
    "input_user_data_ids": [], "output_user_data_ids": [],
}  # fmt: skip


def document(*labels: list[str] | None) -> str:
    """Return the export of a workflow, whose jobs have these labels and depend on each other in this order."""
    jobs = [
        {
            **MEMBERS_OF_1_0, "id": number, "workflow_id": 7, "name": f"job {number}",
            "command": f"echo {number} >> ran", "status": "completed",
            "depends_on_job_ids": [number - 1] if number > 1 else [], "resource_requirements_id": 4, "labels": listed,
        }
        for number, listed in enumerate(labels, 1)
    ]  # fmt: skip
    requirements = {
        "id": 4, "workflow_id": 7, "name": "default", "num_cpus": 1, "num_gpus": 0, "num_nodes": 1, "memory": "1m",
        "runtime": "P0DT1M",
    }  # fmt: skip
    workflow = {"id": 7, "name": "theirs", "user": "ada", "timestamp": "2026-10-20T10:00:00Z", "env": None}
    return json.dumps({
        "export_version": "1.0", "exported_at": "2026-10-20T10:00:00Z", "workflow": workflow, "files": [],
        "user_data": [], "resource_requirements": [requirements], "slurm_schedulers": [], "local_schedulers": [],
        "failure_handlers": [], "jobs": jobs, "workflow_actions": [], "ro_crate_entities": [],
    })  # fmt: skip


def test_an_export_of_1_0_is_imported_and_runs(place: Place, server: Server) -> None:
    place.file("theirs.json", document(None, [], None))
    imported = place.run("torc", "workflows", "import", "theirs.json")
    assert "Warning" not in imported.stderr
    place.run("torc", "run", "1")
    assert (place.directory / "ran").read_text().split() == ["1", "2", "3"]
    jobs = place.torc("jobs", "list", "1")["items"]
    assert {each.get("failure_handler_id") for each in jobs} | {each.get("scheduler_id") for each in jobs} == {None}


def test_labels_of_1_0_restrict_the_jobs(place: Place, server: Server) -> None:
    place.file("theirs.json", document(None, ["gpu"], ["big", "gpu"]))
    imported = place.run("torc", "workflows", "import", "theirs.json")
    assert imported.stderr == ""
    jobs = {each["name"]: each.get("labels") for each in place.torc("jobs", "list", "1")["items"]}
    assert jobs == {"job 1": None, "job 2": ["gpu"], "job 3": ["big", "gpu"]}
