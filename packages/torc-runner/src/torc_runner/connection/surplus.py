"""Cancel the allocations that are still queued when nothing is left for them."""

from collections.abc import Sequence
from typing import Any

from torc_client.answers import id_of
from torc_client.api.records import EventModel, JobStatusCounts
from torc_client.batch.blocking import blocking
from torc_client.batch.clusters import submissions_of
from torc_client.batch.judging import Recorded, is_foreign
from torc_client.batch.system import AllocationId, AllocationState, BatchError, BatchSystem
from torc_client.batch.watching import has_id, id_in_system, known_of
from torc_client.client import TorcClient
from torc_client.paging import iterate
from torc_runner.log import fields, logger

QUEUED, CANCELED = "pending", "canceled"
REASON = "No job was left for it."


def may_run(counts: JobStatusCounts) -> bool:
    """Whether any job may still run: blocked jobs only if another one may, and failed ones after a decision."""
    return bool(counts.uninitialized or counts.ready or counts.pending or counts.running or counts.pending_failed)


async def cancel_surplus(client: TorcClient, workflow_id: int, system: BatchSystem) -> frozenset[int]:
    """Cancel the queued allocations of a workflow, if none of its jobs may still run. Raises TorcError.

    Returns the ids of the submissions whose allocations were canceled.
    """
    status = await client.workflows.get_workflow_status(workflow_id)
    if may_run(status.jobs_by_status):
        return frozenset()
    pages = iterate(client.scheduled_compute_nodes.list_scheduled_compute_nodes, workflow_id=workflow_id, status=QUEUED)
    recorded = {id_in_system(each): each async for each in pages if each.scheduler_type == system.name and has_id(each)}
    submissions = await submissions_of(client, workflow_id, recorded.values())
    known = [known_of(each, submissions) for each in recorded.values()]
    try:
        queued = await blocking(None, _cancel_queued, system, known)
    except BatchError as error:
        logger.warning("Queued allocations not canceled %s", fields(workflow_id=workflow_id, reason=error))
        return frozenset()
    for each in queued:
        record = recorded[each]
        record.status, record.reason = CANCELED, REASON
        await client.scheduled_compute_nodes.update_scheduled_compute_node(id_of(record), record)
    if queued:
        logger.info("Queued allocations canceled %s", fields(workflow_id=workflow_id, count=len(queued)))
        await client.events.create_event(EventModel(workflow_id=workflow_id, data=_event(queued), timestamp=0))
    submission_ids = (recorded[each].submission_id for each in queued)
    return frozenset(each for each in submission_ids if each is not None)


def _cancel_queued(system: BatchSystem, known: Sequence[Recorded]) -> list[AllocationId]:
    """Cancel the allocations that the batch system has not started, and return them. Raises BatchError."""
    if not known:
        return []
    seen = system.seen(sorted({each.allocation.request for each in known}))
    own = [each.allocation for each in known if not is_foreign(each, seen.get(each.allocation))]
    queued = [each for each in own if each in seen and seen[each].state is AllocationState.QUEUED]
    system.cancel(queued)
    return queued


def _event(canceled: list[AllocationId]) -> dict[str, Any]:
    return {
        "category": "scheduler",
        "action": "cancel_unneeded_pending_allocations",
        "num_canceled": len(canceled),
        "slurm_job_ids": [str(each) for each in canceled],
    }
