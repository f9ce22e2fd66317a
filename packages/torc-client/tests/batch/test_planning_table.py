"""The numbers of Torc 1.0 for equal jobs on Kestrel, and where its numbers were wrong."""

import pytest

from torc_client.batch.packing import Size
from torc_client.batch.planning import GroupBy, JobToPlace, Options, Strategy, plan_allocations
from torc_client.batch.profile import Partition, profiles

KESTREL = profiles([])["kestrel"].cluster.partitions
# Four CPUs and 2000 MB, as in the tests on a real cluster.
SMALL = [Partition(name="debug", cpus_per_node=4, memory_mb=2000, max_walltime_secs=86_400, is_default=True)]
MINUTES = {"PT1M": 1, "PT10M": 10, "PT1H": 60, "PT8H": 480, "PT20H": 1200, "PT36H": 2160}


def allocations(count: int, cpus: int, gib: int, runtime: str, *, gpus: int = 0, nodes: int = 1, **options) -> int:
    """Return the number of allocations for equal jobs, which all have the nodes that a job requires."""
    size = Size(cpus, gib * 1024, gpus, nodes, MINUTES[runtime] * 60)
    jobs = [JobToPlace(f"j{number}", "r", size, 0) for number in range(count)]
    chosen = Options(group_by=GroupBy.RESOURCE_REQUIREMENTS, max_allocations=1000, **options)
    (group,) = plan_allocations(jobs, KESTREL, chosen).groups
    assert group.nodes == nodes
    return group.allocations


@pytest.mark.parametrize("runtime", ["PT10M", "PT8H", "PT36H"])
@pytest.mark.parametrize(("cpus", "expected"), [(4, 1), (13, 3), (26, 5), (52, 10), (104, 20)])
def test_cpus_limit_the_jobs_of_a_node(cpus, expected, runtime):
    assert allocations(20, cpus, 4, runtime) == expected


@pytest.mark.parametrize(
    ("cpus", "gib", "expected"), [(4, 30, 3), (4, 60, 5), (4, 120, 10), (4, 240, 20), (52, 120, 10)]
)
def test_memory_limits_the_jobs_of_a_node(cpus, gib, expected):
    assert allocations(20, cpus, gib, "PT10M") == expected


@pytest.mark.parametrize(
    ("cpus", "gib", "gpus", "expected"),
    [(16, 10, 1, 3), (16, 10, 2, 6), (16, 10, 4, 12), (64, 10, 1, 6), (16, 180, 1, 12)],
)
def test_gpus_limit_the_jobs_of_a_node(cpus, gib, gpus, expected):
    assert allocations(12, cpus, gib, "PT1H", gpus=gpus) == expected


@pytest.mark.parametrize(("count", "expected"), [(5, 2), (8, 2), (9, 3)])
def test_the_last_node_may_be_partly_used(count, expected):
    assert allocations(count, 26, 4, "PT10M") == expected


@pytest.mark.parametrize(
    ("count", "cpus", "runtime", "expected", "without_start_and_end"),
    [
        (1000, 4, "PT10M", 2, 2),
        (1000, 26, "PT10M", 11, 11),
        # Torc 1.0 counts 24 waves of ten minutes in four hours, and the last one does not end in time.
        (1000, 52, "PT10M", 22, 21),
        (1000, 104, "PT10M", 44, 42),
        (100, 26, "PT1H", 9, 7),
        (100, 52, "PT1H", 17, 13),
        (100, 104, "PT1H", 34, 25),
        (100, 26, "PT20H", 13, 13),
        (100, 52, "PT20H", 25, 25),
        (100, 104, "PT20H", 50, 50),
        (1000, 1, "PT1M", 1, 1),
    ],
)
def test_waves_need_the_start_and_the_end_of_an_allocation(count, cpus, runtime, expected, without_start_and_end):
    longest = {"strategy": Strategy.MAX_PARTITION_TIME}
    assert allocations(count, cpus, 1, runtime, **longest) == expected
    assert allocations(count, cpus, 1, runtime, overhead_seconds=0, **longest) == without_start_and_end


def test_jobs_as_long_as_the_longest_one_have_a_wave_each():
    assert allocations(100, 26, 1, "PT20H") == 25
    assert allocations(500, 52, 4, "PT10M") == 250
    assert allocations(10, 12, 160, "PT20H") == 10


@pytest.mark.parametrize("nodes", [2, 4])
def test_an_allocation_has_all_nodes_of_its_job(nodes):
    """Torc 1.0 requests 10 and 20 times as many allocations of one node, in which the job never starts."""
    assert allocations(10, 52, 4, "PT8H", nodes=nodes) == 10


def test_a_job_of_two_nodes_does_not_double_the_allocations_of_the_others():
    """Torc 1.0 requests 202 allocations."""
    jobs = [JobToPlace(f"j{number}", "small", Size(1, 100, 0, 1, 600), 0) for number in range(100)]
    jobs.append(JobToPlace("wide", "wide", Size(2, 500, 0, 2, 600), 0))
    groups = plan_allocations(jobs, SMALL, Options()).groups
    assert [(group.allocations, group.nodes) for group in groups] == [(1, 2), (25, 1)]


def test_memory_is_not_rounded_down():
    """Torc 1.0 requests 1g of 2000 MB, and the job of 1500 MB never starts."""
    (group,) = plan_allocations([JobToPlace("odd", "r", Size(3, 1500, 0, 1, 600), 0)], SMALL, Options()).groups
    assert group.memory_mb == 1500
    assert group.walltime_seconds >= 600 + 150
    assert group.num_cpus == 3
