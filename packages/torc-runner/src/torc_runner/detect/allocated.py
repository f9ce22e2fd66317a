"""The resources that Slurm allocated on this node, and how the record of a compute node names the allocation.

Only processes that Slurm started on a node have SLURMD_NODENAME. A shell of `salloc` on a login node does not.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from torc_runner.detect.allocation import ID_VARIABLE
from torc_runner.machine.capacity import Resources

NODE_VARIABLE = "SLURMD_NODENAME"
_MB = 2**20


def allocated(environment: Mapping[str, str], detected: Resources) -> Resources:
    """Return the resources of the allocation on this node; what Slurm does not limit is as detected.

    Slurm sets SLURM_MEM_PER_NODE or SLURM_MEM_PER_CPU, in MB. 0 MB is all memory of the node.
    """
    if not is_in_allocation(environment):
        return detected
    cpus = _number(environment, "SLURM_CPUS_ON_NODE")
    if _is_task(environment):
        cpus = _number(environment, "SLURM_CPUS_PER_TASK") or cpus
    cpus = cpus or detected.num_cpus
    memory_mb = _number(environment, "SLURM_MEM_PER_NODE")
    if not memory_mb and "SLURM_MEM_PER_NODE" not in environment:
        memory_mb = (_number(environment, "SLURM_MEM_PER_CPU") or 0) * cpus
    return replace(detected, num_cpus=cpus, memory_bytes=memory_mb * _MB if memory_mb else detected.memory_bytes)


def is_in_allocation(environment: Mapping[str, str]) -> bool:
    """Whether Slurm started this process on a node of an allocation."""
    return bool(environment.get(ID_VARIABLE)) and bool(environment.get(NODE_VARIABLE))


def allocation_record(environment: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the member `scheduler` of a compute node in an allocation, with the names that Torc 1.0 uses, or None."""
    if not is_in_allocation(environment):
        return None
    return {
        "type": "slurm",
        "slurm_job_id": _number(environment, ID_VARIABLE),
        "slurm_node_id": environment.get("SLURM_NODEID", "0"),
        "slurm_task_pid": _number(environment, "SLURM_TASK_PID"),
    }


def _is_task(environment: Mapping[str, str]) -> bool:
    """Whether this process is a task of srun, not the batch script."""
    return environment.get("SLURM_STEP_ID", "").isdigit()


def _number(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
