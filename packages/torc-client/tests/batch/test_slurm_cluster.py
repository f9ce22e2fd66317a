"""Profiles from what Slurm reports. The texts have the form of Slurm 22.05, with GPUs and nodes of several kinds."""

import tomllib

from torc_client.batch.profile import ClusterDescription, profiles
from torc_client.batch.slurm.cluster import as_toml, cluster_name, partitions

SINFO = """debug|4|2000|infinite|(null)|3
short|4|2000|1:00|(null)|3
gpu|64|512000|2-00:00:00|gpu:h100:4(S:0-1),lustre:1|8
mixed|104|246064|4:00:00|gpu:a100:2|2
mixed|128|360000|4:00:00|gpu:4|2
closed|104|246064|4:00:00|(null)|2
"""
SCONTROL = """PartitionName=debug Default=YES MaxNodes=UNLIMITED MaxTime=UNLIMITED MinNodes=0 OverSubscribe=NO State=UP
PartitionName=short Default=NO MaxNodes=2 MaxTime=00:01:00 MinNodes=0 OverSubscribe=FORCE:4 State=UP
PartitionName=gpu Default=NO MaxNodes=UNLIMITED MinNodes=2 OverSubscribe=EXCLUSIVE State=UP
PartitionName=mixed Default=NO MaxNodes=UNLIMITED MinNodes=0 OverSubscribe=NO State=UP
PartitionName=closed Default=NO MaxNodes=UNLIMITED MinNodes=0 OverSubscribe=NO State=DOWN
"""


def test_partitions_have_the_limits_that_slurm_reports():
    debug, short, gpu, mixed = partitions(SINFO, SCONTROL)
    assert (debug.name, debug.is_default, debug.must_be_named, debug.max_nodes) == ("debug", True, False, 3)
    assert debug.max_walltime_secs == 365 * 86400
    assert (short.must_be_named, short.shared, short.max_walltime_secs, short.max_nodes) == (True, True, 60, 2)
    assert (gpu.gpus_per_node, gpu.gpu_type, gpu.shared, gpu.min_nodes) == (4, "h100", False, 2)
    # The smallest nodes count, so that a job that fits can run on each node.
    assert (mixed.cpus_per_node, mixed.memory_mb, mixed.gpus_per_node, mixed.max_nodes) == (104, 246_064, 2, 4)


def test_jobs_can_wait_for_a_partition_that_is_down():
    assert "closed" not in {each.name for each in partitions(SINFO, SCONTROL)}
    assert "closed" in {each.name for each in partitions(SINFO, SCONTROL, only_up=False)}


def test_the_name_of_the_cluster():
    assert cluster_name("Configuration data\nClusterName             = north\nCompleteWait = 0 sec\n") == "north"
    assert not cluster_name("")


def test_the_settings_of_a_cluster_are_read_as_the_same_cluster(tmp_path):
    cluster = ClusterDescription(display_name="North", partitions=partitions(SINFO, SCONTROL))
    file = tmp_path / "config.toml"
    file.write_text(as_toml(cluster, "our north", 'The "north" \\ one', host_pattern=r"\.north\.example$"))
    file.chmod(0o600)
    found = profiles([file])["our north"].cluster
    assert found.partitions == cluster.partitions
    assert (found.display_name, found.detect_hostname) == ('The "north" \\ one', r"\.north\.example$")
    assert (
        "is_default"
        in tomllib.loads(file.read_text())["client"]["hpc"]["custom_profiles"]["our north"]["partitions"][1]
    )
