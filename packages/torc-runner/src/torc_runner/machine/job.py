"""A claimed job, with all that is needed to run it."""

from typing import NewType

from msgspec import Struct, field

from torc_runner.machine.capacity import Resources

JobId = NewType("JobId", int)


class ClaimedJob(Struct, frozen=True):
    """One attempt of one job that this runner holds."""

    job_id: JobId
    name: str
    command: str
    attempt_id: int
    needs: Resources
    invocation_script: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    has_output_files: bool = False
    failure_handler_id: int | None = None
    memory_limit_bytes: int | None = None
    """What it may take before it is ended; None where nobody said."""
    runtime_seconds: float = 0.0
    """How long it is expected to take."""
    predecessor: JobId | None = None
    """Set where the job was not claimed: it may run here once this one, for which alone it waits, has succeeded."""
