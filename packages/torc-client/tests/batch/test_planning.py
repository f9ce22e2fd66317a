"""Plans of allocations: every job fits into them and has time, and no limit of a partition is exceeded."""

from collections.abc import Sequence
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from torc_client.batch.packing import Size, jobs_at_a_time
from torc_client.batch.planning import AllocationPlan, Group, GroupBy, JobToPlace, Options, Strategy, plan_allocations
from torc_client.batch.profile import Partition, profiles

KESTREL = profiles([])["kestrel"].cluster.partitions
OVERHEAD = 150


def test_a_maximum_of_allocations_asks_for_more_nodes_in_each():
    jobs = [JobToPlace(f"j{number}", "r", Size(104, 1024, 0, 1, 600), 0) for number in range(500)]
    (group,) = plan_allocations(jobs, KESTREL, Options(max_allocations=10)).groups
    assert (group.allocations, group.nodes) == (10, 50)
    (alone,) = plan_allocations(jobs, KESTREL, Options(max_allocations=1)).groups
    assert (alone.allocations, alone.nodes) == (1, 500)


def test_the_partition_limits_the_nodes_of_an_allocation():
    jobs = [JobToPlace(f"j{number}", "r", Size(4, 1_500_000, 0, 1, 600), 0) for number in range(12)]
    found = plan_allocations(jobs, KESTREL, Options(max_allocations=1))
    (group,) = found.groups
    assert (group.partition.name, group.allocations, group.nodes) == ("bigmem", 3, 4)
    assert "partition bigmem allows 4 nodes for each" in found.warnings[0]


def test_short_jobs_share_few_allocations():
    seconds = [JobToPlace(f"j{number}", "r", Size(26, 1024, 0, 1, 1), 0) for number in range(1000)]
    (group,) = plan_allocations(seconds, KESTREL, Options()).groups
    assert (group.allocations, group.nodes, group.work_seconds) == (1, 1, 250)
    minutes = [JobToPlace(f"j{number}", "r", Size(26, 1024, 0, 1, 60), 0) for number in range(1000)]
    (group,) = plan_allocations(minutes, KESTREL, Options()).groups
    assert (group.allocations, group.nodes, group.work_seconds) == (17, 1, 900)


def test_a_chain_of_jobs_has_one_allocation_that_lasts_for_all_of_them():
    jobs = [JobToPlace(f"j{level}", "r", Size(4, 1024, 0, 1, 1200), level) for level in range(6)]
    (group,) = plan_allocations(jobs, KESTREL, Options()).groups
    assert (group.allocations, group.nodes, group.gate) == (1, 1, ("j0",))
    assert group.walltime_seconds >= 6 * 1200 + OVERHEAD


def test_a_chain_that_is_longer_than_the_partition_allows_has_an_allocation_for_each_part():
    jobs = [JobToPlace(f"j{level}", "r", Size(4, 1024, 0, 1, 5400), level) for level in range(5)]
    groups = plan_allocations(jobs, KESTREL, Options()).groups
    assert [group.gate for group in groups] == [("j0",), ("j2",), ("j4",)]
    assert [group.name for group in groups] == [
        "short_scheduler",
        "short_deferred_scheduler",
        "short_deferred_2_scheduler",
    ]


def test_a_narrow_level_after_a_wide_one_has_its_own_allocation():
    wide = [JobToPlace(f"wide{number}", "r", Size(104, 1024, 0, 1, 600), 0) for number in range(50)]
    first, last = plan_allocations(
        [*wide, JobToPlace("last", "r", Size(104, 1024, 0, 1, 600), 1)], KESTREL, Options()
    ).groups
    assert (first.allocations, last.allocations, last.gate) == (50, 1, ("last",))


def test_jobs_without_a_partition_are_named_with_the_reason():
    found = plan_allocations([JobToPlace("huge", "r", Size(500, 1024, 0, 1, 60), 0)], KESTREL, Options())
    assert found.groups == ()
    assert "CPUs a node" in found.unplaced["huge"]


