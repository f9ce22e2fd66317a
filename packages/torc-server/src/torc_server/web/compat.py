"""Compatibility with old clients that cannot be declared on a field or an operation."""

import re

from torc_server.api.operation import Generation

# COMPAT 0.12: the user agent of its generated clients. Remove it when no client of 0.12 is left.
_V012_AGENTS = re.compile(r"OpenAPI-Generator/v?0\.7\.")
# COMPAT 0.12: its clients take an error that contains one of these words for an outage, ping for minutes and repeat
# the call. Messages of the server avoid them, but names of users may contain them. Remove it when no client of 0.12 is
# left.
OUTAGE_WORDS = ("connection", "timeout", "network", "dns", "resolve", "unreachable")
_OUTAGE = re.compile("|".join(OUTAGE_WORDS), re.IGNORECASE)


def generation_of(user_agent: str) -> Generation:
    """Return the generation of a client by its user agent; the newest for an unknown one."""
    return Generation.V012 if _V012_AGENTS.match(user_agent) else Generation.V035


def without_outage_words(text: str) -> str:
    """Insert a hyphen into each word that means an outage to old clients."""
    return _OUTAGE.sub(lambda found: f"{found[0][:2]}-{found[0][2:]}", text)
