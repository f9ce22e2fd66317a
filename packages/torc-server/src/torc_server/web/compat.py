"""Compatibility with old clients that cannot be declared on a field or an operation."""

import re
from collections.abc import Mapping

from aiohttp import hdrs

from torc_server.resources.generation import Generation
from torc_server.web.caller import SAID_USER

# COMPAT 0.12, 1.0: the user agent of their generated Rust clients is the same. Those of 1.0 also send the name of the
# user. Remove it when no client of 0.12 is left.
_V012_AGENTS = re.compile(r"OpenAPI-Generator/v?0\.7\.")
_GENERATED_AGENTS = re.compile(r"OpenAPI-Generator/v?0\.(?P<minor>\d{1,4})\.")
# The minor version of the contract of 0.35.
_V035_MINOR = 21
# COMPAT 0.12: its clients take an error that contains one of these words for an outage, ping for minutes and repeat
# the call. Messages of the server avoid them, but names of users may contain them. Remove it when no client of 0.12 is
# left.
OUTAGE_WORDS = ("connection", "timeout", "network", "dns", "resolve", "unreachable")
_OUTAGE = re.compile("|".join(OUTAGE_WORDS), re.IGNORECASE)


def generation_of(headers: Mapping[str, str]) -> Generation:
    """Return the generation of a client by its user agent and the header with the name of its user."""
    agent = headers.get(hdrs.USER_AGENT, "")
    generated = _GENERATED_AGENTS.match(agent)
    if generated is None:
        return Generation.OTHER
    if _V012_AGENTS.match(agent):
        return Generation.V100 if SAID_USER in headers else Generation.V012
    return Generation.V035 if int(generated["minor"]) <= _V035_MINOR else Generation.V100


def without_outage_words(text: str) -> str:
    """Insert a hyphen into each word that means an outage to old clients."""
    return _OUTAGE.sub(lambda found: f"{found[0][:2]}-{found[0][2:]}", text)
