"""What commands say about the allocations of a workflow."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from torc_client.api.records import ScheduledComputeNodesModel, WorkflowStatusResponse
from torc_client.batch.allocation_output import last_line
from torc_client.batch.blocking import blocking
from torc_client.batch.system import BatchError, Outcome
from torc_client.batch.systems import scheduler_types, support_for
from torc_client.batch.waiting import num_ended, sentences
from torc_client.batch.watching import QUICK_SECONDS, all_allocations, id_in_system, look_once
from torc_client.client import TorcClient

_MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Allocations:
    """Sentences about allocations, and how many that the server waits for have ended for the batch system."""

    sentences: list[str]
    num_ended: int = 0


async def allocations_of(client: TorcClient, status: WorkflowStatusResponse) -> Allocations:
    """Return what to print about allocations that wait, or that failed while jobs have no node. Raises TorcError."""
    has_open = status.active_scheduled_nodes or status.pending_scheduled_nodes
    if not has_open and (status.is_complete or status.is_canceled or status.active_compute_nodes):
        return Allocations([])
    workflow_id = status.workflow_id
    records = await all_allocations(client, workflow_id)
    if not records:
        return Allocations([])
    types = {record.scheduler_type for record in records}.intersection(scheduler_types())
    readers = [support_for(each).schedulers for each in sorted(types)]
    schedulers = [scheduler for reader in readers for scheduler in await reader.of_workflow(client, workflow_id)]
    look = await look_once(client, workflow_id, records)
    now = datetime.now().astimezone()
    said = [*sentences(look, records, schedulers, now), *await _last_lines(records)]
    return Allocations(said, num_ended(look))


async def _last_lines(records: Sequence[ScheduledComputeNodesModel]) -> list[str]:
    """Return what the last allocations that failed wrote last, if the output folder can be read here."""
    failed = [record for record in records if record.status == Outcome.FAILED][-_MOST_LINES:]
    with suppress(BatchError):  # the file system does not answer
        lines = await blocking(QUICK_SECONDS, lambda: [last_line(record) for record in failed])
        return [
            f"Allocation {id_in_system(record)} failed: {line}"
            for record, line in zip(failed, lines, strict=True)
            if line
        ]
    return []
