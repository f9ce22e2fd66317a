"""The failed jobs of a workflow, one after the other."""

from dataclasses import dataclass

from torc_client.answers import id_of
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert_line

_FAILED = "status=failed,terminated,pending_failed"


@dataclass(frozen=True, slots=True)
class FoundFailure:
    """A failed job, and which of how many it is."""

    job_id: int
    name: str
    remaining: int
    """The number of failed jobs after this one."""

    total: int

    @property
    def message(self) -> str:
        """Which one it is, for the user."""
        return f"Failed job {self.total - self.remaining:,} of {self.total:,}: {inert_line(self.name)}."


async def next_failed_job(client: TorcClient, workflow_id: int, after_id: int | None = None) -> FoundFailure | None:
    """Return the failed job with the next id, from the first again after the last; None if none failed."""
    everything = await client.jobs.list_jobs(workflow_id=workflow_id, filter=_FAILED, sort_by="id", limit=1)
    if not everything.items:
        return None
    found = everything
    if after_id is not None:
        later = await client.jobs.list_jobs(
            workflow_id=workflow_id, filter=f"{_FAILED} id>{after_id}", sort_by="id", limit=1
        )
        found = later if later.items else everything
    job = found.items[0]
    return FoundFailure(id_of(job), job.name, found.total_count - 1, everything.total_count)
