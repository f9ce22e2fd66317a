"""Assignment of GPUs and CPUs to jobs."""

import pytest

import runner_builders as build
from torc_client.errors import TorcError
from torc_runner.detect.gpus import Gpus
from torc_runner.machine.capacity import Capacity
from torc_runner.machine.device_sets import UNBOUND, DeviceSet, DeviceSets
from torc_runner.settings import Settings


def test_each_gpu_is_assigned_to_one_job_lowest_numbers_first():
    device_sets = DeviceSets(gpu_ids=["7", "GPU-a", "9"])
    first, second = device_sets.take(1, 2), device_sets.take(1, 1)
    assert (first.gpu_ids, second.gpu_ids) == (("7", "GPU-a"), ("9",))
    assert device_sets.take(1, 0).gpu_ids == ()
    device_sets.release(second)
    device_sets.release(first)
    assert device_sets.take(1, 3).gpu_ids == ("7", "GPU-a", "9")


def test_jobs_are_bound_to_the_number_of_cpus_that_they_require():
    device_sets = DeviceSets(cpu_ids=[0, 1, 2, 5], cpus_per_job=0)
    first = device_sets.take(2, 0)
    assert first.cpu_ids == (0, 1)
    assert (device_sets.fits(2), device_sets.fits(3)) == (True, False)
    device_sets.take(1, 0)
    device_sets.release(first)
    assert device_sets.take(3, 0).cpu_ids == (0, 1, 5)


def test_without_devices_jobs_are_not_bound():
    device_sets = DeviceSets()
    assert device_sets.take(8, 2) is UNBOUND
    assert device_sets.fits(1000)
    device_sets.release(UNBOUND)


def test_a_job_waits_until_enough_cpus_are_free():
    capacity = Capacity(build.resources(4), None, DeviceSets(cpu_ids=range(4), cpus_per_job=2))
    needs = build.resources(1, memory_gb=1)
    taken = [capacity.take(needs), capacity.take(needs)]
    assert [place.devices.cpu_ids for place in taken] == [(0, 1), (2, 3)]
    assert not capacity.fits(needs)
    assert capacity.most_jobs() == 0
    capacity.release(needs, taken[0])
    assert capacity.fits(needs)
    assert capacity.most_jobs() == 1


def test_jobs_are_bound_with_max_parallel_jobs_too():
    capacity = Capacity(build.resources(4), 3, DeviceSets(cpu_ids=range(4), cpus_per_job=2))
    assert capacity.most_jobs() == 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cpu_affinity_cpus_per_job": 0, "max_parallel_jobs": 2}, "ignored"),
        ({"cpu_affinity_cpus_per_job": 1}, "4 CPUs"),
        ({"cpu_affinity_cpus_per_job": 8}, "8 CPUs"),
    ],
)
def test_options_that_cannot_bind_jobs_are_refused(settings, message, told):
    with told.raised(TorcError, message):
        Settings(**settings).device_sets(Gpus(), build.resources(4), {0, 1})


def test_with_max_parallel_jobs_no_gpus_are_assigned():
    device_sets = Settings(max_parallel_jobs=2).device_sets(Gpus(("0", "1")), build.resources(4, num_gpus=2), {0})
    assert device_sets.take(0, 0) == DeviceSet()


def test_shares_of_one_gpu_are_preferred_to_those_of_several():
    sets = DeviceSets(["0", "0", "1", "1"])
    first = sets.take(1, 1)
    both = sets.take(1, 2)
    assert (first.gpu_ids, both.gpu_ids) == (("0",), ("1", "1"))
    sets.release(both)
    assert sets.take(1, 1).gpu_ids == ("0",), "a share of a GPU that is in use"
    sets.release(first)
    assert sets.take(1, 3).gpu_ids == ("0", "1", "1")
