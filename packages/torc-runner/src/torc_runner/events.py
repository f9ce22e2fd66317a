"""What can happen to a runner. The shell observes these; the machine answers each with instructions."""

from dataclasses import dataclass
from enum import Enum

from torc_runner.job import ClaimedJob, JobId


class Wake(Enum):
    """What a deadline was set for."""

    IDLE = "nothing to do for as long as the workflow allows"
    CLAIM = "the pause between two claims is over"
    RENEW_CLAIM = "the open claim is parked with an offer that has grown"
    KILL = "the grace after TERM is over"
    GIVE_UP = "what is still unreported stays unreported"


@dataclass(frozen=True, slots=True)
class Begun:
    """The runner is registered and may work."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim gave these jobs."""

    jobs: tuple[ClaimedJob, ...]


@dataclass(frozen=True, slots=True)
class NothingToClaim:
    """A claim, or a claim that was given up, came back empty."""


@dataclass(frozen=True, slots=True)
class Started:
    """The service noted that the job runs here."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class StartRefused:
    """The service does not let the job start here (canceled, taken, another run)."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class LaunchFailed:
    """The command could not be started; the reason is in the log and in the job's stderr file."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class Exited:
    """The job's process ended: exit code, or the negative number of the signal that killed it."""

    job_id: JobId
    exit_code: int


@dataclass(frozen=True, slots=True)
class Settled:
    """The service has the job's result, has refused it, or has the job back: nothing more to tell."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class WorkflowOver:
    """The workflow is complete or canceled."""

    is_canceled: bool


@dataclass(frozen=True, slots=True)
class SignalReceived:
    """A person or a batch system wants this runner to stop."""


@dataclass(frozen=True, slots=True)
class Woken:
    """A deadline has come."""

    wake: Wake


@dataclass(frozen=True, slots=True)
class ServerAway:
    """Calls are being repeated because the service does not answer."""


@dataclass(frozen=True, slots=True)
class ServerBack:
    """The service answers again."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Nothing can be done any more: patience with the service ran out, or it refuses this runner."""


Event = (
    Begun
    | Claimed
    | NothingToClaim
    | Started
    | StartRefused
    | LaunchFailed
    | Exited
    | Settled
    | WorkflowOver
    | SignalReceived
    | Woken
    | ServerAway
    | ServerBack
    | Broken
)
