"""Few large or many small allocations."""

import pytest

from torc_client.batch.packing import Size
from torc_client.batch.planning import Group, JobToPlace, Options, plan_allocations
from torc_client.batch.profile import Partition
from torc_client.batch.shaping import PartitionLoad, Waits, advised
from torc_client.batch.slurm import load as slurm_load


def group(nodes: int, *, width: int = 1, max_nodes: int | None = None) -> Group:
    """Return a group that needs this number of nodes, or of groups of nodes as wide as its jobs."""
    partition = Partition(
        name="p", cpus_per_node=4, memory_mb=1000, max_walltime_secs=3600, max_nodes=max_nodes, is_default=True
    )
    jobs = [JobToPlace(f"j{number}", "r", Size(4, 10, 0, width, 600), 0) for number in range(nodes)]
    (found,) = plan_allocations(jobs, [partition], Options(max_allocations=1000)).groups
    assert found.allocations == nodes
    return found


def busy(idle: int, total: int = 20, pending: int = 0) -> PartitionLoad:
    return PartitionLoad("p", total, idle, pending, pending)


@pytest.mark.parametrize(
    ("needed", "load", "expected"),
    [
        (1, busy(0, pending=100), ("single", 1, 1)),
        (10, busy(10), ("single", 1, 10)),
        (10, busy(10, pending=10), ("chunks", 2, 5)),
        (10, busy(4), ("chunks", 5, 2)),
        (10, busy(3), ("many-small", 10, 1)),
        (10, busy(4, pending=41), ("many-small", 10, 1)),
        (4, busy(3, total=3), ("many-small", 4, 1)),
        (12, busy(7), ("chunks", 4, 3)),
        (40, busy(19, total=40), ("chunks", 5, 8)),
        (10, None, ("many-small", 10, 1)),
    ],
)
def test_idle_nodes_and_waiting_allocations_decide(needed, load, expected):
    found = advised(group(needed), load)
    assert (found.shape, found.allocations, found.nodes) == expected
    assert found.allocations * found.nodes >= needed
    assert found.reason


@pytest.mark.parametrize(
    ("waits", "expected"),
    [
        (Waits(0, 0), ("single", 1, 20)),
        # The last of 20 small ones waits as long as ten times the first.
        (Waits(600, 60), ("single", 1, 20)),
        (Waits(601, 60), ("many-small", 20, 1)),
    ],
)
def test_estimates_decide_before_idle_nodes(waits, expected):
    found = advised(group(20), busy(0), waits)
    assert (found.shape, found.allocations, found.nodes) == expected


def test_an_allocation_has_at_most_the_nodes_of_the_partition():
    found = advised(group(20), busy(4, total=10), Waits(0, 0))
    assert found.nodes <= 10
    assert advised(group(4), busy(3, total=3), Waits(0, 0)).nodes == 1


def test_a_large_allocation_is_within_the_limit_of_the_partition():
    found = advised(group(10, max_nodes=4), busy(20))
    assert (found.allocations, found.nodes) == (3, 4)
    assert advised(group(10, max_nodes=1), busy(20)).shape == "many-small"


def test_jobs_of_several_nodes_have_allocations_of_several():
    found = advised(group(3, width=2), busy(6))
    assert (found.shape, found.allocations, found.nodes) == ("single", 1, 6)
    assert advised(group(3, width=2), busy(5)).nodes == 4
    assert advised(group(4, width=2), busy(2)).nodes == 2


def test_the_load_of_partitions_as_slurm_prints_it():
    sinfo = "debug|idle|3\ndebug|allocated|2\ndebug|idle*|4\ndebug|idle~|1\nshort|mixed|2\nnonsense\n"
    squeue = "2|debug\n2|debug\n1|debug,short\n"
    assert slurm_load.parsed(sinfo, squeue) == {
        "debug": PartitionLoad("debug", 10, 4, 3, 5), "short": PartitionLoad("short", 2, 0, 1, 1),
    }  # fmt: skip


def test_the_start_is_what_slurm_prints(nobodys_environment, monkeypatch):
    program = nobodys_environment / "sbatch"
    program.write_text(
        "#!/bin/sh\necho 'sbatch: Job 4 to start at 2026-11-29T21:38:53 using 8 processors on nodes n1' >&2\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{nobodys_environment}:/bin")
    assert slurm_load.start_of({"nodes": "2"}).strftime("%H:%M:%S") == "21:38:53"
    program.write_text("#!/bin/sh\necho 'allocation failure: Node count specification invalid' >&2; exit 1\n")
    with pytest.raises(slurm_load.SlurmError, match="Node count specification invalid"):
        slurm_load.start_of({"nodes": "9"})
