"""Keep the allocations of a watched workflow: correct their records, and request further ones."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, TorcError
from torc_client.job_statuses import COMPLETE, count_in
from torc_client.paging import iterate
from torc_client.recovery.auto_schedule import AutoSchedule, AutoScheduleOptions
from torc_client.recovery.canceling import Canceling
from torc_client.recovery.orphans import describe, sync_status
from torc_client.recovery.renewal import NotRequestedError, Renewal
from torc_client.text import count

_SURPLUS = "no job was left for it"

MOST_IN_VAIN = 3
"""Requests one after the other whose allocations end no job."""


class NoAllocationsError(TorcError):
    """Jobs are ready, and no allocation is going to run them."""


@dataclass(frozen=True, slots=True)
class KeepingOptions:
    """What a watch does for a workflow that runs in allocations.

    `replaces` requests allocations if none is left and jobs are ready. `auto_schedule` is when some are requested for
    unplanned jobs while others exist; None for never. `waits` does not end the watch if no allocation is left.
    """

    renewal: Renewal
    replaces: bool = False
    auto_schedule: AutoScheduleOptions | None = None
    waits: bool = False


class WatchedAllocations:
    """The allocations of one workflow. `report` gets a sentence for everything that happens."""

    def __init__(
        self, client: TorcClient, workflow_id: int, options: KeepingOptions, report: Callable[[str], None]
    ) -> None:
        self._client = client
        self._workflow_id = workflow_id
        self._options = options
        self._report = report
        self._auto = AutoSchedule(options.auto_schedule or AutoScheduleOptions(), _now())
        self._in_vain = 0
        self._ended_before: int | None = None
        self._said: set[str] = set()

    @property
    def renewal(self) -> Renewal:
        """How allocations are requested."""
        return self._options.renewal

    async def correct(self) -> bool:
        """Correct the records of allocations and runners that have ended. Return whether any was. Raises TorcError."""
        orphans = await sync_status(self._client, self._workflow_id, dry_run=False)
        found = [f"{each.kind} {each.name}: {each.done}." for each in describe(orphans)]
        sentences = [*found, *orphans.look.not_asked]
        for sentence in sentences:
            # What stays is found again each time.
            if sentence not in self._said:
                self._report(f"{sentence[:1].upper()}{sentence[1:]}")
        self._said = set(sentences)
        return bool(found)

    async def replace_lost(self, status: WorkflowStatusResponse) -> None:
        """Request allocations for ready jobs of a workflow that has no allocation and no runner.

        Raises NoAllocationsError if that is not requested, or was in vain several times; TorcError.
        """
        ready = status.jobs_by_status.ready
        if not ready or (self._options.waits and not self._options.replaces):
            return
        jobs = count("job", ready)
        if not self._options.replaces:
            raise NoAllocationsError(
                f"{jobs} of workflow {self._workflow_id} {'is' if ready == 1 else 'are'} ready, and no allocation is"
                f" left. Request some with `torc slurm regenerate {self._workflow_id} --submit`, or watch with"
                " --auto-schedule."
            )
        ended = count_in(status.jobs_by_status, COMPLETE)
        self._in_vain = self._in_vain + 1 if ended == self._ended_before else 0
        self._ended_before = ended
        if self._in_vain >= MOST_IN_VAIN:
            raise NoAllocationsError(
                f"The last {MOST_IN_VAIN} requests for allocations were in vain: no job has ended in them."
                f" `torc slurm parse-logs` and `torc workflows diagnose {self._workflow_id}` show reasons."
            )
        self._report(f"No allocation is left for {jobs} that {'is' if ready == 1 else 'are'} ready.")
        await self._request(None)

    async def request_for_unplanned(self) -> None:
        """Request allocations for unplanned jobs if that is due. Raises TorcError."""
        if self._options.auto_schedule is None:
            return
        jobs = iterate(self._client.jobs.list_jobs, workflow_id=self._workflow_id, status=JobStatus.READY)
        ids = self._auto.due([job async for job in jobs], _now())
        if ids:
            self._report(f"{count('job', len(ids))} became ready by retries or by other jobs.")
            await self._request(ids)

    async def _request(self, only_job_ids: list[int] | None) -> None:
        self._auto.requested(_now())
        try:
            done = await self.renewal.renew(self._client, self._workflow_id, only_job_ids)
        except ConflictError as error:
            # Another command has begun a run, or has requested allocations. The next check sees what it did.
            self._report(error.message)
            return
        except NotRequestedError as error:
            if not error.is_unclear:
                raise
            self._report(error.message)
            return
        self._report(f"Requested {count('allocation', done.allocations_submitted)} for {_jobs(done.pending_jobs)}.")

    async def cancel_queued(self, status: WorkflowStatusResponse) -> None:
        """Cancel allocations in the queue that are left over when the workflow has ended. Raises TorcError."""
        if status.active_compute_nodes or status.active_scheduled_nodes or not status.pending_scheduled_nodes:
            return
        self._report(f"{count('allocation', status.pending_scheduled_nodes)} in the queue would find no job.")
        canceled = await Canceling(report=self._report, reason=_SURPLUS).allocations(self._client, self._workflow_id)
        for sentence in canceled.errors:
            self._report(sentence)


def _jobs(number: int) -> str:
    return count("pending job", number)


def _now() -> float:
    return asyncio.get_running_loop().time()
