"""Which cluster a command means."""

from torc_client.errors import TorcError
from torc_client.hpc.profile import Profile, profiles


def here() -> Profile | None:
    """Return the cluster that this machine belongs to, if one is known. Raises ConfigError."""
    return next((each for each in profiles().values() if each.is_here()), None)


def chosen(name: str | None) -> Profile:
    """Return the cluster of a name; without one, that of this machine. Raises TorcError."""
    if name is None:
        profile = here()
        if profile is None:
            raise TorcError("This machine belongs to no cluster that is known.", "Name one: torc hpc list")
        return profile
    known = profiles()
    if name not in known:
        from difflib import get_close_matches

        alike = get_close_matches(name, known, n=1)
        meant = f"Did you mean {alike[0]}?" if alike else f"There are: {', '.join(known)}."
        raise TorcError(
            f"No cluster {name!r} is known. {meant}", "Describe it in [client.hpc.custom_profiles] of a settings file."
        )
    return known[name]
