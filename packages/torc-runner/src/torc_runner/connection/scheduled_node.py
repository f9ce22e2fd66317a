"""The record of the allocation in which this runner works: a scheduled compute node of the workflow."""

from collections.abc import Collection

from torc_client.answers import id_of
from torc_client.api.records import AcceptSubmissionRequest, ScheduledComputeNodesModel, SubmissionModel
from torc_client.batch.inside import OwnAllocation
from torc_client.batch.watching import id_in_system
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError
from torc_client.paging import iterate
from torc_runner.log import fields, logger

QUEUED, ACTIVE, COMPLETE, FAILED = "pending", "active", "complete", "failed"


class ScheduledNode:
    """The scheduled compute node of an allocation. Methods raise TorcError."""

    def __init__(
        self, client: TorcClient, workflow_id: int, allocation: OwnAllocation, submission_id: int | None = None
    ) -> None:
        self._submission_id = submission_id
        self._client = client
        self._workflow_id = workflow_id
        self._allocation = allocation
        self.record: ScheduledComputeNodesModel | None = None

    @property
    def id(self) -> int | None:
        """The id of the record, if there is one."""
        return None if self.record is None else id_of(self.record)

    async def begin(self) -> None:
        """Find the record, and mark it active."""
        await self._accept()
        self.record = await self._found()
        if self.record is None:
            logger.info("Allocation not recorded on the server %s", fields(allocation=self._allocation.allocation))
        elif self.record.status != ACTIVE:
            await self._mark(self.record, ACTIVE)

    async def is_last(self) -> bool:
        """Whether no other runner works in the allocation. Sign off this one before."""
        if self.id is None:
            return False
        nodes = await self._client.compute_nodes.list_compute_nodes(
            workflow_id=self._workflow_id, scheduled_compute_node_id=self.id, is_active=True, limit=1
        )
        return not nodes.items

    async def end(self, status: str) -> None:
        """Mark the record complete or failed, or pending if the allocation starts again later."""
        if self.record is not None:
            await self._mark(self.record, status)

    async def ended_submissions(self, others: Collection[int]) -> list[SubmissionModel]:
        """Return the submission of the allocation, and those with the ids `others`, if their allocations have ended."""
        own = None if self.record is None else self.record.submission_id
        submission_ids = {*others} if own is None else {own, *others}
        found = [await self._client.submissions.get_submission(each) for each in sorted(submission_ids)]
        return [each for each in found if each.ended_at is not None]

    async def _accept(self) -> None:
        """Store the id of the allocation, if it started before the program that submitted it could do so."""
        if self._submission_id is None:
            return
        own = self._allocation.allocation
        answer = AcceptSubmissionRequest(scheduler_id=int(own.request), is_array=own.number is not None)
        try:
            await self._client.submissions.accept_submission(self._submission_id, answer)
        except (ConflictError, NotFoundError) as error:
            logger.warning("Submission not accepted %s", fields(submission_id=self._submission_id, reason=error))

    async def _found(self) -> ScheduledComputeNodesModel | None:
        own = self._allocation.allocation
        found = iterate(
            self._client.scheduled_compute_nodes.list_scheduled_compute_nodes,
            workflow_id=self._workflow_id,
            scheduler_id=own.request,
        )
        return next(iter([each async for each in found if id_in_system(each) == own]), None)

    async def _mark(self, record: ScheduledComputeNodesModel, status: str) -> None:
        record.status = status
        await self._client.scheduled_compute_nodes.update_scheduled_compute_node(id_of(record), record)
