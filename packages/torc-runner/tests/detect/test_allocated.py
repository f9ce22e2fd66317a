"""The resources of an allocation of Slurm, from its environment."""

import pytest

from torc_runner.detect.allocated import allocated, allocation_record
from torc_runner.machine.capacity import Resources

MACHINE = Resources(num_cpus=128, memory_bytes=512 * 2**30, num_gpus=4)
BATCH = {"SLURM_JOB_ID": "17", "SLURMD_NODENAME": "n1", "SLURM_CPUS_ON_NODE": "8"}


@pytest.mark.parametrize(
    ("variables", "cpus", "memory_mb"),
    [
        ({"SLURM_MEM_PER_NODE": "2000"}, 8, 2000),
        ({"SLURM_MEM_PER_CPU": "100"}, 8, 800),
        # --mem=0 asks for all memory of the node.
        ({"SLURM_MEM_PER_NODE": "0", "SLURM_MEM_PER_CPU": "100"}, 8, 512 * 1024),
        ({}, 8, 512 * 1024),
        ({"SLURM_CPUS_PER_TASK": "2", "SLURM_MEM_PER_CPU": "100"}, 8, 800),
        ({"SLURM_CPUS_PER_TASK": "2", "SLURM_MEM_PER_CPU": "100", "SLURM_STEP_ID": "0"}, 2, 200),
        ({"SLURM_CPUS_ON_NODE": "many", "SLURM_MEM_PER_NODE": "x"}, 128, 512 * 1024),
    ],
)
def test_what_slurm_allocated_on_the_node(variables, cpus, memory_mb):
    found = allocated(BATCH | variables, MACHINE)
    assert (found.num_cpus, found.memory_bytes, found.num_gpus) == (cpus, memory_mb * 2**20, 4)


@pytest.mark.parametrize("absent", ["SLURM_JOB_ID", "SLURMD_NODENAME"])
def test_a_shell_beside_an_allocation_has_the_machine(absent):
    environment = {name: value for name, value in BATCH.items() if name != absent}
    assert allocated(environment, MACHINE) == MACHINE
    assert allocation_record(environment) is None


def test_the_record_has_the_names_of_1_0():
    environment = BATCH | {"SLURM_NODEID": "1", "SLURM_TASK_PID": "4481"}
    assert allocation_record(environment) == {
        "type": "slurm", "slurm_job_id": 17, "slurm_node_id": "1", "slurm_task_pid": 4481,
    }  # fmt: skip
