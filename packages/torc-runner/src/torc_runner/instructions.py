"""What the machine wants done. The shell performs these in order and decides nothing."""

from dataclasses import dataclass
from enum import Enum

from torc_runner.capacity import Resources
from torc_runner.events import Wake
from torc_runner.job import ClaimedJob, JobId


class Ending(Enum):
    """Why a runner leaves."""

    COMPLETE = "the workflow is complete"
    CANCELED = "the workflow was canceled"
    IDLE = "nothing to do"
    STOPPED = "asked to stop"
    BROKEN = "could not go on"


@dataclass(frozen=True, slots=True)
class Claim:
    """Ask for up to `limit` jobs, waiting up to `wait_seconds` for the first.

    With an offer by resources, without one any jobs. The same `number` again repeats a claim whose answer was not
    awaited: what it had been given comes back, so nothing is lost.
    """

    number: int
    limit: int
    offer: Resources | None
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class AbandonClaim:
    """Stop waiting for the open claim, and find out what it was given."""

    number: int


@dataclass(frozen=True, slots=True)
class Start:
    """Tell the service that the job runs here."""

    job: ClaimedJob


@dataclass(frozen=True, slots=True)
class Launch:
    """Start the job's command."""

    job: ClaimedJob


@dataclass(frozen=True, slots=True)
class Signal:
    """Send a signal to the job's whole process group."""

    job_id: JobId
    kill: bool
    """KILL, which cannot be ignored; otherwise TERM."""


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the service how the job ended."""

    job: ClaimedJob
    exit_code: int
    exec_seconds: float
    was_terminated: bool
    """This runner had sent TERM or KILL."""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Return a job that has not run to the service, for others to take."""

    job: ClaimedJob


@dataclass(frozen=True, slots=True)
class ExplainIdleness:
    """Name the ready jobs that can never fit here, each once."""


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send `Woken` when the clock shows `at_seconds`."""

    at_seconds: float
    wake: Wake


@dataclass(frozen=True, slots=True)
class Leave:
    """Everything is done: end."""

    ending: Ending


Instruction = Claim | AbandonClaim | Start | Launch | Signal | Report | GiveBack | ExplainIdleness | WakeAt | Leave
