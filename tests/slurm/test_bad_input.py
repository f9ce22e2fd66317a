"""Schedulers that the cluster does not allow are refused in one sentence, and nothing is left half-done."""

from collections.abc import Iterator

import pytest

from slurm.cluster import Cluster
from slurm.configuration import HEAD
from support.processes import Place, Server

SPEC = """
name: demo
slurm_schedulers: [{{name: many, account: root, {scheduler}}}]
jobs: [{{name: one, command: "true", scheduler: many}}]
actions: [{{trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler_type: slurm, scheduler: many}}]
"""


@pytest.fixture
def here(place: Place, cluster: Cluster) -> Iterator[Place]:
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    with Server(place, "--host", HEAD) as server:
        place.environment["TORC_API_URL"] = server.url.replace("127.0.0.1", HEAD)
        # No allocation starts, so the program of the runner does not matter.
        place.environment["TORC_CLIENT__SLURM__RUNNER_PROGRAM"] = "/bin/true"
        yield place


@pytest.mark.parametrize(
    ("scheduler", "reason", "slurms"),
    [
        ("partition: nope", "many names partition 'nope', which does not exist; there are debug, short", "partition"),
        ("partition: short", "partition short allows 00:01:00 for 01:00:00", "time limit"),
        ("mem: 9g", "partition debug allows 2000 MB on a node for 9216", "Memory specification"),
        ("nodes: 9", "partition debug allows 3 nodes for 9", "Node count"),
        ("gres: 'gpu:1'", "partition debug allows 0 GPUs on a node for 1", "gres"),
    ],
)
def test_a_scheduler_beyond_the_cluster(
    here: Place, cluster: Cluster, scheduler: str, reason: str, slurms: str
) -> None:
    here.file("w.yaml", SPEC.format(scheduler=scheduler))
    checked = here.run("torc", "spec", "check", "w.yaml")
    assert "on this cluster, many" in checked.stderr
    assert reason in checked.stderr
    refused = here.run("torc", "submit", "w.yaml", status=1)
    assert reason in refused.stderr
    assert "Nothing was submitted. Correct slurm_schedulers in w.yaml." in " ".join(refused.stderr.split())
    assert here.torc("workflows", "list")["items"] == []
    # Slurm itself gives the reason where the check is left out. The action can be carried out later.
    refused = here.run("torc", "submit", "w.yaml", "--skip-checks", status=1)
    assert slurms.lower() in refused.stderr.lower()
    (workflow,) = here.torc("workflows", "list")["items"]
    assert here.torc("scheduled-compute-nodes", "list", str(workflow["id"]))["items"] == []
    assert cluster.run("squeue", "--noheader") == ""
    again = here.run("torc", "submit", str(workflow["id"]), status=1)
    assert reason in again.stderr
