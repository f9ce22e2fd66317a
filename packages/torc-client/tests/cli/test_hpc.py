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
    assert ended.json["requirements"] == {"cpus": 112, "memory_mb": 204_800, "walltime_secs": 7200, "gpus": 0}
    assert [each["name"] for each in ended.json["matching_partitions"]] == [
        "pbatch", "pci", "pjupyter", "pserial", "pall"
    ]  # fmt: skip
    assert ended.json["best_partition"] == "pbatch"
    assert (await torc("hpc", "match", "--profile", "dane", "--walltime", "1-00:00:00")).code == 0


async def test_json_has_the_members_of_torc_1_0(torc, home):
    (item, *_) = (await torc("-f", "json", "hpc", "partitions", "kestrel", "--gpu")).json["items"]
    assert {name: item[name] for name in ("name", "cpus", "memory_mb", "max_walltime_secs", "gpus_per_node")} == {
        "name": "debug", "cpus": 104, "memory_mb": 246_064, "max_walltime_secs": 3600, "gpus_per_node": 2,
    }  # fmt: skip
    assert (item["gpu_type"], item["shared"], item["explicit"]) == ("h100", True, True)
    (item, *_) = (await torc("-f", "json", "hpc", "list")).json["items"]
    assert (item["name"], item["display"], item["partitions"], item["detected"]) == ("dane", "LLNL Dane", 6, False)


ALL_KEYS = """
[client.hpc.custom_profiles.all]
display_name = "All"
description = "d"
detect_env_var = "WHERE=here"
detect_hostname = "never"
default_account = "own"
charge_factor_cpu = 2
charge_factor_gpu = 20
[[client.hpc.custom_profiles.all.partitions]]
name = "p"
description = "q"
cpus_per_node = 8
memory_mb = 1000
max_walltime_secs = 60
gpus_per_node = 2
gpu_type = "a100"
gpu_memory_gb = 40
shared = true
requires_explicit_request = true
min_nodes = 2
max_nodes = 4
max_nodes_per_user = 3
default_qos = "high"
local_disk_gb = 100
"""


async def test_all_keys_of_a_profile_are_read(torc, home, monkeypatch):
    (home / "torc.toml").write_text(ALL_KEYS)
    monkeypatch.setenv("WHERE", "here")
    shown = (await torc("-f", "json", "hpc", "detect")).json
    assert (shown["name"], shown["default_account"], shown["charge_factor_cpu"]) == ("all", "own", 2)
    assert (shown["charge_factor_gpu"], shown["description"]) == (20, "d")
    (partition,) = shown["partitions"]
    assert partition == {
        "name": "p", "description": "q", "cpus_per_node": 8, "memory_mb": 1000, "max_walltime_secs": 60,
        "gpus_per_node": 2, "gpu_type": "a100", "gpu_memory_gb": 40, "min_nodes": 2, "max_nodes": 4,
        "max_nodes_per_user": 3, "default_qos": "high", "local_disk_gb": 100, "shared": True,
        "requires_explicit_request": True, "is_default": None,
    }  # fmt: skip


async def test_the_account_of_a_cluster_comes_from_the_settings(torc, home):
    (home / "torc.toml").write_text(ALL_KEYS + '[client.hpc]\ndefault_account = "lab"\n')

    async def account(name):
        return (await torc("-f", "json", "hpc", "show", name)).json["default_account"]

    assert [await account(name) for name in ("all", "dane")] == ["own", "lab"]
    (home / "torc.toml").write_text(ALL_KEYS + '[client.hpc.profile_overrides.all]\ndefault_account = "ours"\n')
    assert [await account(name) for name in ("all", "dane")] == ["ours", None]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["match", "dane", "--gpus", "1"], 1, "no GPUs"),
        (["match", "kestrel", "--memory", "2900g"], 1, "too large"),
        (["match", "kestrel", "--walltime", "11-00:00:00", "--cpus", "105"], 1, "too short"),
        (["match", "dane", "--memory", "much"], 2, "no memory"),
        (["match", "dane", "--walltime", "1:2:3:4"], 2, "no walltime"),
        (["match", "dane", "--walltime", "PT"], 2, "no duration"),
        (["show", "dan"], 1, "misspelt cluster"),
        (["show", "x"], 1, "unknown cluster"),
    ],
)
async def test_mistakes(torc, home, arguments, code, error):
    ended = await torc("hpc", *arguments)
    assert (ended.code, ended.out) == (code, "")
    ended.told(error)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("[client.hpc.custom_profiles.a]\ncolour = 1\n", "unknown member"),
        ('[client.hpc.custom_profiles.a]\ndetect_hostname = "("\n', "no regular expression"),
        ("[client]\nhpc = 1\n", "no table"),
    ],
)
async def test_a_wrong_description_names_its_file(torc, home, content, error):
    (home / "torc.toml").write_text(content)
    ended = await torc("hpc", "list")
    assert ended.code == 1
    ended.told(error)
