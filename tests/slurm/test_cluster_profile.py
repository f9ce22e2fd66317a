"""Profiles and generated schedulers of a real cluster."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from slurm.cluster import Cluster
from slurm.configuration import CLUSTER
from support.processes import Place

SPEC = """
name: demo
resource_requirements:
  - {name: small, num_cpus: 1, memory: 300m, runtime: PT10M}
  - {name: odd, num_cpus: 3, memory: 1500m, runtime: PT1H}
  - {name: wide, num_cpus: 2, memory: 500m, num_nodes: 2, runtime: PT5M}
jobs:
  - {name: "small_{i}", command: "true", parameters: {i: "1:40"}, resource_requirements: small}
  - name: odd_{i}
    command: "true"
    parameters: {i: "1:4"}
    resource_requirements: odd
    depends_on_regexes: ["small_.*"]
  - {name: wide, command: "true", resource_requirements: wide}
"""


@pytest.fixture
def on_cluster(place: Place, cluster: Cluster) -> Place:
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    return place


def printed(place: Place, *arguments: str) -> Any:
    return place.torc(*arguments)


def test_the_cluster_of_this_machine_is_found_and_described(on_cluster: Place) -> None:
    assert printed(on_cluster, "hpc", "detect")["display_name"] == f"{CLUSTER.capitalize()} (Slurm)"
    debug, short = printed(on_cluster, "hpc", "partitions", "slurm")["items"]
    assert (debug["name"], debug["cpus_per_node"], debug["memory_mb"], debug["max_nodes"]) == ("debug", 4, 2000, 3)
    assert (short["name"], short["max_walltime_secs"], short["is_default"]) == ("short", 60, False)
    on_cluster.run("torc", "hpc", "generate", "--name", "mine", "--output", "torc.toml")
    again = printed(on_cluster, "hpc", "partitions", "mine")["items"]
    assert again == [debug, short]


@pytest.mark.parametrize("grouping", ["partition", "resource-requirements"])
def test_slurm_accepts_what_is_generated(on_cluster: Place, cluster: Cluster, grouping: str) -> None:
    (on_cluster.directory / "w.yaml").write_text(SPEC)
    facts = printed(on_cluster, "slurm", "generate", "w.yaml", "-a", "root", "--dry-run", "--group-by", grouping)
    assert facts["scheduler_count"] >= 3
    for scheduler in facts["slurm_schedulers"]:
        # Slurm would start it now or later: there are nodes of this size, and the time is allowed.
        cluster.run("sbatch", "--test-only", *options(scheduler), "--wrap=true")


def options(scheduler: dict[str, Any]) -> list[str]:
    names = {"walltime": "time", "ntasks_per_node": "ntasks-per-node"}
    given = [f"--{names.get(name, name)}={value}" for name, value in scheduler.items() if name not in {"name", "extra"}]
    return given + shlex.split(scheduler.get("extra", ""))


def test_an_unknown_cluster_is_reported_in_the_words_of_slurm(place: Place) -> None:
    empty = place.directory / "empty.conf"
    Path(empty).write_text("")
    place.environment["SLURM_CONF"] = str(empty)
    ended = place.run("torc", "hpc", "partitions", status=None)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: sinfo: ")
