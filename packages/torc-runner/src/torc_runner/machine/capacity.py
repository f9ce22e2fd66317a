"""The resources of a runner's nodes, the part that is in use, and the number of jobs that may be claimed. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from torc_runner.machine.device_sets import UNBOUND, DeviceSet, DeviceSets
from torc_runner.machine.placement import AllocatedNodes, NodeNumbers, NodesAlike, Resources

__all__ = ["ONE_NODE", "Capacity", "NodesAlike", "Place", "Resources"]


class Place(Struct, frozen=True):
    """Where a job runs: its nodes, and the devices of this machine that are assigned to it by name."""

    nodes: NodeNumbers = (0,)
    devices: DeviceSet = UNBOUND


ONE_NODE = Place()


class Capacity:
    """The resources of the nodes, or, with `max_parallel_jobs`, this number of slots that fit any job.

    `nodes` are the sizes of the nodes, if they differ; otherwise there are `total.num_nodes` nodes like `total`. With
    `first_only`, jobs for one node run on the first node, which is the machine of the runner.
    """

    def __init__(
        self,
        total: Resources,
        max_parallel_jobs: int | None = None,
        device_sets: DeviceSets | None = None,
        *,
        nodes: Sequence[Resources] = (),
        first_only: bool = False,
    ) -> None:
        self.total = total
        self._device_sets = device_sets or DeviceSets()
        self.max_parallel_jobs = max_parallel_jobs
        self.num_held = 0
        one = Resources(total.num_cpus, total.memory_bytes, total.num_gpus)
        self._nodes = AllocatedNodes(nodes or [one] * total.num_nodes, first_only=first_only)

    @property
    def by_resources(self) -> bool:
        """Whether jobs are claimed by their resources."""
        return self.max_parallel_jobs is None

    def fits(self, needs: Resources) -> bool:
        """Whether a job could start now."""
        return self._device_sets.fits(needs.num_cpus) and self._place(needs) is not None

    @property
    def free(self) -> Resources:
        """The idle nodes as one offer; without any, what is left of the emptiest node."""
        return self._nodes.most_free()

    @property
    def alike(self) -> tuple[NodesAlike, ...]:
        """What is free of each node. Empty for a single node, of which `free` says everything."""
        return self._nodes.alike() if self.total.num_nodes > 1 else ()

    def take(self, needs: Resources) -> Place:
        """Reserve what a job needs. Return its nodes and its own devices. Raises ValueError if it does not fit."""
        nodes = self._place(needs)
        if nodes is None:
            raise ValueError("the job does not fit")
        self.num_held += 1
        self._nodes.take(nodes, needs)
        return Place(nodes, self._device_sets.take(needs.num_cpus, needs.num_gpus))

    def release(self, needs: Resources, place: Place = ONE_NODE) -> None:
        """Free the resources of a job."""
        self.num_held -= 1
        self._nodes.release(place.nodes, needs)
        self._device_sets.release(place.devices)

    def most_jobs(self) -> int:
        """The number of jobs that may be claimed now. 0 if the nodes are full."""
        counted = self._nodes.free_cpus() if self.max_parallel_jobs is None else self.max_parallel_jobs - self.num_held
        bound = self._device_sets.most_jobs()
        return max(0, counted if bound is None else min(counted, bound))

    def _place(self, needs: Resources) -> NodeNumbers | None:
        if self.max_parallel_jobs is None:
            return self._nodes.place(needs)
        return self._nodes.least_used() if self.num_held < self.max_parallel_jobs else None
