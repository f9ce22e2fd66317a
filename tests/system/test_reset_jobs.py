"""Reset jobs and their dependents run again with the next `torc run`."""

from support.processes import Place, Server

SPEC = """
name: mended
jobs:
  - {name: first, command: "true"}
  - {name: second, command: "[ -e mended ]", depends_on: [first]}
  - {name: third, command: "true", depends_on: [second]}
"""


def test_reset_jobs_run_without_further_options(place: Place, server: Server):
    workflow_id = str(place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"])
    place.run("torc", "run", workflow_id, status=3)
    place.file("mended", "")
    place.run("torc", "workflows", "reset-status", workflow_id, "--failed-only", "--no-prompts")
    place.run("torc", "run", workflow_id)
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert sorted((result["job_name"], result["status"]) for result in results) == [
        ("first", "completed"),
        ("second", "completed"),
        ("second", "failed"),
        ("third", "completed"),
    ]
