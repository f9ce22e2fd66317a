"""The steps of the allocation in which a process runs. Only this module knows the batch systems that have steps."""

from collections.abc import Callable, Mapping, Sequence

from torc_client.batch.slurm.steps import slurm_steps
from torc_client.batch.steps import Steps

_FINDERS: Sequence[Callable[[Mapping[str, str]], Steps | None]] = (slurm_steps,)


def own_steps(environment: Mapping[str, str]) -> Steps | None:
    """Return the steps of the allocation to which a process with this environment belongs, or None."""
    found = (finder(environment) for finder in _FINDERS)
    return next((each for each in found if each is not None), None)
