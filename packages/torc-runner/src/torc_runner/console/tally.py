"""What one runner has done so far: for whoever shows it."""

from dataclasses import dataclass, field

from torc_client.api.enums import JobStatus


@dataclass(slots=True)
class Tally:
    """Counts of jobs."""

    running: int = 0
    ended: dict[JobStatus, int] = field(default_factory=dict)

    def add(self, status: JobStatus) -> None:
        """One more has ended so."""
        self.ended[status] = self.ended.get(status, 0) + 1
