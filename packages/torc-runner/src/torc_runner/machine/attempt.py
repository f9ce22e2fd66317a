"""One attempt of one job on this node: how far it is, and what may come next.

    claimed ──> running ──> settling ──> ended
       │           │  │        │
       │           │  └──> stopping ──> settling, ended
       │           │           │
       v           v           v
    returned    disowned <─────┘

`NEXT` is this drawing as a table; no code moves an attempt in any other way.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from msgspec import Struct

from torc_runner.machine.device_sets import UNBOUND, DeviceSet
from torc_runner.machine.job import ClaimedJob


class Stage(Enum):
    """How far an attempt is."""

    CLAIMED = "it is held here, and its command has not been started"
    RUNNING = "its command runs"
    STOPPING = "its command was sent TERM or KILL by this runner, which will report how it ended"
    DISOWNED = "its command was killed, since it is not this runner's to run; its end is nobody's business"
    SETTLING = "its command is over; what it left is looked at before its end is told"
    ENDED = "its end is known, and waits to be told"
    RETURNED = "it goes back to the service without having been run"


NEXT: Mapping[Stage, frozenset[Stage]] = MappingProxyType(
    {
        Stage.CLAIMED: frozenset({Stage.RUNNING, Stage.RETURNED}),
        Stage.RUNNING: frozenset({Stage.STOPPING, Stage.DISOWNED, Stage.SETTLING, Stage.ENDED}),
        Stage.STOPPING: frozenset({Stage.DISOWNED, Stage.SETTLING, Stage.ENDED}),
        Stage.SETTLING: frozenset({Stage.DISOWNED, Stage.ENDED}),
        Stage.DISOWNED: frozenset(),
        Stage.ENDED: frozenset(),
        Stage.RETURNED: frozenset(),
    }
)
"""What may come after each stage."""


class StopReason(Enum):
    """Why this runner stopped a job."""

    WORKFLOW_CANCELED = "the workflow was canceled"
    RUNNER_STOPS = "the runner was asked to stop, or cannot go on"
    NODE_TIME_OVER = "the time of the node is over"
    JOB_TIME_OVER = "the job took longer than it may"
    OVER_MEMORY = "the job took more memory than it may"


class Attempt(Struct):
    """One attempt of one job that this runner holds."""

    job: ClaimedJob
    stage: Stage = Stage.CLAIMED
    launched_at: float = 0.0
    """By the monotonic clock of the runner; meaningful from RUNNING on."""
    devices: DeviceSet = UNBOUND
    """Its own GPUs and CPUs, from RUNNING until its command is over."""
    stop_reason: StopReason | None = None
    """Set by STOPPING. The first reason stands."""
    kill_at: float | None = None
    """When the grace after TERM is over, by the runner's clock."""

    def move(self, stage: Stage) -> None:
        """Go on to another stage. Raises ValueError where `NEXT` does not allow it."""
        if stage not in NEXT[self.stage]:
            raise ValueError(f"job {self.job.job_id}: {self.stage.name} cannot become {stage.name}")
        self.stage = stage

    def stop(self, reason: StopReason, kill_at: float | None) -> None:
        """Note that its command is told to end, by `kill_at` at the latest if that is known.

        Raises ValueError where no command runs.
        """
        if self.stage is not Stage.STOPPING:
            self.move(Stage.STOPPING)
            self.stop_reason = reason
        self.kill_at = min((each for each in (kill_at, self.kill_at) if each is not None), default=None)
