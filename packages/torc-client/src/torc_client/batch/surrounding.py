"""The allocation of a batch system in which a process runs. Only this module and those of batch systems know which."""

from collections.abc import Callable, Mapping, Sequence

from torc_client.batch.inside import OwnAllocation
from torc_client.batch.slurm.inside import slurm_allocation

_FINDERS: Sequence[Callable[[Mapping[str, str]], OwnAllocation | None]] = (slurm_allocation,)


def surrounding_allocation(environment: Mapping[str, str]) -> OwnAllocation | None:
    """Return the allocation to which a process with this environment belongs, on its nodes or elsewhere, or None."""
    found = (finder(environment) for finder in _FINDERS)
    return next((each for each in found if each is not None), None)


def own_allocation(environment: Mapping[str, str]) -> OwnAllocation | None:
    """Return the allocation on one of whose nodes a process with this environment was started, or None."""
    found = surrounding_allocation(environment)
    return found if found is not None and found.is_on_node else None
