"""Cancel a workflow and its allocations, and report what is still there."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from torc_client.api.records import ScheduledComputeNodesModel
from torc_client.batch.blocking import blocking
from torc_client.batch.clusters import elsewhere, submissions_of
from torc_client.batch.judging import Change, is_foreign
from torc_client.batch.system import AllocationState, BatchError, BatchSystem, Outcome, Seen
from torc_client.batch.systems import system_named
from torc_client.batch.unclear_submissions import find_answer, store_answer
from torc_client.batch.watching import (
    SUBMITTING,
    Systems,
    has_id,
    id_in_system,
    known_of,
    named,
    no_ids,
    open_allocations,
    remove_files,
    store,
    system_title,
)
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.paging import iterate
from torc_client.recovery.orphans import DeadNode, allocation_of, report_dead
from torc_client.text import count

ENDING_SECONDS = 45.0
"""How long the end of an allocation is awaited. Batch systems leave 30 s to processes after SIGTERM by default."""

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0

Report = Callable[[str], None]


@dataclass(slots=True)
class CanceledAllocations:
    """The allocations that a batch system accepted to end, and sentences about those that may still run.

    `ids` are those of the batch system: numbers, and texts for tasks of arrays.
    """

    ids: list[int | str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Canceling:
    """How allocations are canceled."""

    systems: Systems = system_named
    reason: str = "canceled with its workflow"
    report: Report = lambda _: None

    async def workflow(self, client: TorcClient, workflow_id: int) -> CanceledAllocations:
        """Cancel a workflow, then its allocations. Raises TorcError if the server does not cancel it.

        Runners leave as soon as the workflow is canceled. Their allocations count too, and their ends are awaited.
        """
        before = await open_allocations(client, workflow_id)
        await client.workflows.cancel_workflow(workflow_id)
        return await self.allocations(client, workflow_id, [each for each in before if each.status != SUBMITTING])

    async def allocations(
        self, client: TorcClient, workflow_id: int, before: Sequence[ScheduledComputeNodesModel] = ()
    ) -> CanceledAllocations:
        """Cancel all allocations of a workflow that have not ended, and those that had not ended `before`.

        Raises TorcError for an error of the server.
        """
        of_type: dict[str, list[ScheduledComputeNodesModel]] = defaultdict(list)
        by_id = {each.id: each for each in (*before, *await open_allocations(client, workflow_id))}
        for record in by_id.values():
            of_type[record.scheduler_type].append(record)
        canceled = CanceledAllocations()
        for scheduler_type, records in of_type.items():
            await _OneSystem(self, client, workflow_id, scheduler_type, canceled).cancel(records)
        return canceled


@dataclass(frozen=True, slots=True)
class _OneSystem:
    """Cancels the allocations of one batch system."""

    how: Canceling
    client: TorcClient
    workflow_id: int
    scheduler_type: str
    canceled: CanceledAllocations

    async def cancel(self, records: Sequence[ScheduledComputeNodesModel]) -> None:
        waiting = [record for record in records if record.status == SUBMITTING]
        try:
            system = self.how.systems(self.scheduler_type)
            accepted = await self._accepted(waiting)
            known = [record for record in records if record.status != SUBMITTING and has_id(record)]
            without_id = [record for record in records if record.status != SUBMITTING and not has_id(record)]
            if without_id:
                self.canceled.errors.append(no_ids(system.title, without_id))
            wanted = await self._here(system, known) + accepted
            if wanted:
                await blocking(None, system.cancel, [id_in_system(each) for each in wanted])
        except (BatchError, TorcError) as error:
            self._failed([each for each in records if each.status != SUBMITTING], error)
            return
        self.canceled.ids += [_shown_id(each) for each in wanted]
        left = await self._left(system, wanted)
        remove_files(wanted, {each.id for each in wanted if each not in left})
        if left:
            ids = named([id_in_system(each) for each in left])
            self.canceled.errors.append(
                f"{system_title(self.scheduler_type)} is still ending {count('allocation', len(left))} ({ids}). When"
                f" that is done, correct their records: torc workflows sync-status {self.workflow_id}"
            )

    async def _here(
        self, system: BatchSystem, records: Sequence[ScheduledComputeNodesModel]
    ) -> list[ScheduledComputeNodesModel]:
        """Return the allocations without those of other clusters, which can have the ids of foreign allocations."""
        submissions = await submissions_of(self.client, self.workflow_id, records)
        clusters = await elsewhere(system, records, submissions)
        for cluster, some in clusters.items():
            ids = named([id_in_system(each) for each in some])
            self.canceled.errors.append(
                f"{count('allocation', len(some))} ({ids}) may hold nodes of the cluster {cluster}."
                f" There, repeat: torc cancel {self.workflow_id}"
            )
        left = [record for record in records if not any(record in some for some in clusters.values())]
        seen = await blocking(None, system.seen, _requests(left)) if left else {}
        foreign = [each for each in left if is_foreign(known_of(each, submissions), seen.get(id_in_system(each)))]
        if foreign:
            self.canceled.errors.append(
                f"{system.title} here has other allocations with the ids"
                f" {named([id_in_system(each) for each in foreign])}, which were not canceled."
            )
        return [record for record in left if record not in foreign]

    async def _accepted(self, waiting: Sequence[ScheduledComputeNodesModel]) -> list[ScheduledComputeNodesModel]:
        """Return the records of submissions without an answer that the batch system has."""
        accepted: list[ScheduledComputeNodesModel] = []
        for submission_id in dict.fromkeys(each.submission_id for each in waiting if each.submission_id is not None):
            submission = await self.client.submissions.get_submission(submission_id)
            settled = await store_answer(self.client, await find_answer(submission))
            if settled.is_open:
                self.canceled.errors.append(
                    f"{settled.sentence} Repeat in some minutes: torc cancel {self.workflow_id}"
                )
            if settled.request_id is None:
                continue
            listed = iterate(
                self.client.scheduled_compute_nodes.list_scheduled_compute_nodes,
                workflow_id=self.workflow_id,
                submission_id=submission_id,
            )
            accepted += [record async for record in listed]
        return accepted

    async def _left(
        self, system: BatchSystem, wanted: Sequence[ScheduledComputeNodesModel]
    ) -> list[ScheduledComputeNodesModel]:
        """Wait until allocations have ended, correct their records, and return those that have not ended."""
        clock = asyncio.get_running_loop()
        end, pause = clock.time() + ENDING_SECONDS, _FIRST_PAUSE_SECONDS
        left, is_reported = list(wanted), False
        while left:
            try:
                seen = await blocking(None, system.seen, _requests(left))
            except BatchError:
                return left
            ended = [each for each in left if _is_over(seen.get(id_in_system(each)))]
            await self._store(ended)
            left = [each for each in left if each not in ended]
            if not left or clock.time() + pause > end:
                break
            if not is_reported:
                is_reported = True
                self.how.report(
                    f"Waiting until {system_title(self.scheduler_type)} has ended {count('allocation', len(left))} ..."
                )
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        return left

    async def _store(self, ended: Sequence[ScheduledComputeNodesModel]) -> None:
        """Store that allocations were canceled, and that their nodes are no longer active."""
        for record in ended:
            await store(self.client, Change(known_of(record, {}), Outcome.CANCELED, self.how.reason, ""))
        if ended:
            nodes = iterate(self.client.compute_nodes.list_compute_nodes, workflow_id=self.workflow_id, is_active=True)
            for node in [each async for each in nodes if allocation_of(each, ended) is not None]:
                await report_dead(self.client, self.workflow_id, DeadNode(node, ()))

    def _failed(self, records: Sequence[ScheduledComputeNodesModel], error: Exception) -> None:
        ids = [id_in_system(each) for each in records]
        words = (error.message if isinstance(error, TorcError) else str(error)).rstrip(".")
        if not ids:
            self.canceled.errors.append(f"{words}.")
            return
        self.canceled.errors.append(
            f"{words}. {count('allocation', len(ids))} ({named(ids)}) may hold nodes. Where"
            f" {system_title(self.scheduler_type)} answers, repeat: torc cancel {self.workflow_id}"
        )


def _requests(records: Sequence[ScheduledComputeNodesModel]) -> list[str]:
    return list(dict.fromkeys(str(each.scheduler_id) for each in records))


def _is_over(seen: Seen | None) -> bool:
    return seen is None or seen.state is AllocationState.ENDED


def _shown_id(record: ScheduledComputeNodesModel) -> int | str:
    return record.scheduler_id if record.task is None else str(id_in_system(record))
