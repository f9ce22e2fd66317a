"""How fast jobs come and go here, and what follows for talking to the service. Pure.

A node that runs jobs of milliseconds would spend its time on talking: so it tells much at once, and keeps a few jobs
at hand that can follow. Where jobs are long, everything is told at once and nothing is kept from other nodes.
"""

REPORT_INTERVAL_SECONDS = 0.1
"""The service is not told more often than this while there are jobs at hand."""

MAX_REPORTS = 200
"""So many news are told whatever the time."""

JOURNAL_AFTER_SECONDS = 1.0
"""News that could not be told for so long is kept on disk."""
PREFETCH_SECONDS = 0.3
"""Jobs at hand are to last so long."""

MAX_PREFETCH = 400
"""No more jobs than this are kept at hand."""

MAX_CHAIN_ENDS = 64
"""After no more jobs than this it is asked what could follow them."""

SHORT_SECONDS = 0.25
"""Jobs are claimed ahead where they take less than this; an exchange takes a few milliseconds."""

RETRACT_SECONDS = 1.0
"""When for so long no job has ended, those at hand are better off elsewhere."""

_WEIGHT = 0.1


class Pace:
    """The mean run time of the latest jobs, as a moving average."""

    def __init__(self) -> None:
        self._mean_seconds: float | None = None

    def observe(self, exec_seconds: float) -> None:
        """Take in that a job ran so long."""
        if self._mean_seconds is None:
            self._mean_seconds = exec_seconds
        else:
            self._mean_seconds += _WEIGHT * (exec_seconds - self._mean_seconds)

    def prefetch(self, num_places: int) -> int:
        """Tell how many jobs to have at hand where so many run side by side."""
        if self._mean_seconds is None or self._mean_seconds >= SHORT_SECONDS:
            return 0
        wanted = max(1, num_places) * PREFETCH_SECONDS / max(self._mean_seconds, 0.0001)
        return min(MAX_PREFETCH, int(wanted))
