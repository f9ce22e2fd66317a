"""What old clients need that cannot be data on a field or an operation."""

import re

from torc_server.api.operation import Generation

# COMPAT 0.12: the generated clients of 0.12 call themselves so; until none of them is left.
_V012_AGENTS = re.compile(r"OpenAPI-Generator/v?0\.7\.")


def generation_of(user_agent: str) -> Generation:
    """Tell the generation of a client by its user agent; whoever is unknown gets the newest."""
    return Generation.V012 if _V012_AGENTS.match(user_agent) else Generation.V035
