"""Does the tasks that requests left behind, one after the other, in the order in which they were asked for."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from torc_server.background.run_unit import RunUnit
from torc_server.engine import tasks
from torc_server.engine.errors import EngineError
from torc_server.engine.signals import TaskQueued
from torc_server.engine.tasks import Task
from torc_server.store.errors import StoreError

logger = logging.getLogger(__name__)

UNEXPECTED = "The server failed to do it; its log has the details"


def _now() -> datetime:
    return datetime.now(UTC)


class Tasks:
    """The one who does tasks. It sleeps until the commit that queued one."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    def deliver(self, signals: Sequence[object]) -> None:
        """Take the news of a commit."""
        if any(isinstance(signal, TaskQueued) for signal in signals):
            self._woken.set()

    async def work(self, run: RunUnit) -> None:
        """Do what is queued, and go on until canceled. What an earlier server left half done has failed.

        Raises StoreError when even a failure cannot be noted down.
        """
        interrupted = await run(lambda tx: tasks.fail_interrupted(tx, now=_now()))
        if interrupted:
            logger.warning("tasks were interrupted", extra={"fields": {"tasks": interrupted}})
        while True:
            self._woken.clear()
            task: Task | None = await run(lambda tx: tasks.begin_next(tx, now=_now()))
            if task is None:
                await self._woken.wait()
            else:
                await _do(task, run)


async def _do(task: Task, run: RunUnit) -> None:
    fields = {"task": task.id, "workflow": task.workflow_id, "operation": task.operation}
    try:
        await run(lambda tx: tasks.perform(tx, task, now=_now()))
    except (EngineError, StoreError) as error:
        reason = str(error)
    except Exception:
        logger.exception("a task failed unexpectedly", extra={"fields": fields})
        reason = UNEXPECTED
    else:
        logger.info("task done", extra={"fields": fields})
        return
    logger.warning("task failed", extra={"fields": {**fields, "error": reason}})
    await run(lambda tx: tasks.fail(tx, task, reason, now=_now()))
