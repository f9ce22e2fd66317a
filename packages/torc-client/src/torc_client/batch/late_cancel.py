"""Cancel a request that the batch system accepted after its workflow was canceled or deleted."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from torc_client.api.records import CreatedSubmissionModel
from torc_client.batch.blocking import blocking
from torc_client.batch.judging import Change
from torc_client.batch.system import AllocationId, AllocationState, BatchError, BatchSystem, Outcome
from torc_client.batch.watching import known_of, remove_files, store
from torc_client.client import TorcClient
from torc_client.errors import NotFoundError, TorcError

_REASON = "canceled with its workflow"


@dataclass(frozen=True, slots=True)
class LateCancel:
    """Cancels one request."""

    client: TorcClient
    system: BatchSystem
    workflow_id: int
    request_id: str

    async def cancel_with_workflow(self, record: CreatedSubmissionModel) -> None:
        """Cancel the request, whose id the server has, and raise TorcError, if its workflow is canceled or deleted."""
        try:
            workflow = await self.client.workflows.get_workflow(self.workflow_id)
        except NotFoundError as error:
            raise await self.cancel(f"workflow {self.workflow_id} was deleted meanwhile") from error
        except TorcError:  # the request is stored, and runners leave a canceled workflow by themselves
            return
        if not workflow.is_canceled:
            return
        canceled = await self.cancel(
            f"workflow {self.workflow_id} was canceled meanwhile",
            f"To run the workflow again: torc workflows reset-status {self.workflow_id}",
        )
        with suppress(TorcError, BatchError):  # otherwise sync-status corrects them
            await self._store_ends(record)
        raise canceled

    async def cancel(self, why: str, hint: str | None = None) -> TorcError:
        """Cancel the request, and return the error for the user."""
        accepted = f"{self.system.title} accepted the request as {self.request_id}, and"
        try:
            await asyncio.to_thread(self.system.cancel, [AllocationId(self.request_id)])
        except BatchError as error:
            return TorcError(
                f"{accepted} it could not be canceled: {error}. It is not needed, since {why.rstrip('.')}.",
                f"Cancel allocation {self.request_id} of {self.system.title}.",
            )
        return TorcError(f"{accepted} it was canceled, since {why.rstrip('.')}.", hint)

    async def _store_ends(self, submission: CreatedSubmissionModel) -> None:
        """Store the ends of allocations that did not run. The others take time, and their runners store the end."""
        seen = await blocking(None, self.system.seen, [self.request_id])
        nodes = self.client.scheduled_compute_nodes
        records = [await nodes.get_scheduled_compute_node(each) for each in submission.scheduled_compute_node_ids]
        known = [known_of(each, {}) for each in records]
        ended = [
            each
            for each in known
            if (found := seen.get(each.allocation)) is not None and found.state is AllocationState.ENDED
        ]
        for each in ended:
            await store(self.client, Change(each, Outcome.CANCELED, _REASON, ""))
        remove_files(records, {each.record_id for each in ended})
