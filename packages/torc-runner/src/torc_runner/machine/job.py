"""A claimed job, with everything that is needed to run it."""

from pathlib import Path
from typing import NewType

from msgspec import Struct, field

from torc_runner.machine.capacity import Resources
from torc_runner.machine.failure_rules import Rule

JobId = NewType("JobId", int)


class OutputFile(Struct, frozen=True):
    """A file that a job declares to write."""

    file_id: int
    path: Path


class FileTime(Struct, frozen=True):
    """The modification time of an output file, in seconds since the epoch."""

    file_id: int
    changed_at: float


class ClaimedJob(Struct, frozen=True):
    """One attempt of one job that this runner holds."""

    job_id: JobId
    name: str
    command: str
    attempt_id: int
    needs: Resources
    invocation_script: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    output_files: tuple[OutputFile, ...] = ()
    failure_rules: tuple[Rule, ...] = ()
    """The rules of its failure handler."""
    memory_limit_bytes: int | None = None
    """The job is killed if it uses more memory than this. None for no limit."""
    limits: Resources | None = None
    """What a batch system that runs the job limits it to; 0 is unlimited. None if that is `needs`."""
    saves_work: bool = False
    """Whether it saves its work when it is asked to end, and has succeeded if it then ends with 0."""
    runtime_seconds: float = 0.0
    """The runtime that its resource requirements name."""
    priority: int = 0
    """Jobs of a higher priority start first."""
    predecessor: JobId | None = None
    """Set for a chained job, which was not claimed: it may run here once this job has succeeded."""
