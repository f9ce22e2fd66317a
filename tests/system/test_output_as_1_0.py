"""Scripts for Torc 1.0 read the members that they know in the output of real commands."""

import csv
import io
import json

import pytest

from support.processes import Place, Server

SPEC = """
name: three
actions:
  - {trigger_type: on_workflow_start, action_type: run_commands, commands: ["true"]}
jobs:
  - {name: good, command: echo out, resource_requirements: small}
  - {name: bad, command: "echo wrong >&2; exit 5"}
  - {name: after, command: "true", depends_on: [bad]}
resource_requirements:
  - {name: small, num_cpus: 1, memory: 2g, runtime: PT10M}
"""


@pytest.fixture
def workflow(place: Place, server: Server) -> str:
    """A workflow whose second job failed."""
    workflow_id = str(place.torc("create", place.file("spec.yaml", SPEC))["workflow_id"])
    task = place.torc("init", workflow_id)
    assert (task["workflow_id"], task["task_status"], task["error"]) == (int(workflow_id), "succeeded", None)
    run = json.loads(place.run("torc", "-f", "json", "run", workflow_id, status=3).stdout)
    assert (run["workflow_id"], run["status"], run["had_failures"]) == (int(workflow_id), "failed", True)
    return workflow_id


def test_results_name_their_files_in_every_format(place: Place, workflow: str) -> None:
    report = json.loads(place.run("torc", "results", "list", workflow, "--include-logs", "-o", "torc_output").stdout)
    assert (report["total_results"], report["all_runs"], report["workflow_name"]) == (2, False, "three")
    (failed,) = (item for item in report["items"] if item["return_code"] != 0)
    assert failed["job_stderr"].startswith("torc_output/job_stdio/")
    assert (place.directory / failed["job_stderr"]).read_text() == "wrong\n"
    assert (place.directory / failed["job_runner_log"]).exists()
    rows = list(csv.DictReader(io.StringIO(place.run("torc", "-f", "csv", "results", "list", workflow).stdout)))
    assert {row["Job Name"]: row["Return Code"] for row in rows} == {"good": "0", "bad": "5"}


def test_reports_have_the_members_of_1_0(place: Place, workflow: str) -> None:
    status = place.torc("status", workflow)
    assert status["runtime_blocked_ready_jobs"] == 0
    assert {"total_exec_time_formatted", "walltime_formatted"} <= status.keys()
    usage = place.torc("workflows", "check-resources", workflow, "--all")
    assert usage["violations"] == []
    assert {line["job_name"] for line in usage["within_limits"]} == {"good"}
    (action,) = place.torc("workflows", "list-actions", workflow)["actions"]
    assert (action["workflow_id"], action["executed"]) == (int(workflow), True)
    diagnosis = place.torc("workflows", "diagnose", workflow)
    assert (diagnosis["ready_jobs"], diagnosis["runtime_blocked"], diagnosis["allocation_remaining"]) == (
        0,
        False,
        None,
    )
    recovery = place.torc("recover", workflow, "--dry-run")
    assert recovery["diagnosis"]["resource_violations"] == []


def test_resets_name_the_chosen_jobs_and_those_behind_them(place: Place, workflow: str) -> None:
    jobs = {job["name"]: job["id"] for job in place.torc("jobs", "list", workflow)["items"]}
    bad, after = jobs["bad"], jobs["after"]
    planned = place.torc("jobs", "reset-status", str(bad), "--dry-run")
    assert (planned["dry_run"], planned["reinit_requested"]) == (True, False)
    assert [job["job_id"] for job in planned["jobs"]] == [bad]
    assert [job["job_id"] for job in planned["downstream_jobs"]] == [after]
    done = place.torc("jobs", "reset-status", str(bad), "--reinit", "--no-prompts")
    assert (done["reset_job_ids"], done["reinit"]) == ([bad], True)
    reset = place.torc("workflows", "reset-status", workflow, "--no-prompts")
    assert reset["operations"] == {"workflow_reset": True, "job_reset": True, "reinitialize": None}
    assert (reset["failed_only"], len(reset["messages"])) == (False, 1)
    canceled = place.torc("cancel", workflow)
    assert (canceled["status"], canceled["canceled_slurm_jobs"]) == ("success", [])
    (deleted,) = place.torc("delete", workflow, "--no-prompts")
    assert (deleted["id"], deleted["name"]) == (int(workflow), "three")
