"""The group of a job or file: its name without its numbers."""

import re

CHARACTERS_THAT_COUNT = 256
_DIGITS = re.compile("[0-9]+")


def group_of(name: str) -> str:
    """Return a name with each run of digits replaced by `#`, as the server does for the groups of jobs."""
    return _DIGITS.sub("#", name[:CHARACTERS_THAT_COUNT])
