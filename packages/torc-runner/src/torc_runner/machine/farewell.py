"""The steps at the end of a node session. Pure."""

from msgspec import Struct

from torc_runner.machine.instructions import ExitReason

DISOWNED = frozenset({ExitReason.LEASE_LOST, ExitReason.RUN_OVER})
"""Exit reasons after which the server has given the jobs of this node to others. The runner begins a new session."""

_HASTY = frozenset(
    {ExitReason.STOPPED, ExitReason.FATAL, ExitReason.NO_LAUNCHES, ExitReason.TIME_OVER, ExitReason.NO_TIME}
)
"""Exit reasons after which the runner does not wait for a server that is away."""


class Farewell(Struct, frozen=True):
    """The steps at the end of a node session."""

    signs_off: bool
    """Whether to call the server at all."""
    is_patient: bool
    """Whether to wait for a server that is away."""
    sends_results: bool
    """Whether to send the results that are left in the journal."""
    releases_jobs: bool
    """Whether to release the node's jobs, which were not finished or no longer belong to it."""
    draws_plots: bool


def farewell(
    exit_reason: ExitReason, *, is_server_away: bool, has_unsent_results: bool, has_unfinished_jobs: bool
) -> Farewell:
    """Decide the steps at the end of a node session that ends for `exit_reason`."""
    is_hasty = exit_reason in _HASTY
    return Farewell(
        signs_off=not (is_hasty and is_server_away),
        is_patient=not is_hasty,
        sends_results=has_unsent_results,
        releases_jobs=has_unfinished_jobs or exit_reason in DISOWNED,
        draws_plots=not is_hasty and exit_reason is not ExitReason.LEASE_LOST,
    )
