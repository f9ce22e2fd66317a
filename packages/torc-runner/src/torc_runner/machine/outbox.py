"""The reports that the server has not received: jobs that started, ended, or are returned without having run. Pure."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from torc_runner.machine.job import ClaimedJob, FileTime, JobId
from torc_runner.machine.outcome import Outcome
from torc_runner.machine.usage import UsageSummary


class Ended(Struct, frozen=True):
    """The end of one attempt."""

    job: ClaimedJob
    outcome: Outcome
    exec_seconds: float
    at: datetime
    predecessor: JobId | None = None
    """The predecessor of a chained job whose start has not been reported."""
    max_attempts: int | None = None
    """After a failure, the number of attempts that are allowed in all. None for no further attempt."""
    used: UsageSummary | None = None
    """None if its usage was not measured."""
    output_files: tuple[FileTime, ...] = ()
    """The declared output files that exist."""

    @property
    def is_retried(self) -> bool:
        """Whether a rule allows another attempt, as far as this runner knows."""
        return self.max_attempts is not None and self.job.attempt_id < self.max_attempts


class Reports(Struct, frozen=True):
    """The reports of one exchange. An attempt that started and ended since the last one is only reported as ended."""

    started: tuple[ClaimedJob, ...] = ()
    ended: tuple[Ended, ...] = ()
    returned: tuple[ClaimedJob, ...] = ()


class Outbox:
    """Reports that wait to be sent."""

    def __init__(self) -> None:
        self._started: dict[JobId, ClaimedJob] = {}
        self._start_dropped: set[JobId] = set()
        """Jobs whose start will not be reported."""
        self._ended: list[Ended] = []
        self._returned: list[ClaimedJob] = []
        self._report_now = False
        self._num_journaled = 0

    def __len__(self) -> int:
        return len(self._started) + len(self._ended) + len(self._returned)

    @property
    def report_now(self) -> bool:
        """Whether other nodes may wait for a report. They do not wait for the start of a job."""
        return self._report_now

    def started(self, job: ClaimedJob) -> None:
        """Note that a command was started."""
        self._started[job.job_id] = job

    def not_started(self, job_id: JobId) -> None:
        """Drop the start of a command that could not be started."""
        self._started.pop(job_id, None)

    def started_before(self, jobs: Iterable[ClaimedJob]) -> None:
        """Report the starts of running jobs again: the server refuses those that are no longer of this node."""
        self._report_now = True
        for job in jobs:
            self._started.setdefault(job.job_id, job)

    def ended(self, ended: Ended, *, report_now: bool = True) -> None:
        """Note how an attempt ended. `report_now` is false if the jobs that wait for it are chained and held here."""
        self._report_now |= report_now
        job_id = ended.job.job_id
        is_unreported = self._started.pop(job_id, None) is not None or job_id in self._start_dropped
        self._ended.append(replace(ended, predecessor=ended.job.predecessor) if is_unreported else ended)

    def returned(self, job: ClaimedJob) -> None:
        """Note that a claimed job will not run here."""
        self._report_now = True
        self._returned.append(job)

    def chained_returned(self, jobs: Iterable[ClaimedJob]) -> None:
        """Note that chained jobs will not start here. No other node can claim them before their predecessors end."""
        self._returned += jobs

    def forget_held(self) -> None:
        """Drop all reports but ends: the jobs that are held here no longer belong to this node."""
        self._start_dropped.update(self._started)
        self._started.clear()
        self._returned.clear()

    @property
    def has_unjournaled(self) -> bool:
        """Whether there are ends that were not returned by `unjournaled`."""
        return self._num_journaled < len(self._ended)

    def unjournaled(self) -> tuple[Ended, ...]:
        """Return the ends that are to be written to disk. Each is returned once."""
        unjournaled = tuple(self._ended[self._num_journaled :])
        self._num_journaled = len(self._ended)
        return unjournaled

    def take(self) -> Reports:
        """Remove and return all reports."""
        reports = Reports(tuple(self._started.values()), tuple(self._ended), tuple(self._returned))
        self._report_now = False
        self._started.clear()
        self._ended.clear()
        self._returned.clear()
        self._num_journaled = 0
        return reports
