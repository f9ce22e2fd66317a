"""Decisions about jobs that are pending_failed."""

from support.processes import Place, Server

SPEC = """
name: decisions
use_pending_failed: true
jobs:
  - {name: bad, command: "exit 3"}
  - {name: worse, command: "exit 4"}
  - {name: waits, command: "touch never", depends_on: [bad]}
"""


def statuses_of(place: Place, workflow_id: str) -> dict[str, str]:
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", workflow_id)["items"]}


def test_a_user_decides_that_jobs_failed(place: Place, server: Server):
    workflow_id = str(place.torc("create", place.file("spec.yaml", SPEC))["workflow_id"])
    place.run("torc", "run", workflow_id, status=None)
    assert statuses_of(place, workflow_id) == {"bad": "pending_failed", "worse": "pending_failed", "waits": "blocked"}
    refused = place.run("torc", "jobs", "fail", "1", "3", status=1)
    assert "Job 'waits' is blocked; fail_jobs needs a job that is pending_failed" in refused.stderr
    assert statuses_of(place, workflow_id)["bad"] == "pending_failed"
    assert place.run("torc", "jobs", "fail", "1").stdout == f"1 job of workflow {workflow_id} is failed now.\n"
    assert statuses_of(place, workflow_id) == {"bad": "failed", "worse": "pending_failed", "waits": "canceled"}
    assert not place.torc("workflows", "is-complete", workflow_id)["is_complete"]
    assert place.torc("jobs", "fail", "--workflow-id", workflow_id)["job_ids"] == [2]
    assert place.torc("workflows", "is-complete", workflow_id)["is_complete"]
    assert "is pending_failed" in place.run("torc", "jobs", "fail", "--workflow-id", workflow_id, status=1).stderr
    results = place.torc("results", "list", workflow_id)["items"]
    assert sorted((result["job_name"], result["status"], result["return_code"]) for result in results) == [
        ("bad", "failed", 3),
        ("worse", "failed", 4),
    ]
    server.stop()
    place.run("torc-server", "db", "check", "--database", server.database)
