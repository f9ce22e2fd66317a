"""What Torc does about allocations that end, are suspended or canceled, or of which Slurm reports nothing."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slurm.asking import ask, items
from slurm.cluster import Cluster
from slurm.configuration import HEAD
from slurm.waiting import until
from support.processes import PROGRAMS, SERVICE, Place, Server

# The runner of a canceled workflow may leave by itself before Slurm ends its allocation.
LEFT_AS_CANCELED = {"canceled", "complete"}
SPEC = """
name: life
resource_requirements: [{name: small, num_cpus: 1, memory: 100m, runtime: PT1M}]
jobs:
- name: job_{i}
  command: echo $$ > pid_{i}; exec sleep 1000
  parameters: {i: "1:2"}
  resource_requirements: small
"""


@dataclass
class Life:
    """A workflow with two long jobs on a cluster, and the server."""

    place: Place
    cluster: Cluster
    server: Server
    workflow: str
    scheduler: int

    def submission(self) -> Any:
        folder = str(self.place.directory)
        wanted = {"scheduler_config_id": self.scheduler, "num_allocations": 1, "folder": folder}
        return ask(self.place, f"workflows/{self.workflow}/submissions", wanted)

    def sbatch(self, mark: str, *options: str) -> str:
        script = self.place.file("job.sh", f"#!/bin/bash\nexec {PROGRAMS}/torc-runner {self.workflow}\n")
        words = ("--parsable", f"--comment={mark}", "--time=10", "--cpus-per-task=2", "--mem=300", "--output=out")
        return self.place.run("sbatch", *words, *options, script).stdout.strip()

    def submitted(self, *options: str) -> str:
        """Submit an allocation with a runner, and return its id in Slurm."""
        submission = self.submission()
        job = self.sbatch(submission["mark"], *options)
        ask(self.place, f"submissions/{submission['id']}/accept", {"scheduler_id": int(job), "is_array": False})
        return job

    def running(self, *options: str) -> str:
        """Submit an allocation, and wait until the jobs run in it."""
        job = self.submitted(*options)
        until(lambda: self.statuses() == ["running", "running"])
        until(lambda: len(list(self.place.directory.glob("pid_*"))) == 2)
        return job

    def statuses(self) -> list[str]:
        return [job["status"] for job in items(self.place, "jobs", workflow_id=self.workflow)]

    def records(self) -> list[tuple[str, str | None]]:
        listed = items(self.place, "scheduled_compute_nodes", workflow_id=self.workflow)
        return [(each["status"], each.get("reason")) for each in listed]

    def sync(self, *options: str, status: int = 0) -> Any:
        words = ("torc", "-f", "json", "workflows", "sync-status", self.workflow, *options)
        return json.loads(self.place.run(*words, status=status).stdout)

    def word(self, job: str) -> str:
        return self.cluster.run("squeue", "--noheader", "--states=all", "--format=%T", f"--jobs={job}").strip()

    def pids(self) -> list[int]:
        return [int(path.read_text()) for path in sorted(self.place.directory.glob("pid_*"))]

    def nodes(self) -> list[bool]:
        return [each["is_active"] for each in items(self.place, "compute_nodes", workflow_id=self.workflow)]


@pytest.fixture
def life(place: Place, cluster: Cluster) -> Iterator[Life]:
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    with Server(place, "--host", HEAD) as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        workflow = str(place.torc("create", place.file("w.yaml", SPEC))["workflow_id"])
        place.torc("init", workflow)
        scheduler = place.torc("slurm", "create", workflow, "-n", "s", "-a", "root")["id"]
        yield Life(place, cluster, server, workflow, scheduler)
        cluster.end_allocations()


def test_each_element_of_an_array_is_judged_alone(life: Life) -> None:
    """Slurm gives each element an id of its own too, which the runner in it has in its environment."""
    allocations = {"name": "pair", "account": "root", "mem": "300m", "walltime": "00:10:00"}
    request = {"trigger_type": "on_workflow_start", "action_type": "schedule_nodes", "scheduler_type": "slurm"}
    one_each = {"name": "whole", "num_cpus": 4, "memory": "100m", "runtime": "PT1M"}
    spec = {
        "name": "pair",
        "resource_requirements": [one_each],
        "jobs": [{"name": f"job_{n}", "command": "sleep 1000", "resource_requirements": "whole"} for n in (1, 2)],
        "slurm_defaults": {"cpus-per-task": 4},
        "slurm_schedulers": [allocations],
        "actions": [{**request, "scheduler": "pair", "num_allocations": 2}],
    }
    life.workflow = str(life.place.torc("submit", life.place.file("pair.json", json.dumps(spec)))["workflow_id"])
    until(lambda: life.statuses() == ["running", "running"])
    listed = life.place.torc("scheduled-compute-nodes", "list", life.workflow)["items"]
    job = listed[0]["scheduler_id"]
    assert [(each["scheduler_id"], each["task"]) for each in listed] == [(job, 1), (job, 2)]
    nodes = life.place.torc("compute-nodes", "list", life.workflow)["items"]
    (first,) = (each for each in nodes if each["scheduler"]["scheduler_id"] == listed[0]["id"])
    os.kill(first["pid"], signal.SIGKILL)
    until(lambda: life.word(f"{job}_1") not in {"RUNNING", "COMPLETING"})
    answer = life.sync()
    assert (answer["slurm_jobs_returned"], answer["compute_nodes_deactivated"]) == (1, 1)
    assert [status for status, _ in life.records()] == ["failed", "active"]
    assert sorted(life.statuses()) == ["ready", "running"]
    assert life.place.torc("cancel", life.workflow)["canceled_slurm_jobs"] == [f"{job}_2"]
    killed, canceled = (status for status, _ in life.records())
    assert (killed, canceled in LEFT_AS_CANCELED) == ("failed", True)


def test_a_canceled_workflow_leaves_nothing_behind(life: Life) -> None:
    job = life.running()
    waiting = life.submitted("--hold")
    answer = life.place.torc("cancel", life.workflow, "--no-prompts")
    assert (answer["status"], answer["errors"]) == ("success", None)
    assert sorted(answer["canceled_slurm_jobs"]) == [int(job), int(waiting)]
    assert life.cluster.run("squeue", "--noheader") == ""
    first, second = (status for status, _ in life.records())
    assert (first in LEFT_AS_CANCELED, second) == (True, "canceled")
    assert "running" not in life.statuses()
    assert life.nodes() == [False]
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in life.pids()))
    # A second call finds nothing to cancel, and the allocations stay as they ended.
    assert life.place.torc("cancel", life.workflow)["canceled_slurm_jobs"] == []
    assert life.place.torc("workflows", "reset-status", life.workflow, "--no-prompts")


def test_an_allocation_that_was_canceled_elsewhere(life: Life) -> None:
    job = life.running("--job-name=a-name-of-more-than-20-characters")
    life.cluster.run("scancel", job)
    # At once, while Slurm still ends the processes, nothing is judged.
    if life.word(job) == "COMPLETING":
        assert life.sync("--dry-run")["compute_nodes_deactivated"] == 0
    until(lambda: life.word(job) == "CANCELLED")
    life.sync()
    assert life.records() == [("canceled", "CANCELLED")]
    assert "running" not in life.statuses()
    assert life.nodes() == [False]
    assert life.sync()["orphans"] == []


def test_the_jobs_of_a_killed_runner_return_to_the_queue_once(life: Life) -> None:
    job = life.running()
    (node,) = life.place.torc("compute-nodes", "list", life.workflow)["items"]
    os.kill(node["pid"], signal.SIGKILL)
    until(lambda: life.word(job) not in {"RUNNING", "COMPLETING"})
    dry = life.sync("--dry-run")
    assert (dry["slurm_jobs_returned"], dry["compute_nodes_deactivated"]) == (2, 1)
    assert life.statuses() == ["running", "running"]
    assert life.sync()["slurm_jobs_returned"] == 2
    assert life.statuses() == ["ready", "ready"]
    ((status, reason),) = life.records()
    assert status == "failed"
    assert reason is not None
    assert reason.startswith("FAILED")
    attempts = [each["attempt_id"] for each in life.place.torc("jobs", "list", life.workflow)["items"]]
    assert attempts == [2, 2]


def test_a_suspended_allocation_keeps_its_jobs(life: Life) -> None:
    job = life.running()
    life.cluster.run("scontrol", "suspend", job)
    until(lambda: life.word(job) == "SUSPENDED")
    assert life.sync()["orphans"] == []
    assert life.records() == [("active", "SUSPENDED")]
    assert life.statuses() == ["running", "running"]
    life.cluster.run("scontrol", "resume", job)
    until(lambda: life.word(job) == "RUNNING")
    life.sync()
    assert life.records() == [("active", None)]


def test_an_allocation_that_slurm_queues_again(life: Life) -> None:
    job = life.running()
    life.cluster.run("scontrol", "requeuehold", job)
    until(lambda: life.word(job) in {"PENDING", "REQUEUE_HOLD", "SPECIAL_EXIT"})
    life.sync()
    ((status, reason),) = life.records()
    assert status == "pending"
    assert reason is not None
    assert "held" in reason.lower()
    assert "running" not in life.statuses()


def test_a_submission_whose_program_ended_is_found_by_its_mark(life: Life) -> None:
    submission = life.submission()
    job = life.sbatch(submission["mark"], "--hold")
    assert life.records() == [("submitting", None)]
    (found,) = life.sync()["orphans"]
    assert (found["kind"], found["done"]) == ("submission", f"accepted as {job}")
    life.sync()
    assert life.records() == [("pending", "JobHeldUser")]
    said = life.place.run("torc", "status", life.workflow).stderr
    assert "Waiting for 1 node, Slurm says JobHeldUser." in said
    assert f"scontrol release {job}" in said


def test_an_allocation_of_another_request_with_the_same_id_is_not_judged(life: Life) -> None:
    submission = life.submission()
    other = life.sbatch("torc-of-another-cluster", "--hold")
    ask(life.place, f"submissions/{submission['id']}/accept", {"scheduler_id": int(other), "is_array": False})
    life.cluster.run("scancel", other)
    until(lambda: life.word(other) == "CANCELLED")
    answer = life.sync(status=1)
    assert f"other allocations with the ids {other}" in answer["not_checked"][0]
    assert life.records() == [("pending", None)]
