"""What old clients need that cannot be data on a field or an operation."""

import re

from torc_server.api.operation import Generation

# COMPAT 0.12: the generated clients of 0.12 call themselves so; until none of them is left.
_V012_AGENTS = re.compile(r"OpenAPI-Generator/v?0\.7\.")
# COMPAT 0.12: an error with one of these words in it is taken for an outage: the client pings for minutes and calls
# again. Our own sentences do without them; names that people gave do not. Until no client of 0.12 is left.
OUTAGE_WORDS = ("connection", "timeout", "network", "dns", "resolve", "unreachable")
_OUTAGE = re.compile("|".join(OUTAGE_WORDS), re.IGNORECASE)


def generation_of(user_agent: str) -> Generation:
    """Tell the generation of a client by its user agent; whoever is unknown gets the newest."""
    return Generation.V012 if _V012_AGENTS.match(user_agent) else Generation.V035


def without_outage_words(text: str) -> str:
    """Write each word that means an outage to old clients with a hyphen in it."""
    return _OUTAGE.sub(lambda found: f"{found[0][:2]}-{found[0][2:]}", text)
