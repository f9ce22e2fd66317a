"""torc slurm plan-allocations asks the real cluster for idle nodes and start times."""

from collections.abc import Iterator

import pytest

from slurm.cluster import Cluster
from slurm.waiting import until
from support.processes import Place

SPEC = """
name: demo
parameters: {i: "1:3"}
resource_requirements: [{name: r, num_cpus: 4, memory: 100m, runtime: PT30M}]
jobs: [{name: "work_{i}", command: "true", use_parameters: [i], resource_requirements: r}]
"""


@pytest.fixture
def here(place: Place, cluster: Cluster) -> Iterator[Place]:
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    place.file("w.yaml", SPEC)
    yield place
    cluster.end_allocations()


def recommendation(place: Place, *options: str) -> tuple[dict[str, object], dict[str, object]]:
    plan = place.torc("slurm", "plan-allocations", "w.yaml", "--account", "root", *options)
    assert plan["warnings"] == []
    return plan["cluster_state"][0], plan["recommendations"][0]


def test_idle_nodes_are_those_of_the_partition_that_fits(here: Place) -> None:
    state, found = recommendation(here, "--skip-test-only")
    assert state == {
        "partition": "debug", "total_nodes": 3, "idle_nodes": 3, "pending_allocations": 0, "pending_nodes": 0,
    }  # fmt: skip
    assert (found["partition"], found["strategy"]) == ("debug", "single")
    assert (found["num_allocations"], found["nodes_per_allocation"]) == (1, 3)
    assert found["sbatch_estimates"] is None


def test_start_times_decide_on_a_busy_cluster(here: Place, cluster: Cluster) -> None:
    before = recommendation(here)[1]
    assert before["strategy"] == "single"
    # Two nodes are busy for an hour: three nodes start later than one.
    cluster.run("sbatch", "--nodes=2", "--exclusive", "--time=60", "--output=/dev/null", "--wrap", "sleep 600")
    until(lambda: "RUNNING" in cluster.run("squeue", "--noheader", "--format=%T"))
    state, found = recommendation(here)
    assert state["idle_nodes"] == 1
    assert (found["strategy"], found["num_allocations"], found["nodes_per_allocation"]) == ("many-small", 3, 1)
    assert found["sbatch_estimates"]["large_wait_seconds"] > found["sbatch_estimates"]["small_wait_seconds"]  # type: ignore[index]
    assert cluster.run("squeue", "--noheader").count("\n") == 1
