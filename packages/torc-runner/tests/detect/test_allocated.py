"""The resources of a node in an allocation."""

import pytest

from torc_client.batch.inside import NodeShare
from torc_runner.detect.allocated import allocated, allocated_gpus
from torc_runner.detect.gpus import Gpus
from torc_runner.machine.capacity import Resources

MACHINE = Resources(num_cpus=128, memory_bytes=512 * 2**30, num_gpus=4)


def test_what_the_batch_system_does_not_limit_is_as_detected():
    assert allocated(NodeShare(), MACHINE) == MACHINE
    found = allocated(NodeShare(num_cpus=8, memory_mb=2000), MACHINE)
    assert (found.num_cpus, found.memory_bytes, found.num_gpus) == (8, 2000 * 2**20, 4)


@pytest.mark.parametrize(
    ("gpu_ids", "detected", "used"),
    [
        (None, ("0", "1", "2", "3"), ("0", "1", "2", "3")),
        (("2", "3"), ("0", "1", "2", "3"), ("2", "3")),
        ((), ("0", "1"), ()),
        # The others are hidden: the numbers are those that the driver gives to what is left.
        (("2", "3"), ("0", "1"), ("0", "1")),
    ],
)
def test_the_gpus_of_the_allocation(gpu_ids, detected, used):
    assert allocated_gpus(NodeShare(gpu_ids=gpu_ids), Gpus(detected)).device_ids == used
