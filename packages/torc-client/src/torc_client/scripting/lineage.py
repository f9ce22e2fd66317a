"""The names by which the rounds of a lineage are stored as user data."""

import re

LINEAGE_VARIABLE = "TORC_ORCHESTRATOR_LINEAGE_ID"


def state_prefix(lineage: str) -> str:
    """Return the beginning of the names of a lineage's records."""
    return f"__torc_lineage__{lineage}__g"


def state_number(lineage: str, name: str) -> int | None:
    """Return the number of the round that a record belongs to; None for the record of something else."""
    found = re.fullmatch(re.escape(state_prefix(lineage)) + r"(\d{6,12})", name)
    return None if found is None else int(found[1])
