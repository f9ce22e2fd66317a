"""Workflows on a cluster are recovered: jobs that lacked memory, allocations that ended early, nodes that died."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slurm.cluster import Cluster, CommandFailedError
from slurm.configuration import HEAD
from support.processes import SERVICE, Output, Place, Reports, Server, ended_after

OPTIONS = "--cpus-per-task=2 --no-requeue"
SPEC = f"""
name: recovered
slurm_schedulers:
  - {{name: first, account: root, nodes: 1, walltime: "00:06:00", mem: 1000m, extra: "{OPTIONS}"}}
resource_requirements: [{{name: small, num_cpus: 1, memory: 200m, runtime: PT4M}}]
actions:
  - {{trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler: first, scheduler_type: slurm,
     num_allocations: 1}}
"""
HOG = "python3 -c 'import time; held = bytearray(300_000_000); time.sleep(4)'"
MEMORY = f"""
execution_config: {{mode: slurm}}
jobs:
  - {{name: normal, command: "true", resource_requirements: small, scheduler: first}}
  - {{name: hog, command: "{HOG}", resource_requirements: small, scheduler: first}}
"""
# The first attempt stays until its node dies.
NODE = """
jobs:
  - name: job
    command: echo $SLURMD_NODENAME $PPID >> nodes; echo started > reports; test $TORC_ATTEMPT_ID = 2 || exec sleep 600
    resource_requirements: small
    scheduler: first
"""


@dataclass
class Scene:
    """A server that the nodes of the cluster reach, and a folder."""

    place: Place
    cluster: Cluster

    def submit(self, jobs: str) -> str:
        spec = self.place.file("w.yaml", SPEC + jobs)
        return str(self.place.torc("submit", "--poll-interval", "1", spec)["workflow_id"])

    def watch(self, workflow: str, *options: str) -> subprocess.Popen[str]:
        words = ("torc", "-f", "json", "watch", workflow, "--poll-interval", "1", *options)
        return self.place.start(*words, stderr=subprocess.STDOUT)

    def results(self, workflow: str) -> list[tuple[str, int, int]]:
        """Return name, run and return code of each result."""
        names = {job["id"]: job["name"] for job in self.place.torc("jobs", "list", workflow)["items"]}
        found = self.place.torc("results", "list", workflow, "--all-runs")["items"]
        return sorted((names[each["job_id"]], each["run_id"], each["return_code"]) for each in found)

    def allocations(self, workflow: str) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.place.torc("scheduled-compute-nodes", "list", workflow)["items"]
        return listed


@pytest.fixture
def scene(place: Place, cluster: Cluster) -> Iterator[Scene]:
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    with Server(place, "--host", HEAD) as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        yield Scene(place, cluster)
        cluster.end_allocations()


def test_a_watch_gives_more_memory_to_a_job_that_lacked_it(scene: Scene) -> None:
    workflow = scene.submit(MEMORY)
    with ended_after(scene.watch(workflow, "--recover", "--memory-multiplier", "2.0", "--partition", "debug")) as watch:
        said, _ = watch.communicate()
    assert watch.returncode == 0, said
    for sentence in (
        "Attempting automatic recovery",
        "Applied fixes: 1 OOM, 0 timeout",
        "Recovery initiated. Resuming monitoring",
    ):
        assert sentence in said
    # The attempt that was retried keeps its result.
    assert scene.results(workflow) == [("hog", 1, 137), ("hog", 2, 0), ("normal", 1, 0)]
    assert [each["status"] for each in scene.allocations(workflow)] == ["complete", "complete"]
    first, second = scene.place.torc("slurm", "list", workflow)["items"]
    assert (second["account"], second["partition"]) == (first["account"], "debug")
    # Room for the start, the lead and the headroom beside the run time of 4 minutes.
    assert second["walltime"] == "00:09:00"


def test_recover_requests_what_its_dry_run_shows_in_the_folder_of_the_workflow(scene: Scene) -> None:
    workflow = scene.submit(MEMORY)
    with ended_after(scene.watch(workflow)) as watch:
        watch.communicate()
    planned = scene.place.torc("recover", workflow, "--dry-run")["result"]
    assert (planned["oom_fixed"], planned["slurm_dry_run"]["total_allocations"]) == (1, 1)
    assert len(scene.allocations(workflow)) == 1
    elsewhere = Place(scene.place.directory / "elsewhere")
    elsewhere.environment = scene.place.environment
    done = elsewhere.torc("recover", workflow)["result"]
    assert not (elsewhere.directory / "torc_output").exists()
    scripts = [path.read_text() for path in (scene.place.directory / "torc_output").glob("wf*.sh")]
    assert [f"\ncd -- {scene.place.directory} " in script for script in scripts] == [True, True]
    (scheduler,) = done["slurm"]["schedulers_created"]
    (expected,) = planned["slurm_dry_run"]["planned_schedulers"]
    for member in ("account", "partition", "walltime", "nodes", "num_allocations", "job_count"):
        assert scheduler[member] == expected[member]
    with ended_after(scene.watch(workflow)) as watch:
        said, _ = watch.communicate()
    assert watch.returncode == 0, said
    assert scene.results(workflow)[:2] == [("hog", 1, 137), ("hog", 2, 0)]


def test_a_watch_replaces_an_allocation_whose_node_died(scene: Scene) -> None:
    reports = Reports(scene.place.directory / "reports")
    workflow = scene.submit(NODE)
    with ended_after(scene.watch(workflow, "--recover")) as watch:
        reports.next(of=[watch])
        node = die(scene.cluster, scene.place.directory / "nodes")
        try:
            reports.next(of=[watch])
            output = Output(watch.stdout)
            said = output.finish()
        finally:
            revive(scene.cluster, node)
        assert watch.wait() == 0, said
    reports.close()
    # The job ran twice, one after the other, and only the second attempt has a result.
    first, second = scene.allocations(workflow)
    assert (first["status"], second["status"]) == ("failed", "complete")
    assert "NODE_FAIL" in first["reason"]
    assert scene.results(workflow) == [("job", 1, 0)]


def die(cluster: Cluster, log: Path) -> str:
    """Kill all that runs on the node of the job in a log, as a power cut would, and return the node."""
    node, runner = log.read_text().split()
    steps = Path(f"/proc/{runner}/stat").read_text().rsplit(")", 1)[1].split()[1]
    for pid in (cluster.pid(f"slurmd-{node}"), int(steps), *tree(int(runner))):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    # Slurm waits five minutes for a node that does not answer.
    cluster.run("scontrol", "update", f"nodename={node}", "state=down", "reason=died")
    return node


def revive(cluster: Cluster, node: str) -> None:
    cluster.start_node(cluster.shape.names.index(node))
    # Slurm may have the node in service already.
    with suppress(CommandFailedError):
        cluster.run("scontrol", "update", f"nodename={node}", "state=resume")


def tree(pid: int) -> list[int]:
    """Return a process and those below it."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in below for each in tree(int(child)))]
