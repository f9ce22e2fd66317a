"""A job that runs here, and how far it is."""

from dataclasses import dataclass
from enum import Enum

from torc_runner.job import ClaimedJob


class Stage(Enum):
    """How far a launched attempt is."""

    RUNNING = "its command runs"
    STOPPING = "it was sent TERM or KILL by this runner"
    DISOWNED = "it was killed, since it is not this runner's to run; its end is nobody's business"


@dataclass(slots=True)
class Attempt:
    """A job whose command was started here."""

    job: ClaimedJob
    launched_at: float
    stage: Stage = Stage.RUNNING
