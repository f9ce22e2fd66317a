"""The allocation of a batch system that this process runs in."""

from collections.abc import Mapping
from datetime import UTC, datetime

from torc_runner.log import fields, logger

END_VARIABLE = "SLURM_JOB_END_TIME"
"""Seconds since 1970 (UTC): when Slurm takes the nodes away. Set by Slurm 22.05 and later."""


def allocation_end(environment: Mapping[str, str], now: datetime) -> datetime | None:
    """Tell when the allocation ends; None where there is none, or where nobody says.

    An end that is past belongs to an allocation that is gone, in whose environment somebody went on working.
    """
    text = environment.get(END_VARIABLE)
    if text is None:
        return None
    try:
        end = datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        logger.warning("End of the allocation unknown %s", fields(variable=END_VARIABLE, value=text))
        return None
    if end <= now:
        logger.warning("Allocation is over, its end does not count %s", fields(variable=END_VARIABLE, end=end))
        return None
    return end
