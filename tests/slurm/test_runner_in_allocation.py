"""A runner in an allocation knows what Slurm gave to it."""

import json

import pytest

from slurm.cluster import Cluster
from slurm.configuration import HEAD
from support.processes import PROGRAMS, SERVICE, Place, Server

SPEC = """
name: demo
resource_requirements: [{name: half, num_cpus: 2, memory: 400m, runtime: PT1M}]
jobs: [{name: "job_{i}", command: sleep 1, parameters: {i: "1:4"}, resource_requirements: half}]
"""


@pytest.mark.parametrize("memory", ["--mem=1000", "--mem-per-cpu=250"])
def test_the_compute_node_has_the_resources_of_the_allocation(place: Place, cluster: Cluster, memory: str) -> None:
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    with Server(place, "--host", HEAD) as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        place.file("w.yaml", SPEC)
        workflow = place.torc("create", "w.yaml")["workflow_id"]
        script = place.file("job.sh", f"#!/bin/bash\nexec {PROGRAMS}/torc-runner {workflow}\n")
        place.run("sbatch", "--wait", "--time=5", "--cpus-per-task=4", memory, "--output=out", script)
        (node,) = place.torc("compute-nodes", "list", workflow)["items"]
        jobs = place.torc("jobs", "list", workflow)["items"]
    assert {job["status"] for job in jobs} == {"completed"}, (place.directory / "out").read_text()
    assert (node["num_cpus"], round(node["memory_gb"] * 1024)) == (4, 1000)
    assert (node["compute_node_type"], node["scheduler"]["type"]) == ("slurm", "slurm")
    assert node["hostname"] in cluster.shape.names
    assert node["end_time"]


@pytest.mark.parametrize("per_node", [False, True])
def test_without_mem_an_allocation_has_the_default_of_the_cluster(
    place: Place, cluster: Cluster, per_node: bool
) -> None:
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    action = {"trigger_type": "on_workflow_start", "action_type": "schedule_nodes", "scheduler_type": "slurm"}
    spec = {
        "name": "demo",
        "resource_requirements": [{"name": "half", "num_cpus": 2, "memory": "150m", "runtime": "PT10S"}],
        "jobs": [{"name": "one", "command": "hostname", "resource_requirements": "half"}],
        "slurm_defaults": {"cpus-per-task": 4},
        "slurm_schedulers": [{"name": "main", "account": "root", "nodes": 1, "walltime": "00:05:00"}],
        "actions": [action | {"scheduler": "main", "num_allocations": 1, "start_one_worker_per_node": per_node}],
    }
    with Server(place, "--host", HEAD) as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        workflow = place.torc("submit", place.file("w.json", json.dumps(spec)))["workflow_id"]
        place.torc("watch", workflow, "-p", "1")
        (node,) = place.torc("compute-nodes", "list", workflow)["items"]
    assert (node["num_cpus"], round(node["memory_gb"] * 1024)) == (4, 400)  # DefMemPerCPU is 100
