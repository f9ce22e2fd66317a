"""The events of a runner. The shell observes them; the machine answers each with instructions."""

from datetime import datetime
from enum import Enum
from pathlib import Path

from msgspec import Struct

from torc_runner.machine.attempt import StopReason
from torc_runner.machine.job import ClaimedJob, FileTime, JobId
from torc_runner.machine.usage import UsageSummary


class TimerKind(Enum):
    """The purpose of a timer."""

    IDLE = "there has been no work for as long as the workflow allows"
    CLAIM = "the pause between two claims is over"
    EXPLAIN = "a claim has waited long enough to ask why it gets no job"
    REPORT = "the interval after the last report is over"
    RETRACT = "prefetched jobs have waited for too long and are returned"
    KILL = "the grace after TERM is over for a job"
    NODE_TIME = "the time of the node is nearly over"
    JOB_TIME = "the runtime of a job is over"
    JOURNAL = "the server has not answered in time, and reports must be written to disk"
    LAUNCH = "the pause after launches that failed is over"
    GIVE_UP = "the time for the last reports is over"
    JUDGE = "a failed job was not ended by the batch system, since the runner was not asked to stop"


class Begun(Struct, frozen=True):
    """The runner is registered and may work."""


class ClaimAnswered(Struct, frozen=True):
    """The claim that waited at the server was answered, possibly with no job."""

    number: int
    jobs: tuple[ClaimedJob, ...]


class Exchanged(Struct, frozen=True):
    """The server accepted or refused each report, and answered with jobs, possibly none."""

    number: int | None
    """Of the claim in the exchange; None for an exchange without a claim."""
    jobs: tuple[ClaimedJob, ...] = ()
    chained: tuple[ClaimedJob, ...] = ()
    """Jobs that wait for one job of this node alone."""
    refused_starts: frozenset[JobId] = frozenset()
    """Jobs whose reported start was refused: they must not run here."""
    refused_ends: tuple[ClaimedJob, ...] = ()
    """Jobs whose reported end was refused."""
    is_complete: bool = False
    is_canceled: bool = False
    has_pending_actions: bool = False
    is_run_over: bool = False
    """Whether the workflow is in another run: the reports were refused, and the other members are of that run."""


class ActionsDone(Struct, frozen=True):
    """The actions that were due have been carried out, have failed, or were claimed by another runner."""


class LaunchFailed(Struct, frozen=True):
    """The command could not be started; the reason is in the log and in the job's stderr file, too."""

    job_id: JobId
    at: datetime
    why: str = ""
    """As part of a sentence."""


class LaunchPostponed(Struct, frozen=True):
    """The command could not be started, because this machine lacks descriptors, processes or memory for now."""

    job_id: JobId


class Exited(Struct, frozen=True):
    """The job's process ended: its exit code, 128 and the number if a signal ended it."""

    job_id: JobId
    exit_code: int
    at: datetime
    used: UsageSummary | None = None
    """None if its usage was not measured."""
    is_oom_killed: bool = False
    """Whether the kernel killed it because memory ran out."""
    stop_reason: StopReason | None = None
    """Why the batch system stopped it, if it did."""
    note: str = ""
    """What is known about a failure besides its code, as part of a sentence."""


class OverMemory(Struct, frozen=True):
    """The job exceeds its memory."""

    job_id: JobId


class Inspected(Struct, frozen=True):
    """The output files that a job declares were checked; `missing_files` do not exist."""

    job_id: JobId
    missing_files: tuple[Path, ...]
    files: tuple[FileTime, ...] = ()
    """The other files."""
    outdated_files: tuple[Path, ...] = ()
    """Files that are older than the workflow or an input, and that the command did not write."""
    note: str = ""
    """Which files are missing or out of date, as part of a sentence."""

    @property
    def unwritten_files(self) -> tuple[Path, ...]:
        """The files that are missing or out of date."""
        return self.missing_files + self.outdated_files


class RecoveryScriptEnded(Struct, frozen=True):
    """The recovery script of a failed job has ended, or could not be started."""

    job_id: JobId
    has_succeeded: bool
    """Whether the job may have a further attempt."""


class WorkflowOver(Struct, frozen=True):
    """The workflow is complete or canceled."""

    is_canceled: bool


class SignalReceived(Struct, frozen=True):
    """A person or a batch system asked this runner to stop."""


class StopAnnounced(Struct, frozen=True):
    """A signal to stop has arrived in an allocation. `SignalReceived` follows when the batch system has answered."""


class PreemptionNotice(Struct, frozen=True):
    """The batch system announced that it will take this node away soon."""


class AllocationLearned(Struct, frozen=True):
    """The batch system answered questions about the allocation. None is what it did not answer."""

    end_at: float | None = None
    """When the allocation ends, by the runner's clock."""
    lead_seconds: float = 0.0
    """With an end: the time between TERM and KILL of jobs before it."""
    headroom_seconds: float = 0.0
    """With an end: the time between KILL and the end."""
    kill_wait_seconds: float | None = None
    """The time between TERM and KILL when the batch system ends the allocation."""


class TimerFired(Struct, frozen=True):
    """A timer has fired."""

    kind: TimerKind


class ServerAway(Struct, frozen=True):
    """Calls are being repeated because the server does not answer."""


class ServerBack(Struct, frozen=True):
    """The server answers again."""


class UnfinishedLooked(Struct, frozen=True):
    """The server was asked for unfinished jobs that this runner could claim."""

    is_any_left: bool


class LeaseLost(Struct, frozen=True):
    """The lease has expired: the server has given the jobs of this node to others."""


class RunOver(Struct, frozen=True):
    """The workflow is in another run: the jobs of this node belong to a run that is over."""


class AttemptsFenced(Struct, frozen=True):
    """Jobs of the workflow begin again whose attempts may run here."""


class Fatal(Struct, frozen=True):
    """The runner cannot continue: the server was away for too long, or it refuses this runner."""


Event = (
    Begun
    | ClaimAnswered
    | Exchanged
    | LaunchFailed
    | LaunchPostponed
    | Exited
    | OverMemory
    | Inspected
    | RecoveryScriptEnded
    | ActionsDone
    | WorkflowOver
    | StopAnnounced
    | SignalReceived
    | PreemptionNotice
    | AllocationLearned
    | TimerFired
    | ServerAway
    | ServerBack
    | UnfinishedLooked
    | LeaseLost
    | RunOver
    | AttemptsFenced
    | Fatal
)
