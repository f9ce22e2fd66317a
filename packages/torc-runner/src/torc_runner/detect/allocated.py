"""The resources of this node that an allocation has. Pure."""

from msgspec.structs import replace

from torc_client.batch.inside import NodeShare
from torc_runner.detect.gpus import Gpus
from torc_runner.machine.capacity import Resources

_MB = 2**20


def allocated(share: NodeShare, detected: Resources) -> Resources:
    """Return what the allocation has of this node. What the batch system does not limit is as detected."""
    cpus = detected.num_cpus if share.num_cpus is None else share.num_cpus
    memory_bytes = detected.memory_bytes if share.memory_mb is None else share.memory_mb * _MB
    return replace(detected, num_cpus=cpus, memory_bytes=memory_bytes)


def allocated_gpus(share: NodeShare, detected: Gpus) -> Gpus:
    """Return the GPUs that the allocation has of this node.

    If the batch system hides the other GPUs, those that are found have numbers of their own.
    """
    gpu_ids = share.gpu_ids
    if gpu_ids is None or len(gpu_ids) == len(detected.device_ids):
        return detected
    return replace(detected, device_ids=gpu_ids) if len(gpu_ids) < len(detected.device_ids) else detected
