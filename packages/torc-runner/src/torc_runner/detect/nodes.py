"""The nodes of an allocation on which one runner runs jobs."""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from torc_client.batch.inside import OwnAllocation
from torc_client.batch.system import BatchError
from torc_runner.detect.allocated import allocated
from torc_runner.log import fields, logger
from torc_runner.machine.capacity import Resources


class RunnerNodes(Struct, frozen=True):
    """The nodes of a runner. Its own one is the first."""

    sizes: tuple[Resources, ...]
    names: tuple[str, ...] = ()
    """In the batch system. Empty for a runner outside of an allocation."""
    first_only: bool = False
    """Whether jobs for one node run on the first one only: the runner starts no processes on the others."""

    @property
    def total(self) -> Resources:
        """The size of the largest node, and the number of nodes."""
        largest = max(self.sizes, key=lambda size: (size.num_cpus, size.memory_bytes, size.num_gpus))
        return replace(largest, num_nodes=len(self.sizes))

    @property
    def sum(self) -> Resources:
        """What all nodes have together, and the number of nodes."""
        return Resources(
            num_cpus=sum(size.num_cpus for size in self.sizes),
            memory_bytes=sum(size.memory_bytes for size in self.sizes),
            num_gpus=sum(size.num_gpus for size in self.sizes),
            num_nodes=len(self.sizes),
        )


def runner_nodes(
    allocation: OwnAllocation, detected: Resources, chosen: Callable[[Resources], Resources], *, has_steps: bool
) -> RunnerNodes:
    """Return the nodes of an allocation. What is not limited there is as `detected` on this node.

    `chosen` applies the options of the runner to the resources of a node.

    Without `has_steps`, jobs are processes of this node. If the nodes are not known, only this one is used.
    """
    try:
        nodes = allocation.nodes
    except BatchError as error:
        logger.warning("Jobs run on the first node only %s", fields(reason=error))
        return RunnerNodes((chosen(allocated(allocation.share, detected)),))
    if len(nodes) > 1 and not has_steps:
        logger.warning(
            "Jobs run on the first node only, except jobs that require several nodes %s",
            fields(
                num_nodes=len(nodes),
                reason="in mode direct, jobs are processes of the runner",
                advice="use mode slurm, or start_one_worker_per_node",
            ),
        )
    return RunnerNodes(
        tuple(chosen(allocated(node.share, detected)) for node in nodes),
        tuple(node.name for node in nodes),
        first_only=not has_steps,
    )
