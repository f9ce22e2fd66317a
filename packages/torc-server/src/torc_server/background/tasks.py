"""Runs the background tasks that requests queued, one at a time and in the order of the requests."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from torc_server.engine.errors import EngineError
from torc_server.engine.lifecycle import tasks
from torc_server.engine.lifecycle.tasks import Task
from torc_server.engine.signals import TaskQueued
from torc_server.live.long_operations import LongOperations
from torc_server.store.errors import StoreError
from torc_server.store.writer import Writer

logger = logging.getLogger(__name__)

UNEXPECTED = "Unexpected error of the server; see its log"


def _now() -> datetime:
    return datetime.now(UTC)


class Tasks:
    """Runs queued tasks one at a time; woken by the commit that queues one."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    def deliver(self, signals: Sequence[object]) -> None:
        """Wake the worker if a signal of this commit is `TaskQueued`."""
        if any(isinstance(signal, TaskQueued) for signal in signals):
            self._woken.set()

    async def work(self, writer: Writer, long_operations: LongOperations) -> None:
        """Run queued tasks until canceled. Tasks that an earlier server did not finish are marked failed.

        Raises StoreError if the failure of a task cannot be stored.
        """
        interrupted = await writer.run(lambda tx: tasks.fail_interrupted(tx, now=_now()))
        if interrupted:
            logger.warning("tasks were interrupted", extra={"fields": {"tasks": interrupted}})
        while True:
            self._woken.clear()
            task: Task | None = await writer.run(lambda tx: tasks.begin_next(tx, now=_now()))
            if task is None:
                await self._woken.wait()
            else:
                await _do(task, writer, long_operations)


async def _do(task: Task, writer: Writer, long_operations: LongOperations) -> None:
    fields = {"task": task.id, "workflow": task.workflow_id, "operation": task.operation}
    try:
        await long_operations.change(task.workflow_id, task.operation, lambda tx: tasks.perform(tx, task, now=_now()))
    except (EngineError, StoreError) as error:
        reason = str(error)
    except Exception:
        logger.exception("a task failed unexpectedly", extra={"fields": fields})
        reason = UNEXPECTED
    else:
        logger.info("task done", extra={"fields": fields})
        return
    logger.warning("task failed", extra={"fields": {**fields, "error": reason}})
    await writer.run(lambda tx: tasks.fail(tx, task, reason, now=_now()))
