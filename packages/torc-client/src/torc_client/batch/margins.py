"""The time at the end of an allocation in which its jobs are ended and reported. Pure."""

from dataclasses import dataclass

from torc_client import defaults

MOST_PART = 0.25
"""The largest part of an allocation that its end takes with the default margins."""

WARNING_EARLINESS_SECONDS = 70.0
"""Batch systems check times about once a minute, so a warning may come earlier than requested by this time."""


@dataclass(frozen=True, slots=True)
class Margins:
    """The lead is the time between TERM and KILL of jobs; the headroom the time between KILL and the end."""

    lead_seconds: float
    headroom_seconds: float

    @property
    def total_seconds(self) -> float:
        """The time between TERM and the end of the allocation."""
        return self.lead_seconds + self.headroom_seconds


def margins_of(
    walltime_seconds: float | None, lead_seconds: float | None = None, headroom_seconds: float | None = None
) -> Margins:
    """Return the margins of an allocation with this walltime; None for a walltime that is not known.

    `lead_seconds` and `headroom_seconds` are those of the workflow, which are not changed. Defaults are shortened, so
    that jobs can run in a short allocation.
    """
    usual = Margins(defaults.SIGTERM_LEAD_SECONDS, defaults.SIGKILL_HEADROOM_SECONDS)
    part = 1.0 if walltime_seconds is None else min(1.0, walltime_seconds * MOST_PART / usual.total_seconds)
    return Margins(
        usual.lead_seconds * part if lead_seconds is None else lead_seconds,
        usual.headroom_seconds * part if headroom_seconds is None else headroom_seconds,
    )


def least_seconds_of(walltime_seconds: float | None) -> int:
    """Return the time that must be left for further jobs if their resources do not count, shortened like margins."""
    usual = defaults.MIN_TIME_FOR_NEW_JOBS_SECONDS
    return usual if walltime_seconds is None else min(usual, int(walltime_seconds * MOST_PART))


def warning_seconds(margins: Margins) -> int:
    """Return the time before the end at which the batch system is to warn the runner: when jobs get TERM."""
    return max(1, round(margins.total_seconds))
