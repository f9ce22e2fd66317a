"""What the service does not know yet: jobs that started, ended, or go back unrun. Pure."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.outcome import Outcome
from torc_runner.machine.usage import UsageSummary


class Ended(Struct, frozen=True):
    """How one attempt ended."""

    job: ClaimedJob
    outcome: Outcome
    exec_seconds: float
    at: datetime
    predecessor: JobId | None = None
    """The job that this one followed, where its start has not been told."""
    max_attempts: int | None = None
    """Where it did not succeed, how many attempts there may be in all; None where there is to be no other."""
    used: UsageSummary | None = None
    """What it used; None where nothing was measured."""


class Reports(Struct, frozen=True):
    """What is told in one go. What started and ended since the last time is only told as ended."""

    started: tuple[ClaimedJob, ...] = ()
    ended: tuple[Ended, ...] = ()
    returned: tuple[ClaimedJob, ...] = ()


class Outbox:
    """News that waits to be told."""

    def __init__(self) -> None:
        self._started: dict[JobId, ClaimedJob] = {}
        self._ended: list[Ended] = []
        self._returned: list[ClaimedJob] = []
        self._report_now = False
        self._num_journaled = 0

    def __len__(self) -> int:
        return len(self._started) + len(self._ended) + len(self._returned)

    @property
    def report_now(self) -> bool:
        """Whether some of it may let jobs go on that are not here: the start of a job does not."""
        return self._report_now

    def started(self, job: ClaimedJob) -> None:
        """Note that a command was started."""
        self._started[job.job_id] = job

    def ended(self, ended: Ended, *, report_now: bool = True) -> None:
        """Note how an attempt ended. It is not urgent where the jobs that it lets go on are here."""
        self._report_now |= report_now
        is_unreported = self._started.pop(ended.job.job_id, None) is not None
        self._ended.append(replace(ended, predecessor=ended.job.predecessor) if is_unreported else ended)

    def returned(self, job: ClaimedJob) -> None:
        """Note that a claimed job is not going to run here."""
        self._report_now = True
        self._returned.append(job)

    def forget_what_is_held(self) -> None:
        """Tell only of what ended: the jobs that are held here are not this node's any more."""
        self._started.clear()
        self._returned.clear()

    @property
    def has_unjournaled(self) -> bool:
        """Whether there are ends that were not given to be kept."""
        return self._num_journaled < len(self._ended)

    def unjournaled(self) -> tuple[Ended, ...]:
        """Give the ends that are to be kept on disk, once: telling takes longer than expected."""
        unjournaled = tuple(self._ended[self._num_journaled :])
        self._num_journaled = len(self._ended)
        return unjournaled

    def take(self) -> Reports:
        """Give all of it, and keep nothing."""
        reports = Reports(tuple(self._started.values()), tuple(self._ended), tuple(self._returned))
        self._report_now = False
        self._started.clear()
        self._ended.clear()
        self._returned.clear()
        self._num_journaled = 0
        return reports
