"""The allocation of the batch system in which this process runs."""

import asyncio
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime

from torc_runner.log import fields, logger

END_VARIABLE = "SLURM_JOB_END_TIME"
"""End of the allocation, in seconds since 1970 (UTC). Slurm 22.05 and older do not set it; `squeue` is called then."""
ID_VARIABLE = "SLURM_JOB_ID"
PATIENCE_SECONDS = 10.0
_WITHOUT_END = ("N/A", "NONE", "Unknown", "")


async def allocation_end(
    environment: Mapping[str, str], now: datetime, *, patience_seconds: float = PATIENCE_SECONDS
) -> datetime | None:
    """Return when the allocation ends; None outside of an allocation, or if Slurm does not answer in time.

    An end in the past is ignored: the environment is that of an earlier allocation.
    """
    source, text = END_VARIABLE, environment.get(END_VARIABLE)
    if text is None and environment.get(ID_VARIABLE):
        source, text = "squeue", await asyncio.to_thread(_asked, environment, patience_seconds)
    if text is None or text in _WITHOUT_END:
        return None
    try:
        end = datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        logger.warning("End of the allocation unknown %s", fields(source=source, answer=text[:80]))
        return None
    if end <= now:
        logger.warning("Allocation is over: its end is ignored %s", fields(source=source, end=end))
        return None
    return end


def _asked(environment: Mapping[str, str], patience_seconds: float) -> str | None:
    """Return the end that `squeue` prints; None if it fails."""
    command = ["squeue", "--noheader", "--jobs", environment[ID_VARIABLE], "--format", "%e"]
    try:
        answer = subprocess.run(
            command,
            env={**environment, "SLURM_TIME_FORMAT": "%s"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience_seconds,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        logger.warning("End of the allocation unknown %s", fields(source="squeue", reason=error))
        return None
    return answer.stdout.decode(errors="replace").strip()
