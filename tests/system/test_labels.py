"""Jobs with labels run on runners that have all of them, other jobs on runners without labels."""

from collections.abc import Callable

import pytest

from support.processes import Place, Server

SPEC = """
name: labels
jobs:
  - {name: anywhere, command: "true"}
  - {name: special, command: echo here, label: fast disk}
  - {name: after, command: "true", depends_on: [special], labels: [gpu, fast disk]}
"""
KDL = """
name "labels"
job "each_{site}" {
    command "true"
    labels "{site}" "big"
    parameters {
        site "[north, south]"
    }
}
"""


def statuses(place: Place, workflow_id: str) -> dict[str, str]:
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", workflow_id)["items"]}


@pytest.fixture
def create(place: Place, server: Server) -> Callable[..., str]:
    del server

    def creating(spec: str = SPEC, name: str = "spec.yaml") -> str:
        return str(place.torc("workflows", "create", place.file(name, spec))["workflow_id"])

    return creating


def test_jobs_wait_for_a_runner_with_their_labels(place: Place, create: Callable[..., str]) -> None:
    workflow_id = create()
    other = place.run("torc", "run", workflow_id, "--exit-when-idle", "--label", "license", status=4)
    assert "requires a runner that was started with --label 'fast disk'" in other.stderr
    assert "has no labels: it requires a runner without --label, or with --also-unlabeled" in other.stderr
    assert statuses(place, workflow_id) == {"anywhere": "ready", "special": "ready", "after": "blocked"}
    place.run("torc", "run", workflow_id, "--exit-when-idle", status=4)
    assert statuses(place, workflow_id) == {"anywhere": "completed", "special": "ready", "after": "blocked"}
    place.run("torc", "run", workflow_id, "--label", "license, gpu", "--label", "fast disk")
    assert set(statuses(place, workflow_id).values()) == {"completed"}
    nodes = place.torc("compute-nodes", "list", workflow_id)["items"]
    assert [node.get("labels") for node in nodes] == [["license"], None, ["fast disk", "gpu", "license"]]
    assert "fast disk, gpu, license" in place.run("torc", "compute-nodes", "list", workflow_id).stdout.replace("\n", "")


def test_a_runner_with_labels_can_run_other_jobs_too(place: Place, create: Callable[..., str]) -> None:
    workflow_id = create()
    place.run("torc", "run", workflow_id, "--label", "gpu,fast disk", "--also-unlabeled")
    assert set(statuses(place, workflow_id).values()) == {"completed"}


def test_a_settings_file_gives_labels_to_each_run(place: Place, create: Callable[..., str]) -> None:
    workflow_id = create()
    place.file("torc.toml", '[client.run]\nlabels = "gpu, fast disk"\nalso_unlabeled = true\n')
    place.run("torc", "run", workflow_id, "--exit-when-idle", "--label", "other", status=4)
    assert statuses(place, workflow_id) == {"anywhere": "completed", "special": "ready", "after": "blocked"}
    place.run("torc", "run", workflow_id)
    assert set(statuses(place, workflow_id).values()) == {"completed"}
    place.file("torc.toml", '[client.run]\nlabels = "gpu,"\n')
    assert "run.labels: 'gpu,': a label is empty" in place.run("torc", "config", "validate", status=1).stdout


def test_parameters_expand_in_the_labels_of_a_spec(place: Place, create: Callable[..., str]) -> None:
    workflow_id = create(KDL, "spec.kdl")
    place.run("torc", "run", workflow_id, "--exit-when-idle", "--label", "big,north", status=4)
    assert statuses(place, workflow_id) == {"each_north": "completed", "each_south": "ready"}
    exported = place.torc("workflows", "export", workflow_id)
    assert [job["labels"] for job in exported["jobs"]] == [["big", "north"], ["big", "south"]]


def test_labels_of_a_job_are_replaced_and_removed(place: Place, create: Callable[..., str]) -> None:
    workflow_id = create()
    for job in place.torc("jobs", "list", workflow_id)["items"]:
        update = ("jobs", "update", str(job["id"]))
        assert place.torc(*update, "--label", "y,x", "--label", "z")["labels"] == ["x", "y", "z"]
        assert place.torc(*update, "--priority", "3")["labels"] == ["x", "y", "z"]
        assert place.torc(*update, "--label", "y")["labels"] == ["y"]
        assert "labels" not in place.torc(*update, "--clear-labels")
    refused = place.run("torc", "jobs", "update", "1", "--label", "a,,b", status=2)
    assert "a label is empty" in refused.stderr
    place.torc("jobs", "create", workflow_id, "--name", "added", "--command", "true", "--label", "z,w")
    labels = {job["name"]: job.get("labels") for job in place.torc("jobs", "list", workflow_id)["items"]}
    assert labels == {"anywhere": None, "special": None, "after": None, "added": ["w", "z"]}
    assert "w, z" in place.run("torc", "jobs", "list", workflow_id).stdout


def test_the_status_warns_of_ready_jobs_without_a_runner(place: Place, create: Callable[..., str]) -> None:
    workflow_id = create()
    assert "Warning" not in place.run("torc", "status", workflow_id).stderr
    place.run("torc", "workflows", "initialize", workflow_id)
    assert (
        f"Warning: no active runner has the labels of 1 ready job: fast disk (1). Start one: torc run {workflow_id}"
        " --label 'fast disk'"
    ) in place.run("torc", "status", workflow_id).stderr


def test_labels_and_a_scheduler_exclude_each_other(place: Place) -> None:
    spec = SPEC.replace("label: fast disk}", "label: fast disk, scheduler: s}")
    spec += "slurm_schedulers: [{name: s, account: a}]\n"
    refused = place.run("torc", "create", place.file("spec.yaml", spec), status=1)
    assert "a job cannot have both labels and a scheduler" in refused.stderr
