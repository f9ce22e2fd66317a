"""The cluster of this machine, or another one by its name."""

from dataclasses import replace
from difflib import get_close_matches

from torc_client.batch.profile import Profile, account_for, profiles
from torc_client.batch.system import BatchError, NotHereError
from torc_client.batch.systems import LIVE_CLUSTER, live_profile
from torc_client.errors import TorcError


def here() -> Profile | None:
    """Return the cluster of this machine: a known one, else what Slurm reports, else None.

    Raises ConfigError, and TorcError if Slurm does not answer.
    """
    known = next((each for each in profiles().values() if each.is_here()), None)
    if known is not None:
        return known
    try:
        return _live()
    except NotHereError:
        return None
    except BatchError as error:
        raise TorcError(f"{error}.", "Specify a cluster; `torc hpc list` shows them.") from error


def _live() -> Profile:
    """Return what Slurm reports, with the account of the settings files."""
    return replace(live_profile(), default_account=account_for(LIVE_CLUSTER))


def chosen(name: str | None) -> Profile:
    """Return the cluster called `name`, `slurm` for what Slurm reports, or for None that of this machine.

    Raises TorcError.
    """
    if name is None:
        profile = here()
        if profile is None:
            raise TorcError(
                "This machine is not part of a known cluster.", "Specify a cluster; `torc hpc list` shows them."
            )
        return profile
    known = profiles()
    if name == LIVE_CLUSTER and name not in known:
        try:
            return _live()
        except BatchError as error:
            raise TorcError(f"{error}.") from error
    if name not in known:
        similar = get_close_matches(name, known, n=1)
        suggestion = f"Did you mean {similar[0]}?" if similar else f"Known clusters: {', '.join(known)}."
        raise TorcError(
            f"Unknown cluster {name!r}. {suggestion}",
            "Describe it in [client.hpc.custom_profiles] of a settings file.",
        )
    return known[name]
