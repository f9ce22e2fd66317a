"""One attempt of one job on this node: its stage, and the stages that may come next.

    claimed ──> running ──> settling ──> ended
       │           │  │        │
       │           │  └──> stopping ──> settling, ended
       │           │           │
       v           v           v
    returned    disowned <─────┘

A running attempt whose command could not be started for now is returned, too.

`NEXT` is this drawing as a table. `Attempt.move` refuses every other change.
"""

from collections import deque
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from msgspec import Struct

from torc_runner.machine.capacity import ONE_NODE, Place
from torc_runner.machine.job import ClaimedJob


class Stage(Enum):
    """The stage of an attempt."""

    CLAIMED = "claimed; its command has not been started"
    RUNNING = "its command runs"
    STOPPING = "this runner sent TERM or KILL to its command and will report the end"
    DISOWNED = "its command was killed because the job is not this runner's; the end is not reported"
    SETTLING = "its command has ended; output files or the failure handler are checked before the end is reported"
    ENDED = "its end is known and waits in the outbox"
    RETURNED = "it is returned to the server without having run"


NEXT: Mapping[Stage, frozenset[Stage]] = MappingProxyType(
    {
        Stage.CLAIMED: frozenset({Stage.RUNNING, Stage.RETURNED}),
        Stage.RUNNING: frozenset({Stage.STOPPING, Stage.DISOWNED, Stage.SETTLING, Stage.ENDED, Stage.RETURNED}),
        Stage.STOPPING: frozenset({Stage.DISOWNED, Stage.SETTLING, Stage.ENDED, Stage.RETURNED}),
        Stage.SETTLING: frozenset({Stage.DISOWNED, Stage.ENDED}),
        Stage.DISOWNED: frozenset(),
        Stage.ENDED: frozenset(),
        Stage.RETURNED: frozenset(),
    }
)
"""The stages that may follow each stage."""


class StopReason(Enum):
    """The reason for which this runner stopped a job."""

    WORKFLOW_CANCELED = "the workflow was canceled"
    RUNNER_STOPS = "the runner was asked to stop, or cannot continue"
    NODE_TIME_OVER = "the time of the node is over"
    JOB_TIME_OVER = "the job exceeded its runtime"
    OVER_MEMORY = "the job exceeded its memory"
    STEP_CANCELED = "its step was canceled in the batch system"


class Attempt(Struct):
    """One attempt of one job that this runner holds."""

    job: ClaimedJob
    stage: Stage = Stage.CLAIMED
    launched_at: float = 0.0
    """By the runner's monotonic clock; valid from RUNNING on."""
    place: Place = ONE_NODE
    """Its nodes, and its own GPUs and CPUs, from RUNNING until its command has ended."""
    stop_reason: StopReason | None = None
    """Set with STOPPING. The first reason is kept."""
    kill_at: float | None = None
    """When KILL is due after TERM, by the runner's clock. None before TERM, and once KILL was sent."""
    is_lost: bool = False
    """Whether it was killed because the lease of the node was lost. Only success from before the kill is reported."""
    was_killed: bool = False
    """Whether this runner sent KILL. It is sent once."""

    def move(self, stage: Stage) -> None:
        """Change the stage. Raises ValueError if `NEXT` does not allow the change."""
        if stage not in NEXT[self.stage]:
            raise ValueError(f"job {self.job.job_id}: {self.stage.name} cannot become {stage.name}")
        self.stage = stage

    def stop(self, reason: StopReason, kill_at: float | None) -> None:
        """Note that the command was asked to end, and that KILL is due at `kill_at`, or before if that was set.

        Raises ValueError if no command runs.
        """
        if self.stage is not Stage.STOPPING:
            self.move(Stage.STOPPING)
            self.stop_reason = reason
        if not self.was_killed:
            self.kill_at = min((each for each in (kill_at, self.kill_at) if each is not None), default=None)

    def kill(self) -> bool:
        """Note that KILL is sent now. Return False if it was sent before."""
        is_first, self.was_killed, self.kill_at = not self.was_killed, True, None
        return is_first


def in_start_order(waiting: deque[Attempt], attempt: Attempt) -> None:
    """Insert an attempt behind those of the same or a higher priority."""
    number = len(waiting)
    while number and waiting[number - 1].job.priority < attempt.job.priority:
        number -= 1
    waiting.insert(number, attempt)
