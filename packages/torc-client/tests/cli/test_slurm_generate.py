"""`torc slurm generate`: schedulers and actions for a spec."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from torc_client import spec

SPEC = """
name: demo
parameters: {i: "1:100"}
resource_requirements:
  - {name: small, num_cpus: 4, memory: 2g, runtime: PT10M}
  - {name: wide, num_cpus: 104, memory: 100g, num_nodes: 2, runtime: PT1H}
  - {name: gpu, num_cpus: 8, memory: 50g, num_gpus: 1, runtime: PT2H}
jobs:
  - {name: "work_{i}", command: "echo {i}", use_parameters: [i], resource_requirements: small}
  - {name: "train_{i}", command: "true", use_parameters: [i], resource_requirements: gpu, depends_on: ["work_{i}"]}
  - {name: mpi, command: "mpirun x", resource_requirements: wide, depends_on_regexes: ["work_.*"]}
  - {name: last, command: "true", resource_requirements: small, depends_on: [mpi]}
actions:
  - {trigger_type: on_workflow_start, action_type: run_commands, commands: [hostname]}
"""
KESTREL = ("--profile", "kestrel", "--account", "lab")


@pytest.fixture
def folder(nobodys_environment) -> Path:
    (nobodys_environment / "w.yaml").write_text(SPEC)
    return nobodys_environment


def jobs_of(document: dict[str, Any]) -> dict[str, str]:
    return {job["name"]: job.get("scheduler", "") for job in document["jobs"]}


async def test_the_spec_gets_a_scheduler_for_each_group_of_jobs(torc, folder):
    ended = await torc("slurm", "generate", "w.yaml", *KESTREL)
    assert (ended.code, ended.err) == (0, "")
    document = yaml.safe_load(ended.out)
    assert jobs_of(document) == {
        "work_{i}": "short_scheduler",
        "train_{i}": "gpu-h100s_deferred_scheduler",
        "mpi": "short_2nodes_deferred_scheduler",
        "last": "short_deferred_scheduler",
    }
    by_name = {each["name"]: each for each in document["slurm_schedulers"]}
    assert by_name["short_scheduler"] == {
        "name": "short_scheduler", "account": "lab", "nodes": 1, "walltime": "00:18:00",
        # 26 jobs of 2 GiB at a time, and the runner.
        "mem": f"{26 * 2048 + 256}m", "ntasks_per_node": 1, "extra": "--cpus-per-task=104",
    }  # fmt: skip
    assert by_name["gpu-h100s_deferred_scheduler"]["gres"] == "gpu:4"
    assert by_name["short_2nodes_deferred_scheduler"]["nodes"] == 2
    first, *requests = document["actions"]
    assert first["action_type"] == "run_commands"
    assert [(each["scheduler"], each["num_allocations"], len(each["jobs"])) for each in requests] == [
        ("short_scheduler", 4, 100), ("gpu-h100s_deferred_scheduler", 25, 100),
        ("short_2nodes_deferred_scheduler", 1, 1), ("short_deferred_scheduler", 1, 1),
    ]  # fmt: skip
    assert {each["trigger_type"] for each in requests} == {"on_jobs_ready"}


@pytest.mark.parametrize("suffix", ["yaml", "json", "json5", "kdl"])
async def test_the_written_spec_is_valid_and_has_the_same_jobs(torc, folder, suffix):
    ended = await torc("-f", "json", "slurm", "generate", "w.yaml", *KESTREL, "-o", f"o.{suffix}")
    assert (ended.json["scheduler_count"], ended.json["file"]) == (4, f"o.{suffix}")
    before, after = spec.load("w.yaml"), spec.load(f"o.{suffix}")
    assert [job.parents for job in after.jobs] == [job.parents for job in before.jobs]
    again = await torc("slurm", "generate", f"o.{suffix}", *KESTREL)
    assert (again.code, again.out) == (1, "")
    assert "--overwrite" in again.err
    await torc("slurm", "generate", f"o.{suffix}", *KESTREL, "--overwrite", "-o", "again.json")
    await torc("slurm", "generate", "w.yaml", *KESTREL, "-o", "once.json")
    assert (folder / "again.json").read_text() == (folder / "once.json").read_text()


async def test_instances_with_different_requirements_are_written_as_jobs(torc, folder):
    document = yaml.safe_load(SPEC)
    document["jobs"][0] |= {"parameters": {"r": "['small','gpu']"}, "name": "{r}_job", "resource_requirements": "{r}"}
    del document["jobs"][1:], document["jobs"][0]["use_parameters"], document["parameters"]
    document["jobs"][0]["command"] = "true"
    (folder / "mixed.json").write_text(json.dumps(document))
    ended = await torc("slurm", "generate", "mixed.json", *KESTREL)
    assert jobs_of(ended.json) == {"small_job": "short_scheduler", "gpu_job": "gpu-h100s_scheduler"}


async def test_several_nodes_of_an_allocation_have_a_runner_each(torc, folder):
    ended = await torc("slurm", "generate", "w.yaml", *KESTREL, "--single-allocation")
    document = yaml.safe_load(ended.out)
    requests = {each["scheduler"]: each for each in document["actions"][1:]}
    assert {each["num_allocations"] for each in requests.values()} == {1}
    assert document["slurm_schedulers"][0]["nodes"] == 4
    assert requests["short_scheduler"]["start_one_worker_per_node"] is True
    # A job of two nodes needs one runner for both.
    assert "start_one_worker_per_node" not in requests["short_2nodes_deferred_scheduler"]
    (folder / "slurm.yaml").write_text(SPEC + "execution_config: {mode: slurm}\n")
    document = yaml.safe_load((await torc("slurm", "generate", "slurm.yaml", *KESTREL, "--single-allocation")).out)
    assert not any("start_one_worker_per_node" in each for each in document["actions"])


async def test_a_dry_run_shows_what_would_be_added(torc, folder):
    ended = await torc("-f", "json", "slurm", "generate", "w.yaml", *KESTREL, "--dry-run", "-o", "never.yaml")
    facts = ended.json
    assert (facts["dry_run"], facts["scheduler_count"], facts["action_count"]) == (True, 4, 4)
    assert (facts["profile_name"], facts["profile_display_name"]) == ("kestrel", "NLR Kestrel")
    assert facts["slurm_schedulers"][0]["name"] == "short_scheduler"
    assert not (folder / "never.yaml").exists()


async def test_the_explanation_has_jobs_waves_and_node_hours(torc, folder):
    ended = await torc("slurm", "generate", "w.yaml", *KESTREL, "--explain", "--no-actions")
    ended.told()
    assert [each["action_type"] for each in yaml.safe_load(ended.out)["actions"]] == ["run_commands"]


async def test_a_partition_is_written_where_the_cluster_would_choose_another(torc, folder):
    (folder / "torc.toml").write_text(
        '[client.hpc.custom_profiles.north]\ndefault_account = "ours"\n'
        '[[client.hpc.custom_profiles.north.partitions]]\nname = "main"\ncpus_per_node = 2\nmemory_mb = 9000\n'
        "max_walltime_secs = 86400\nis_default = true\n"
        '[[client.hpc.custom_profiles.north.partitions]]\nname = "big"\ncpus_per_node = 104\nmemory_mb = 900_000\n'
        'max_walltime_secs = 86400\nis_default = false\ndefault_qos = "high"\ngpus_per_node = 2\n'
    )
    document = yaml.safe_load((await torc("slurm", "generate", "w.yaml", "--profile", "north")).out)
    first = document["slurm_schedulers"][0]
    assert (first["partition"], first["account"], first["qos"]) == ("big", "ours", "high")


@pytest.mark.parametrize(
    ("changes", "arguments", "error"),
    [
        ({}, ("--profile", "kestrel"), "no account"),
        ({}, ("--profile", "kestral", "-a", "x"), "misspelt profile"),
        ({}, (*KESTREL, "--partition", "none"), "no such partition"),
        ({}, (*KESTREL, "--partition", "debug"), "too short"),
        ({"resource_requirements": None}, KESTREL, "no requirements"),
        ({"jobs": [{"name": "a", "command": "true", "depends_on": ["b"]}]}, KESTREL, "no such job"),
    ],
)
async def test_mistakes_write_nothing(torc, folder, changes, arguments, error):
    document = yaml.safe_load(SPEC) | changes
    if changes.get("resource_requirements", "") is None:
        document |= {"jobs": [{"name": "a", "command": "true"}], "resource_requirements": []}
    (folder / "w.json").write_text(json.dumps(document))
    ended = await torc("slurm", "generate", "w.json", *arguments, "-o", "out.json")
    ended.told(error)
    assert ended.code == (0 if "debug" in arguments else 1)
    assert (folder / "out.json").exists() == (ended.code == 0)


FILES = """
name: diamond
resource_requirements: [{name: small, num_cpus: 1, memory: 100m, runtime: PT20M}]
files: [{name: a, path: a.txt}]
user_data: [{name: b}]
jobs:
  - {name: "top", command: "true", resource_requirements: small, output_files: [a]}
  - {name: "middle", command: "true", resource_requirements: small, input_files: [a], output_user_data: [b]}
  - {name: "bottom", command: "true", resource_requirements: small, input_user_data: [b]}
"""


async def test_files_and_user_data_are_dependencies(torc, folder):
    (folder / "files.yaml").write_text(FILES)
    ended = await torc("-f", "json", "slurm", "generate", "files.yaml", *KESTREL, "--dry-run")
    (action,) = ended.json["actions"]
    assert action["jobs"] == ["top"]
    planned = await torc("-f", "json", "slurm", "plan-allocations", "files.yaml", *KESTREL, "--offline")
    assert planned.json["workflow_analysis"]["dependency_depth"] == 3
