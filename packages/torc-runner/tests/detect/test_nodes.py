"""The nodes of an allocation on which one runner runs jobs."""

import logging

import pytest

from torc_client.batch.slurm.inside import SlurmAllocation
from torc_runner.detect.nodes import runner_nodes
from torc_runner.machine.capacity import Resources
from torc_runner.settings import Settings

MB = 2**20
DETECTED = Resources(num_cpus=2, memory_bytes=9000 * MB)
THREE = {
    "SLURM_JOB_ID": "17",
    "SLURMD_NODENAME": "n1",
    "SLURM_CPUS_ON_NODE": "4",
    "SLURM_JOB_NUM_NODES": "3",
    "SLURM_JOB_NODELIST": "n[1-3]",
    "SLURM_JOB_CPUS_PER_NODE": "4(x2),8",
    "SLURM_MEM_PER_CPU": "100",
}


def test_each_node_has_its_own_size():
    nodes = runner_nodes(SlurmAllocation(THREE), DETECTED, Settings().resources, has_steps=True)
    assert nodes.names == ("n1", "n2", "n3")
    assert nodes.sizes == (Resources(4, 400 * MB), Resources(4, 400 * MB), Resources(8, 800 * MB))
    assert nodes.total == Resources(8, 800 * MB, num_nodes=3)
    assert nodes.sum == Resources(16, 1600 * MB, num_nodes=3)
    assert not nodes.first_only


def test_options_hold_for_each_node():
    nodes = runner_nodes(
        SlurmAllocation(THREE), DETECTED, Settings(num_cpus=1, memory_gb=0.5).resources, has_steps=True
    )
    assert nodes.sizes == (Resources(1, 512 * MB),) * 3


def test_without_steps_jobs_run_on_the_first_node_and_the_log_says_so(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        nodes = runner_nodes(SlurmAllocation(THREE), DETECTED, Settings().resources, has_steps=False)
    assert nodes.first_only
    assert [record.getMessage().partition(" num_nodes")[0] for record in caplog.records] == [
        "Jobs run on the first node only, except jobs that require several nodes"
    ]


def test_unknown_nodes_leave_the_first_one(caplog: pytest.LogCaptureFixture):
    allocation = SlurmAllocation(THREE | {"SLURM_JOB_NODELIST": "?"})
    with caplog.at_level(logging.WARNING):
        nodes = runner_nodes(allocation, DETECTED, Settings().resources, has_steps=True)
    assert nodes.sizes == (Resources(4, 400 * MB),)
    assert "Jobs run on the first node only" in caplog.text
