"""Find out whether the workflow has a job left that this runner could ever claim."""

from collections.abc import Sequence

from torc_client.api.enums import JobStatus
from torc_client.client import TorcClient

UNFINISHED = (
    JobStatus.RUNNING,
    JobStatus.PENDING,
    JobStatus.READY,
    JobStatus.BLOCKED,
    JobStatus.UNINITIALIZED,
    JobStatus.PENDING_FAILED,
)
"""The statuses of jobs that are still to end, or may run again."""


class UnfinishedJobs:
    """The unfinished jobs that the labels of one runner allow. Their requirements do not count."""

    def __init__(
        self, client: TorcClient, workflow_id: int, labels: Sequence[str] = (), *, also_unlabeled: bool = False
    ) -> None:
        self._client = client
        self._workflow_id = workflow_id
        # An empty text selects the jobs without labels.
        self._label_sets = [",".join(labels), *([""] if labels and also_unlabeled else [])]

    async def is_any_left(self) -> bool:
        """Whether there is such a job. Raises TorcError."""
        for labels in self._label_sets:
            for status in UNFINISHED:
                page = await self._client.jobs.list_jobs(
                    workflow_id=self._workflow_id, status=status, labels=labels, limit=1, include_relationships=False
                )
                if page.items:
                    return True
        return False
