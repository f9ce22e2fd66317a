"""Jobs with a label run on runners with that label."""

from support.processes import Place, Server

SPEC = """
name: labels
jobs:
  - {name: anywhere, command: "true"}
  - {name: special, command: echo here, label: fast disk}
  - {name: after, command: "true", depends_on: [special], label: fast disk}
"""


def statuses(place: Place, workflow_id: str) -> dict[str, str]:
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", workflow_id)["items"]}


def test_jobs_wait_for_a_runner_with_their_label(place: Place, server: Server) -> None:
    workflow_id = str(place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"])
    other = place.run("torc", "run", workflow_id, "--exit-when-idle", "--label", "license", status=4)
    assert "requires a runner that was started with --label 'fast disk'" in other.stderr
    assert statuses(place, workflow_id) == {"anywhere": "completed", "special": "ready", "after": "blocked"}
    place.run("torc", "run", workflow_id, "--label", "license", "--label", "fast disk")
    assert set(statuses(place, workflow_id).values()) == {"completed"}


def test_a_label_can_be_removed_from_a_job(place: Place, server: Server) -> None:
    workflow_id = str(place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"])
    for job in place.torc("jobs", "list", workflow_id)["items"]:
        assert place.torc("jobs", "update", str(job["id"]), "--label", "y")["label"] == "y"
        assert "label" not in place.torc("jobs", "update", str(job["id"]), "--clear-label")
    place.torc("jobs", "create", workflow_id, "--name", "added", "--command", "true", "--label", "z")
    labels = {job["name"]: job.get("label") for job in place.torc("jobs", "list", workflow_id)["items"]}
    assert labels == {"anywhere": None, "special": None, "after": None, "added": "z"}
    place.run("torc", "run", workflow_id, "--label", "z")
    assert set(statuses(place, workflow_id).values()) == {"completed"}
