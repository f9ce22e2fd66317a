"""Choose the cluster of a command."""

from torc_client.batch.profile import Profile, profiles
from torc_client.errors import TorcError


def here() -> Profile | None:
    """Return the known cluster of this machine, or None. Raises ConfigError."""
    return next((each for each in profiles().values() if each.is_here()), None)


def chosen(name: str | None) -> Profile:
    """Return the cluster called `name`; if it is None, the cluster of this machine. Raises TorcError."""
    if name is None:
        profile = here()
        if profile is None:
            raise TorcError(
                "This machine is not part of a known cluster.", "Specify a cluster; `torc hpc list` shows them."
            )
        return profile
    known = profiles()
    if name not in known:
        from difflib import get_close_matches

        similar = get_close_matches(name, known, n=1)
        suggestion = f"Did you mean {similar[0]}?" if similar else f"Known clusters: {', '.join(known)}."
        raise TorcError(
            f"Unknown cluster {name!r}. {suggestion}",
            "Describe it in [client.hpc.custom_profiles] of a settings file.",
        )
    return known[name]
