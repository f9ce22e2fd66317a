"""What the machine wants done. The shell performs these in order and decides nothing."""

from enum import Enum

from msgspec import Struct

from torc_runner.machine.capacity import Resources
from torc_runner.machine.device_sets import UNBOUND, DeviceSet
from torc_runner.machine.events import TimerKind
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.outbox import Ended, Reports


class ExitReason(Enum):
    """Why a runner leaves."""

    COMPLETE = "the workflow is complete"
    CANCELED = "the workflow was canceled"
    IDLE = "nothing to do"
    TIME_OVER = "its time is over"
    STOPPED = "asked to stop"
    LEASE_LOST = "given up by the service"
    FATAL = "could not go on"


class ClaimRequest(Struct, frozen=True):
    """Jobs that this runner would take: up to `limit` that fit into `offer` together, and `ahead` that can follow.

    Without an offer any jobs will do. The same `number` again repeats a claim whose answer was not awaited: what it
    had been given comes back, so nothing is lost.
    """

    number: int
    limit: int
    prefetch: int = 0
    offer: Resources | None = None
    max_chained: int = 0
    """Tell also of so many jobs that wait for one job of this node and for nothing else."""
    chain_ends: tuple[JobId, ...] = ()
    """Jobs of this node after which none is known to follow, besides those that are given now."""
    time_left_seconds: float | None = None
    """What takes longer will not do. None where there is no end."""


class Claim(Struct, frozen=True):
    """Ask for jobs, waiting up to `wait_seconds` at the service for the first."""

    wanted: ClaimRequest
    wait_seconds: int


class Exchange(Struct, frozen=True):
    """Tell the news, and ask for jobs in the same breath. The claim that waits at the service is given up for it."""

    reports: Reports
    wanted: ClaimRequest | None


class WriteJournal(Struct, frozen=True):
    """Keep on disk how these attempts ended: the service cannot be told now."""

    ended: tuple[Ended, ...]


class Launch(Struct, frozen=True):
    """Start the job's command."""

    job: ClaimedJob
    devices: DeviceSet = UNBOUND


class Inspect(Struct, frozen=True):
    """Look for the output files that the job declares, and tell the service when they were changed."""

    job: ClaimedJob


class HandleFailure(Struct, frozen=True):
    """Ask the job's failure handler whether there is another attempt, and do what it demands before that."""

    job: ClaimedJob
    return_code: int


class Occasion(Enum):
    """When actions are carried out."""

    START = "before the first job"
    MEANWHILE = "while jobs run"
    END = "before leaving"


class CarryOut(Struct, frozen=True):
    """Carry out the workflow's actions that are due."""

    occasion: Occasion


class SignalJob(Struct, frozen=True):
    """Send a signal to the job's whole process group."""

    job_id: JobId
    kill: bool
    """KILL, which cannot be ignored; otherwise TERM, or what the workflow names in its place."""


class ExplainIdleness(Struct, frozen=True):
    """Name the ready jobs that can never fit here, each once."""

    time_left_seconds: float | None = None
    """None where there is no end."""


class SetTimer(Struct, frozen=True):
    """Send `TimerFired` when the clock shows `at_seconds`."""

    at_seconds: float
    kind: TimerKind


class Leave(Struct, frozen=True):
    """Everything is done: end."""

    exit_reason: ExitReason


Instruction = (
    Claim
    | Exchange
    | WriteJournal
    | Launch
    | Inspect
    | HandleFailure
    | CarryOut
    | SignalJob
    | ExplainIdleness
    | SetTimer
    | Leave
)
