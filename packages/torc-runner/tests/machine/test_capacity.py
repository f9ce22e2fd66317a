"""The free resources of a node."""

import runner_builders as build
from torc_runner.machine.capacity import Capacity


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
