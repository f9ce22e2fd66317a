"""What a runner asks about the allocation in which it runs. Implementations of `OwnAllocation` know a batch system.

The properties are read from the environment of the process. The methods ask the batch system: they block, and raise
BatchError.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from torc_client.batch.system import AllocationId


@dataclass(frozen=True, slots=True)
class NodeShare:
    """What an allocation has of each of its nodes. None is what the batch system does not limit."""

    num_cpus: int | None = None
    memory_mb: int | None = None
    gpu_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class AllocationNode:
    """A node of an allocation, and what the allocation has of it."""

    name: str
    share: NodeShare


class OwnAllocation(Protocol):
    """The allocation in which this process runs, or whose shell started it on another machine."""

    @property
    def is_on_node(self) -> bool:
        """Whether the batch system started this process on a node of the allocation."""

    @property
    def system(self) -> str:
        """The name of the batch system, as in the records of schedulers."""

    @property
    def allocation(self) -> AllocationId:
        """The id of the allocation."""

    @property
    def node_number(self) -> int:
        """The number of the node on which this process runs, from 0."""

    @property
    def num_nodes(self) -> int:
        """The number of nodes for which this process is responsible: 1 if it is one of several of the allocation."""

    @property
    def share(self) -> NodeShare:
        """What the allocation has of each node, or its part for this process if there are several on a node."""

    @property
    def nodes(self) -> Sequence["AllocationNode"]:
        """The nodes for which this process is responsible, that on which it runs first. Raises BatchError."""

    @property
    def record(self) -> Mapping[str, Any]:
        """The member `scheduler` of the compute node's record."""

    @property
    def log_suffix(self) -> str:
        """The part of the names of log files that no other runner has."""

    @property
    def identity(self) -> str:
        """A text that differs between the runners of all allocations."""

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables of the environment with which the batch system describes the allocation."""

    @property
    def started_at(self) -> datetime:
        """When the allocation started, as far as this process knows."""

    @property
    def known_end(self) -> datetime | None:
        """When the allocation ends, if the environment has it."""

    def end(self) -> datetime | None:
        """Return when the allocation ends; None if it has no end."""

    def kill_wait_seconds(self) -> float | None:
        """Return the time between TERM and KILL when the batch system ends the allocation; None if it is not known."""

    def is_queued_again(self) -> bool:
        """Return whether the batch system ends the allocation to start it again later."""
