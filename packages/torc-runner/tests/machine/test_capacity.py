"""The free resources of the nodes of a runner."""

import runner_builders as build
from torc_runner.machine.capacity import Capacity, Resources


def test_released_resources_are_free_again():
    capacity = Capacity(build.resources(4, memory_gb=8, num_gpus=1))
    capacity.take(build.resources(3, memory_gb=2, num_gpus=1))
    assert capacity.free == build.resources(1, memory_gb=6, num_gpus=0)
    assert capacity.most_jobs() == 1
    capacity.release(build.resources(3, memory_gb=2, num_gpus=1))
    assert capacity.free == capacity.total


def test_with_max_parallel_jobs_only_the_number_of_jobs_counts():
    capacity = Capacity(build.resources(1), max_parallel_jobs=2)
    for _ in range(2):
        capacity.take(build.resources(64))
    assert capacity.most_jobs() == 0


def nodes(number: int, cpus: int = 4) -> Resources:
    return Resources(num_cpus=cpus, memory_bytes=cpus * 2**30, num_nodes=number)


def test_jobs_for_one_node_share_all_nodes():
    capacity = Capacity(nodes(3))
    assert (capacity.free, capacity.most_jobs()) == (nodes(3), 12)
    places = []
    for _ in range(3):
        assert capacity.fits(nodes(1))
        places.append(capacity.take(nodes(1)))
    assert sorted(place.nodes for place in places) == [(0,), (1,), (2,)]
    assert not capacity.fits(nodes(1, cpus=1))
    assert capacity.most_jobs() == 0
    capacity.release(nodes(1), places[1])
    assert (capacity.free, capacity.most_jobs()) == (nodes(1), 4)


def test_no_job_is_larger_than_a_node():
    assert not Capacity(nodes(3)).fits(nodes(1, cpus=5))
    assert not Capacity(nodes(3)).fits(nodes(2, cpus=5))


def test_a_job_for_several_nodes_has_them_for_itself():
    capacity = Capacity(nodes(3))
    small = capacity.take(nodes(1, cpus=1))
    assert capacity.free == nodes(2)
    assert not capacity.fits(nodes(3, cpus=1))
    assert capacity.fits(nodes(2, cpus=1))
    wide = capacity.take(nodes(2, cpus=1))
    assert wide.nodes == (1, 2)
    assert not capacity.fits(nodes(2, cpus=1))
    assert (capacity.free, capacity.most_jobs()) == (nodes(1, cpus=3), 3)
    capacity.release(nodes(1, cpus=1), small)
    capacity.release(nodes(2, cpus=1), wide)
    assert capacity.free == capacity.total


def test_jobs_fill_a_node_before_the_next_one_is_used():
    capacity = Capacity(nodes(2))
    assert [capacity.take(nodes(1, cpus=2)).nodes for _ in range(3)] == [(0,), (0,), (1,)]


def test_the_free_parts_of_two_nodes_do_not_add_up():
    capacity = Capacity(nodes(2))
    for _ in range(2):
        capacity.take(nodes(1, cpus=3))
    assert not capacity.fits(nodes(1, cpus=2))
    assert capacity.free == nodes(1, cpus=1)


def test_jobs_without_gpus_leave_the_gpus_free():
    sizes = [Resources(4, 2**32, num_gpus=2), Resources(4, 2**32)]
    capacity = Capacity(Resources(4, 2**32, num_gpus=2, num_nodes=2), nodes=sizes)
    assert capacity.take(Resources(4, 2**30)).nodes == (1,)
    assert capacity.take(Resources(4, 2**30, num_gpus=2)).nodes == (0,)


def test_with_first_only_the_other_nodes_run_jobs_for_several_nodes():
    capacity = Capacity(nodes(3), first_only=True)
    assert capacity.most_jobs() == 4
    small = capacity.take(nodes(1))
    assert small.nodes == (0,)
    assert not capacity.fits(nodes(1, cpus=1))
    assert not capacity.fits(nodes(2, cpus=1)), "its process runs on the first node"
    capacity.release(nodes(1), small)
    assert capacity.take(nodes(2, cpus=1)).nodes == (0, 1)


def test_slots_are_spread_over_the_nodes():
    capacity = Capacity(nodes(2), max_parallel_jobs=3)
    assert [capacity.take(nodes(1)).nodes for _ in range(3)] == [(0,), (1,), (0,)]
    assert not capacity.fits(nodes(1))


def test_a_job_that_does_not_fit_is_refused(told):
    with told.raised(ValueError):
        Capacity(nodes(2)).take(nodes(3))


def test_without_a_node_nothing_is_offered():
    capacity = Capacity(nodes(2))
    capacity.take(nodes(2))
    assert not capacity.fits(Resources(num_cpus=0, memory_bytes=0))
    assert (capacity.free, capacity.most_jobs()) == (Resources(0, 0, num_nodes=0), 0)