sizes = st.builds(
    Size,
    num_cpus=st.integers(1, 12),
    memory_mb=st.integers(1, 3000),
    num_gpus=st.integers(0, 2),
    num_nodes=st.sampled_from([1, 1, 1, 2, 3]),
    runtime_seconds=st.integers(1, 9000),
)
partitions = st.lists(
    st.builds(
        Partition,
        name=st.uuids().map(str),
        cpus_per_node=st.integers(4, 12),
        memory_mb=st.integers(1000, 3000),
        max_walltime_secs=st.sampled_from([300, 3600, 20_000]),
        gpus_per_node=st.sampled_from([0, 0, 2]),
        max_nodes=st.none() | st.integers(1, 20),
        max_nodes_per_user=st.none() | st.integers(1, 20),
        shared=st.booleans(),
        requires_explicit_request=st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each.name,
)
requirements = st.lists(sizes, min_size=1, max_size=5)
options = st.builds(
    Options,
    group_by=st.sampled_from(GroupBy),
    strategy=st.sampled_from(Strategy),
    multiplier=st.sampled_from([1.0, 1.5, 3.0]),
    max_allocations=st.sampled_from([1, 3, 100]),
)


@st.composite
def workloads(draw) -> list[JobToPlace]:
    kinds = draw(requirements)
    chosen = draw(
        st.lists(
            st.tuples(st.integers(0, len(kinds) - 1), st.integers(0, 5), st.integers(1, 30)), min_size=1, max_size=8
        )
    )
    return [
        JobToPlace(f"job{place}_{number}", f"r{kind}", kinds[kind], level)
        for place, (kind, level, count) in enumerate(chosen)
        for number in range(count)
    ]


@given(workloads(), partitions, options)
def test_every_job_has_room_and_time_in_its_allocation(jobs, partitions, options):
    found = plan_allocations(jobs, partitions, options)
    size_of = {job.name: job.size for job in jobs}
    level_of = {job.name: job.level for job in jobs}
    placed = [name for group in found.groups for name in group.jobs]
    assert sorted([*placed, *found.unplaced]) == sorted(size_of)
    assert len({group.name for group in found.groups}) == len(found.groups)
    for group in found.groups:
        partition = group.partition
        assert group.walltime_seconds <= partition.max_walltime_secs
        assert group.nodes <= (partition.most_nodes or inf)
        assert {name for name in group.jobs if level_of[name] == min(level_of[each] for each in group.jobs)} == set(
            group.gate
        )
        for name in group.jobs:
            size = size_of[name]
            assert size.num_cpus <= group.num_cpus <= partition.cpus_per_node
            assert size.memory_mb <= group.memory_mb <= partition.memory_mb
            assert size.num_gpus <= group.num_gpus <= partition.gpus_per_node
            assert size.num_nodes <= group.nodes
        assert seconds_used(group, size_of, level_of) <= group.walltime_seconds - options.overhead_seconds


def seconds_used(group: Group, size_of: dict[str, Size], level_of: dict[str, int]) -> int:
    """Run the jobs level by level, in waves of one size, the longest first, on the nodes of all allocations."""
    units = group.allocations * (group.nodes // size_of[group.jobs[0]].num_nodes)
    total = 0
    for level in sorted({level_of[name] for name in group.jobs}):
        members = [size_of[name] for name in group.jobs if level_of[name] == level]
        waves: list[int] = []
        for size in set(members):
            number = -(-members.count(size) // jobs_at_a_time(group.partition, size))
            waves += [size.runtime_seconds] * number
        total += min(spread_evenly(waves, units), first_fit(waves, units))
    return total


def spread_evenly(waves: Sequence[int], units: int) -> int:
    busy = [0] * units
    for wave in sorted(waves, reverse=True):
        busy[busy.index(min(busy))] += wave
    return max(busy)


def first_fit(waves: Sequence[int], units: int) -> int:
    """Return the shortest time for which first fit decreasing needs at most this number of units."""
    for seconds in range(max(waves), sum(waves) + 1, max(1, sum(waves) // 400)):
        free: list[int] = []
        for wave in sorted(waves, reverse=True):
            place = next((place for place, left in enumerate(free) if left >= wave), None)
            if place is None:
                free.append(seconds - wave)
            else:
                free[place] -= wave
        if len(free) <= units:
            return seconds
    return sum(waves)


@given(workloads(), partitions, options, st.randoms(use_true_random=False))
def test_the_plan_does_not_depend_on_the_order_of_the_jobs(jobs, partitions, options, random):
    shuffled = list(jobs)
    random.shuffle(shuffled)
    first: AllocationPlan = plan_allocations(jobs, partitions, options)
    assert plan_allocations(shuffled, partitions, options) == first


def test_jobs_are_listed_by_their_numbers():
    jobs = [JobToPlace(f"work_{number}", "r", Size(26, 1024, 0, 1, 60), 0) for number in (10, 1, 100, 2)]
    (group,) = plan_allocations(jobs, KESTREL, Options()).groups
    assert group.jobs == group.gate == ("work_1", "work_2", "work_10", "work_100")
