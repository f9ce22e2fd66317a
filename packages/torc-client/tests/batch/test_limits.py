"""Allocations that no partition of the cluster allows."""

from dataclasses import replace

import pytest

from torc_client.batch.limits import refusal
from torc_client.batch.profile import Partition
from torc_client.batch.schedulers import BatchScheduler, NodeAmounts

PARTITIONS = [
    Partition(
        name="main", cpus_per_node=8, memory_mb=16_000, max_walltime_secs=86_400, max_nodes=4, is_default=True
    ),
    Partition(
        name="gpu", cpus_per_node=64, memory_mb=500_000, max_walltime_secs=3600, min_nodes=2, gpus_per_node=4,
        is_default=False,
    ),
]  # fmt: skip
FITS = BatchScheduler(
    1, 7, "slurm", "s", nodes=4, walltime_seconds=86_400, node=NodeAmounts(8, 16_000, 0),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"options": {"partition": "mian"}}, "s names partition 'mian', which does not exist; there are main, gpu"),
        ({"walltime_seconds": 86_401}, "s is beyond the limits: partition main allows 1-00:00:00 for 1-00:00:01"),
        ({"nodes": 5}, "partition main allows 4 nodes for 5"),
        ({"node": NodeAmounts(8, 16_001, 0)}, "partition main allows 16000 MB on a node for 16001"),
        ({"node": NodeAmounts(9, 1, 0)}, "partition main allows 8 CPUs on a node for 9"),
        ({"node": NodeAmounts(1, 1, 1)}, "partition main allows 0 GPUs on a node for 1"),
        ({"nodes": 1, "walltime_seconds": 60, "options": {"partition": "gpu"}}, "gpu allows no less than 2 nodes"),
        (
            {"nodes": 9, "walltime_seconds": 86_400, "options": {"partition": "main,gpu"}},
            "partition main allows 4 nodes for 9; partition gpu allows 01:00:00 for 1-00:00:00",
        ),
    ],
    ids=str,
)
def test_what_is_beyond_every_partition_is_refused(changes, reason):
    assert reason in refusal(replace(FITS, **changes), PARTITIONS)


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"node": NodeAmounts()}, {"walltime_seconds": None}, {"nodes": 9, "extra": "-p huge"},
        {"nodes": 9, "extra": "--exclusive --partition=huge"}, {"options": {"partition": "gpu,main"}},
    ],
    ids=str,
)  # fmt: skip
def test_what_one_partition_allows_or_is_not_known_is_not_refused(changes):
    assert refusal(replace(FITS, **changes), PARTITIONS) == ""
    assert refusal(replace(FITS, nodes=99), []) == ""


def test_a_cluster_without_default_may_choose_any_partition():
    no_default = [Partition(name="a", cpus_per_node=1, memory_mb=1, max_walltime_secs=1), PARTITIONS[0]]
    assert "2 nodes" not in refusal(FITS, no_default)
    assert refusal(FITS, [replace_default(each) for each in no_default]) == ""


def replace_default(partition: Partition) -> Partition:
    return Partition(
        name=partition.name, cpus_per_node=partition.cpus_per_node, memory_mb=partition.memory_mb,
        max_walltime_secs=partition.max_walltime_secs,
    )  # fmt: skip
