"""What a person may choose about a runner, and what the node has when nothing is chosen."""

import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from torc_runner.capacity import BYTES_PER_GB, Resources
from torc_runner.lease import DEFAULT_LEASE_SECONDS

DEFAULT_OUTPUT_DIR = "torc_output"
DEFAULT_POLL_SECONDS = 30.0
LONGEST_POLL_SECONDS = 60
"""The service holds no request for longer."""
KILL_GRACE_SECONDS = 10.0
"""Between TERM and KILL."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of `torc run` and `torc-runner`."""

    max_parallel_jobs: int | None = None
    num_cpus: int | None = None
    memory_gb: float | None = None
    num_gpus: int | None = None
    poll_interval_seconds: float = DEFAULT_POLL_SECONDS
    output_dir: Path = Path(DEFAULT_OUTPUT_DIR)
    kill_grace_seconds: float = KILL_GRACE_SECONDS
    lease_seconds: float = DEFAULT_LEASE_SECONDS
    strict_lease: bool = False
    time_limit_seconds: float | None = None
    end_time: datetime | None = None
    persistent: bool = False
    exit_when_idle: bool = False

    def time_left_seconds(self, now: datetime) -> float | None:
        """How long this node is there, the shorter of both limits; None where there is no end."""
        until_end = None if self.end_time is None else (self.end_time - now).total_seconds()
        limits = [limit for limit in (self.time_limit_seconds, until_end) if limit is not None]
        return min(limits, default=None)

    @property
    def longest_wait_seconds(self) -> int:
        """How long one request may be held open: whole seconds, from 1 to 60."""
        return min(LONGEST_POLL_SECONDS, max(1, math.ceil(self.poll_interval_seconds)))

    def resources(self, detected: Resources) -> Resources:
        """Let what was chosen stand in place of what was detected."""
        return Resources(
            num_cpus=detected.num_cpus if self.num_cpus is None else self.num_cpus,
            memory_bytes=detected.memory_bytes if self.memory_gb is None else int(self.memory_gb * BYTES_PER_GB),
            num_gpus=detected.num_gpus if self.num_gpus is None else self.num_gpus,
        )
