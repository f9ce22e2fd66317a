"""What can happen to a runner. The shell observes these; the machine answers each with instructions."""

from datetime import datetime
from enum import Enum
from pathlib import Path

from msgspec import Struct

from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.usage import UsageSummary


class TimerKind(Enum):
    """What a deadline was set for."""

    IDLE = "nothing to do for as long as the workflow allows"
    CLAIM = "the pause between two claims is over"
    EXPLAIN = "a claim has waited for long enough to ask why"
    REPORT = "enough time has passed since the service was last talked to"
    RETRACT = "jobs have waited here for longer than was expected"
    KILL = "the grace after TERM is over for some job"
    NODE_TIME = "the time of the node is nearly over"
    JOB_TIME = "some job may not run any longer"
    JOURNAL = "the service has not answered for so long that news must be kept on disk"
    GIVE_UP = "what is still unreported stays unreported"


class Begun(Struct, frozen=True):
    """The runner is registered and may work."""


class ClaimAnswered(Struct, frozen=True):
    """The claim that waited at the service was answered, perhaps with nothing."""

    number: int
    jobs: tuple[ClaimedJob, ...]


class Exchanged(Struct, frozen=True):
    """The service has what it was told, or has refused it, and answered with jobs, perhaps none."""

    number: int
    jobs: tuple[ClaimedJob, ...] = ()
    chained: tuple[ClaimedJob, ...] = ()
    """Jobs that wait for one job of this node and for nothing else."""
    refused_starts: frozenset[JobId] = frozenset()
    """Jobs that were said to run here, and must not."""
    is_complete: bool = False
    is_canceled: bool = False
    has_pending_actions: bool = False


class ActionsDone(Struct, frozen=True):
    """The actions that were due have been carried out, or failed, or were somebody else's."""


class LaunchFailed(Struct, frozen=True):
    """The command could not be started; the reason is in the log and in the job's stderr file."""

    job_id: JobId
    at: datetime


class Exited(Struct, frozen=True):
    """The job's process ended: exit code, or the negative number of the signal that killed it."""

    job_id: JobId
    exit_code: int
    at: datetime
    used: UsageSummary | None = None
    is_oom_killed: bool = False
    """Whether the kernel ended it because memory ran out."""
    """None where nothing was measured."""


class OverMemory(Struct, frozen=True):
    """The job takes more memory than it may."""

    job_id: JobId


class Inspected(Struct, frozen=True):
    """The output files that a job declares were looked for; these are not there."""

    job_id: JobId
    missing_files: tuple[Path, ...]


class FailureHandled(Struct, frozen=True):
    """A failed job's failure handler was asked, and what it demands before another attempt was done."""

    job_id: JobId
    had_rule: bool
    max_attempts: int | None = None
    """Set where another attempt is to follow, as far as this number goes."""


class WorkflowOver(Struct, frozen=True):
    """The workflow is complete or canceled."""

    is_canceled: bool


class SignalReceived(Struct, frozen=True):
    """A person or a batch system wants this runner to stop."""


class PreemptionNotice(Struct, frozen=True):
    """The batch system says that it will take this node away soon."""


class TimerFired(Struct, frozen=True):
    """A deadline has come."""

    kind: TimerKind


class ServerAway(Struct, frozen=True):
    """Calls are being repeated because the service does not answer."""


class ServerBack(Struct, frozen=True):
    """The service answers again."""


class LeaseLost(Struct, frozen=True):
    """The service was without a sign of this node for too long: the jobs here are others' now."""


class Fatal(Struct, frozen=True):
    """Nothing can be done any more: patience with the service ran out, or it refuses this runner."""


Event = (
    Begun
    | ClaimAnswered
    | Exchanged
    | LaunchFailed
    | Exited
    | OverMemory
    | Inspected
    | FailureHandled
    | ActionsDone
    | WorkflowOver
    | SignalReceived
    | PreemptionNotice
    | TimerFired
    | ServerAway
    | ServerBack
    | LeaseLost
    | Fatal
)
