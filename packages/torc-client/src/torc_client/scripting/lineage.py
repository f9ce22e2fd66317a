"""The names and the data with which the server stores the rounds of a lineage as user data."""

import re
from typing import Any

LINEAGE_VARIABLE = "TORC_ORCHESTRATOR_LINEAGE_ID"


def state_prefix(lineage: str) -> str:
    """Return the beginning of the names of a lineage's records."""
    return f"__torc_lineage__{lineage}__g"


def state_number(lineage: str, name: str) -> int | None:
    """Return the number of the round that a record belongs to; None for the record of something else."""
    found = re.fullmatch(re.escape(state_prefix(lineage)) + r"(\d{6,12})", name)
    return None if found is None else int(found[1])


def state_of(number: int, data: Any) -> Any:
    """Return the state in the record of a round. Earlier servers stored the state alone."""
    is_record = isinstance(data, dict) and {"generation", "spawn_count", "state"} <= data.keys()
    return data["state"] if is_record and data["generation"] == number else data
