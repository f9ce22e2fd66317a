"""Deletes drafts: workflows whose creation was interrupted by the death of the client."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from torc_server.api.operation import WorkflowWide
from torc_server.engine.errors import EngineError
from torc_server.engine.ids import WorkflowId
from torc_server.engine.lifecycle.drafts import abandoned_drafts, require_draft
from torc_server.live.long_operations import LongOperations
from torc_server.resources import records
from torc_server.resources.workflow import WORKFLOW
from torc_server.store.transaction import Transaction
from torc_server.store.writer import Writer

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 3600.0


def _now() -> datetime:
    return datetime.now(UTC)


async def delete_drafts(
    writer: Writer,
    long_operations: LongOperations,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], datetime] = _now,
) -> None:
    """Delete the drafts to which nothing was added for a day, now and every hour. Runs until it is canceled."""
    while True:
        for workflow_id in await writer.run(lambda tx: abandoned_drafts(tx, now=clock())):
            await _delete(workflow_id, long_operations)
        await sleep(LOOK_EVERY_SECONDS)


async def _delete(workflow_id: WorkflowId, long_operations: LongOperations) -> None:
    def check(tx: Transaction) -> None:
        require_draft(tx, workflow_id)

    def delete(tx: Transaction) -> None:
        records.delete(tx, WORKFLOW, workflow_id)

    try:
        await long_operations.perform(workflow_id, "delete_workflow", WorkflowWide.DELETES, delete, check=check)
    except EngineError as error:  # its creation has ended, it was deleted, or it is locked
        logger.info("draft kept", extra={"fields": {"workflow": workflow_id, "reason": error.message}})
    else:
        logger.warning("draft deleted: its creation was interrupted", extra={"fields": {"workflow": workflow_id}})
