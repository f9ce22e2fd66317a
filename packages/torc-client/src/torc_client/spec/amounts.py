"""Amounts in requirements and schedulers: refuse invalid ones, and warn of those that probably mean another amount."""

import re

from torc_client.spec.codes import Code
from torc_client.spec.problems import Problems
from torc_client.spec.quantities import (
    LARGEST,
    MEMORY,
    duration_seconds,
    is_duration,
    is_memory,
    is_walltime,
    meant_duration,
    meant_memory,
    memory_bytes,
)

# No program runs in less: the number is meant in a larger unit.
MIN_MEMORY_BYTES = 2**20
MONTHS = re.compile(r"P([0-9]+M)", re.ASCII)
MINUTES_AND_SECONDS = re.compile(r"[0-9]+:[0-5]?[0-9]", re.ASCII)


def check_memory(memory: str, place: str, problems: Problems) -> None:
    """Check an amount of memory such as `8g`."""
    if is_memory(memory):
        if memory.strip().isdigit() and 0 < memory_bytes(memory) < MIN_MEMORY_BYTES:
            fix = f"write the unit, such as {memory.strip()}m or {memory.strip()}g"
            problems.warn(Code.INVALID_MEMORY, place, f"{memory!r} is an amount in bytes", fix)
        return
    meant = meant_memory(memory)
    if MEMORY.fullmatch(memory.strip()):
        reason, fix = f"{memory!r} is too large", f"use less than {(LARGEST + 1) // 2**40}t"
    else:
        reason = f"{memory!r} is not a valid amount of memory"
        fix = f"use {meant}" if meant else "write a whole number with the unit k, m, g or t, such as 512m or 8g"
    problems.add(Code.INVALID_MEMORY, place, reason, fix)


def check_runtime(runtime: str, place: str, problems: Problems) -> None:
    """Check a duration such as `PT30M`."""
    if not is_duration(runtime):
        meant = meant_duration(runtime)
        fix = f"use {meant}" if meant else "write it in ISO 8601, such as PT30M, PT1H30M or P1DT12H"
        problems.add(Code.INVALID_DURATION, place, f"{runtime!r} is not a valid duration", fix)
    elif found := MONTHS.fullmatch(runtime.strip()):
        problems.warn(
            Code.INVALID_DURATION, place, f"{runtime!r} is a number of months", f"write PT{found[1]} for minutes"
        )
    elif duration_seconds(runtime) == 0:
        problems.warn(Code.INVALID_DURATION, place, f"{runtime!r} leaves the job no time", "write how long it runs")


def check_walltime(walltime: str, place: str, problems: Problems) -> None:
    """Check a time limit of Slurm such as `04:00:00`."""
    if not is_walltime(walltime):
        reason = f"{walltime!r} is not a valid time limit of Slurm"
        fix = "write hours:minutes:seconds, such as 04:00:00, or days-hours:minutes:seconds"
        problems.add(Code.INVALID_WALLTIME, place, reason, fix)
    elif MINUTES_AND_SECONDS.fullmatch(walltime.strip()):
        fix = f"write {walltime.strip()}:00 for hours and minutes"
        problems.warn(Code.INVALID_WALLTIME, place, f"Slurm reads {walltime!r} as minutes and seconds", fix)
