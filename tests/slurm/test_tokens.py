"""Tokens of runners in allocations: an action of a runner gets another one, and a revoked one ends the runner."""

from pathlib import Path

import pytest

from slurm.asking import is_complete
from slurm.cluster import Cluster
from slurm.configuration import HEAD
from slurm.waiting import until
from support.processes import SERVICE, Place, Server

PASSWORD = "pfirsich-21"
CHAINED = """
name: chained
resource_requirements:
  - {name: small, num_cpus: 1, memory: 100m, runtime: PT1M}
  - {name: large, num_cpus: 3, memory: 100m, runtime: PT1M}
jobs:
  - {name: first, command: "true", resource_requirements: small}
  - {name: second, command: "true", resource_requirements: large, depends_on: [first]}
slurm_schedulers:
  - {name: small, account: root, mem: 500m, walltime: "00:05:00", extra: "--cpus-per-task=1"}
  - {name: large, account: root, mem: 500m, walltime: "00:05:00", extra: "--cpus-per-task=3"}
actions:
  - {trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler: small, scheduler_type: slurm}
  - trigger_type: on_jobs_complete
    jobs: [first]
    action_type: schedule_nodes
    scheduler: large
    scheduler_type: slurm
"""
REVOKED = """
name: revoked
compute_node_wait_for_healthy_database_minutes: 0
jobs: [{name: waits, command: "touch started; until [ -e go ]; do sleep 0.1; done; echo ran >> ran"}]
slurm_schedulers: [{name: main, account: root, mem: 500m, walltime: "00:05:00"}]
actions: [{trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler: main, scheduler_type: slurm}]
"""
SURPLUS = """
name: surplus
resource_requirements: [{name: small, num_cpus: 1, memory: 100m, runtime: PT1M}]
jobs: [{name: only, command: "true", resource_requirements: small}]
slurm_schedulers:
  - {name: later, account: root, mem: 500m, walltime: "00:05:00", extra: "--begin=now+1hour"}
  - {name: now, account: root, mem: 500m, walltime: "00:05:00"}
actions:
  - {trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler: later, scheduler_type: slurm}
  - {trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler: now, scheduler_type: slurm}
"""


@pytest.fixture
def guarded(place: Place, cluster: Cluster):
    """A server that requires passwords and that the nodes reach."""
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", PASSWORD, "-c", "4")
    place.environment |= {"SLURM_CONF": cluster.environment["SLURM_CONF"], "TORC_PASSWORD": PASSWORD}
    rules = ("--auth-file", str(passwords), "--require-auth", "--enforce-access-control")
    with Server(place, "--host", HEAD, *rules) as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        yield server


def test_a_runner_submits_with_its_token_and_its_submission_gets_another_one(place: Place, guarded: Server) -> None:
    place.file("chained.yaml", CHAINED)
    place.run("torc", "submit", "chained.yaml", "-o", "out")
    until(lambda: is_complete(place, 1))
    assert [each["return_code"] for each in place.torc("results", "list", "1")["items"]] == [0, 0]
    first, second = place.torc("admin", "tokens", "list", "1")["items"]
    assert (first["user"], second["user"]) == ("tester", "tester")
    assert second["requested_with"] == first["id"]
    assert second["expires_at"] <= first["expires_at"]
    submissions = place.torc("submissions", "list", "1")["items"]
    assert [each["status"] for each in submissions] == ["accepted", "accepted"]
    until(lambda: all("allocations_ended_at" in each for each in place.torc("admin", "tokens", "list")["items"]))
    until(lambda: not [*(place.directory / "out").glob("submission_*/token")])


def test_the_token_of_a_submission_whose_allocation_is_canceled_as_surplus_is_removed(
    place: Place, guarded: Server
) -> None:
    place.file("surplus.yaml", SURPLUS)
    place.run("torc", "submit", "surplus.yaml", "-o", "out")
    until(lambda: _has_left(place))
    listed = place.torc("scheduled-compute-nodes", "list", "1")["items"]
    assert [each["status"] for each in listed] == ["canceled", "complete"]
    assert not [*(place.directory / "out").glob("submission_*")]


def test_a_runner_whose_token_is_revoked_keeps_its_results(place: Place, guarded: Server) -> None:
    place.file("revoked.yaml", REVOKED)
    place.run("torc", "submit", "revoked.yaml", "-o", "out")
    until((place.directory / "started").exists)
    (token,) = place.torc("admin", "tokens", "list", "1")["items"]
    place.run("torc", "admin", "tokens", "revoke", str(token["id"]))
    (place.directory / "go").touch()
    journals = place.directory / "out" / "offline_journal"
    until(lambda: journals.is_dir() and [*journals.glob("*.journal")])
    log = _log(place)
    until(lambda: f"Token {token['id']} is not valid: it was revoked" in log.read_text())
    until(lambda: _has_left(place))
    place.run("torc", "run", "1", "-o", "out")
    assert (place.directory / "ran").read_text() == "ran\n"
    (job,) = place.torc("jobs", "list", "1")["items"]
    assert job["status"] == "completed"


def _log(place: Place) -> Path:
    (log,) = (place.directory / "out").glob("job_runner_slurm_*.log")
    return log


def _has_left(place: Place) -> bool:
    queue = place.run("squeue", "-h", "-o", "%T").stdout.split()
    return not queue
