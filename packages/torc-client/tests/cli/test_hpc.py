"""Known clusters, and the partitions that fit a job."""

import pytest

from torc_client.batch.matching import Need, best
from torc_client.batch.profile import profiles

OWN = """
[client.hpc]
default_account = "lab"
[client.hpc.profile_overrides.dane]
default_account = "fusion"
[client.hpc.custom_profiles.cellar]
display_name = "Ours"
detect_hostname = "."
[[client.hpc.custom_profiles.cellar.partitions]]
name = "all"
cpus_per_node = 8
memory_mb = 16384
max_walltime_secs = 3600
"""


@pytest.fixture
def home(nobodys_environment, monkeypatch):
    for name in ("NLR_CLUSTER", "CLUSTER"):
        monkeypatch.delenv(name, raising=False)
    # This machine may have the commands of Slurm.
    monkeypatch.setenv("PATH", str(nobodys_environment))
    return nobodys_environment


@pytest.mark.parametrize(
    ("need", "partition"),
    [
        ({"num_cpus": 4, "memory_mb": 8_000, "walltime_seconds": 3600}, "short"),
        ({"num_cpus": 4, "memory_mb": 8_000, "walltime_seconds": 5 * 86400}, "long"),
        ({"num_cpus": 104, "memory_mb": 200_000, "walltime_seconds": 3600}, "short"),
        ({"num_cpus": 104, "memory_mb": 200_000, "walltime_seconds": 86400}, "standard"),
        ({"num_cpus": 104, "memory_mb": 200_000, "walltime_seconds": 5 * 86400}, "long"),
        ({"num_cpus": 50, "memory_mb": 800_000, "walltime_seconds": 86400}, "medmem"),
        ({"num_cpus": 50, "memory_mb": 1_500_000, "walltime_seconds": 86400}, "bigmem"),
        ({"num_cpus": 4, "num_gpus": 2, "walltime_seconds": 3600}, "gpu-h100s"),
        ({"num_cpus": 4, "num_gpus": 4, "walltime_seconds": 3 * 86400}, "gpu-h100l"),
        # Partitions with the word debug, and those that have to be requested by name, come after the others.
        ({"num_cpus": 4, "num_gpus": 2, "walltime_seconds": 600}, "gpu-h100s"),
        ({"num_cpus": 4, "num_nodes": 2, "walltime_seconds": 3600}, "short"),
        ({"num_cpus": 4, "num_nodes": 200, "walltime_seconds": 5 * 86400}, "long"),
        ({"num_cpus": 4, "num_nodes": 300, "walltime_seconds": 5 * 86400}, ""),
        ({"num_cpus": 200}, ""),
        ({"num_cpus": 1, "num_gpus": 8}, ""),
    ],
)
def test_what_suits_a_job_on_kestrel(need, partition):
    chosen = best(profiles([])["kestrel"].cluster.partitions, Need(**need))
    assert (chosen.name if chosen else "") == partition


async def test_clusters_that_ship_and_those_of_files(torc, home):
    (home / "torc.toml").write_text(OWN)
    listed = {item["name"]: item for item in (await torc("-f", "json", "hpc", "list")).json["items"]}
    assert listed["kestrel"]["source"] == "built in"
    assert listed["kestrel"]["partition_count"] == 15
    assert listed["kestrel"]["default_account"] == "lab"
    assert listed["dane"]["default_account"] == "fusion"
    assert (listed["cellar"]["source"], listed["cellar"]["is_here"]) == ("torc.toml", True)


async def test_the_cluster_of_this_machine(torc, home, monkeypatch):
    ended = await torc("hpc", "detect")
    assert ended.code == 0
    assert "custom_profiles" in ended.out
    assert (await torc("-f", "json", "hpc", "detect")).json is None
    assert "torc hpc list" in (await torc("hpc", "partitions")).err
    monkeypatch.setenv("NLR_CLUSTER", "kestrel")
    assert (await torc("-f", "json", "hpc", "detect")).json["name"] == "kestrel"
    gpus = (await torc("-f", "json", "hpc", "partitions", "--gpu")).json["items"]
    assert {item["gpu_type"] for item in gpus} == {"h100"}
    assert (await torc("hpc", "partitions", "--gpu", "--cpu")).code == 2
    assert "Cluster kestrel" in (await torc("hpc", "show")).out


async def test_the_ranking_is_shown_with_what_does_not_fit(torc, home):
    ended = await torc(
        "-f", "json", "hpc", "match", "dane", "--cpus", "112", "--memory", "200g", "--walltime", "2:00:00"
    )
    assert [(item["rank"], item["name"], item["why_not"]) for item in ended.json["items"]] == [
        (1, "pbatch", ""), (2, "pci", ""), (3, "pjupyter", ""), (4, "pserial", ""), (5, "pall", ""),
        (None, "pdebug", "too short"),
    ]  # fmt: skip
    assert (await torc("hpc", "match", "--profile", "dane", "--walltime", "1-00:00:00")).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["match", "dane", "--gpus", "1"], 1, "No partition of dane has nodes for this job.\npbatch: no GPUs"),
        (["match", "dane", "--memory", "much"], 2, "'much' is not an amount of memory such as 64g"),
        (["match", "dane", "--walltime", "1:2:3:4"], 2, "'1:2:3:4' is not a time limit such as 04:00:00"),
        (["match", "dane", "--walltime", "PT"], 2, "is not a valid duration"),
        (["show", "dan"], 1, "Unknown cluster 'dan'. Did you mean dane?"),
        (["show", "x"], 1, "Known clusters: dane, kestrel."),
    ],
)
async def test_mistakes(torc, home, arguments, code, said):
    ended = await torc("hpc", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[client.hpc.custom_profiles.a]\ncolour = 1\n", "torc.toml: the profile of cluster a is invalid"),
        ('[client.hpc.custom_profiles.a]\ndetect_hostname = "("\n', "is not a valid regular expression"),
        ("[client]\nhpc = 1\n", "torc.toml: hpc must be a table."),
    ],
)
async def test_a_wrong_description_names_its_file(torc, home, content, said):
    (home / "torc.toml").write_text(content)
    ended = await torc("hpc", "list")
    assert ended.code == 1
    assert said in ended.err
