"""The instructions of the machine. The shell performs them in order and decides nothing."""

from enum import Enum

from msgspec import Struct

from torc_runner.machine.capacity import ONE_NODE, NodesAlike, Place, Resources
from torc_runner.machine.events import TimerKind
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.outbox import Ended, Reports


class ExitReason(Enum):
    """The reason for which a runner leaves."""

    COMPLETE = "the workflow is complete"
    CANCELED = "the workflow was canceled"
    IDLE = "there was no work"
    TIME_OVER = "its time is over"
    NO_TIME = "its time was over before it started a job"
    STOPPED = "asked to stop"
    LEASE_LOST = "its lease was lost"
    RUN_OVER = "the workflow is in another run"
    NO_LAUNCHES = "it could not start any job"
    FATAL = "it could not continue"


class ClaimRequest(Struct, frozen=True):
    """The jobs to claim: up to `limit` that fit into `offer` together, and up to `prefetch` that can start later.

    Without an offer any jobs are claimed. The same `number` repeats a claim whose answer was not awaited: the server
    returns the jobs that it gave before, so none is lost.
    """

    number: int
    limit: int
    prefetch: int = 0
    offer: Resources | None = None
    max_chained: int = 0
    """The most chained jobs to return with the answer."""
    chain_ends: tuple[JobId, ...] = ()
    """Jobs of this node to which no known job is chained, besides those of the answer."""
    time_left_seconds: float | None = None
    """Jobs with a longer runtime are not claimed. None for no limit."""
    nodes: tuple[NodesAlike, ...] = ()
    """What is free of each node. Empty for a single node."""


class Claim(Struct, frozen=True):
    """Claim jobs. The server may wait up to `wait_seconds` for the first."""

    wanted: ClaimRequest
    wait_seconds: int


class Exchange(Struct, frozen=True):
    """Report, and claim in the same call. The open claim is given up for it."""

    reports: Reports
    wanted: ClaimRequest | None


class WriteJournal(Struct, frozen=True):
    """Write to disk how these attempts ended, before the server knows. The latest end of an attempt counts."""

    ended: tuple[Ended, ...]
    are_final: bool = True
    """Whether these ends will be reported. Otherwise the end of a recovery script decides."""


class Launch(Struct, frozen=True):
    """Start the job's command."""

    job: ClaimedJob
    place: Place = ONE_NODE


class Inspect(Struct, frozen=True):
    """Check the output files that the job declares."""

    job: ClaimedJob


class RunRecoveryScript(Struct, frozen=True):
    """Run the recovery script of a failed job."""

    job: ClaimedJob
    return_code: int
    script: str


class Occasion(Enum):
    """An occasion on which actions are carried out."""

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
    """Whether to send KILL. Otherwise TERM, or the signal that the workflow names instead."""


class LogTrouble(Struct, frozen=True):
    """Log a problem of a job."""

    job: ClaimedJob
    phrase: str
    reason: str


class ExplainIdleness(Struct, frozen=True):
    """Log the ready jobs that can never run here, each once."""

    time_left_seconds: float | None = None
    """None for no limit."""


class LookForUnfinished(Struct, frozen=True):
    """Ask the server whether an unfinished job is left that this runner could claim."""


class SetTimer(Struct, frozen=True):
    """Send `TimerFired` when the clock shows `at_seconds`."""

    at_seconds: float
    kind: TimerKind


class Leave(Struct, frozen=True):
    """End the node session."""

    exit_reason: ExitReason


Instruction = (
    Claim
    | Exchange
    | WriteJournal
    | Launch
    | Inspect
    | RunRecoveryScript
    | CarryOut
    | SignalJob
    | LogTrouble
    | ExplainIdleness
    | LookForUnfinished
    | SetTimer
    | Leave
)
