"""Operations on huge workflows, in steps between which other writes run.

An operation that changes a workflow runs on a copy of it, in a thread beside the writer. Its changes are then applied
in short transactions. A deletion first marks the workflow deleted. Only one step of all operations runs at a time, so
that a claim waits for one step at most. `engine/workflow_locks.py` describes what a crash leaves.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from torc_server.api.operation import WorkflowWide
from torc_server.engine import workflow_locks
from torc_server.engine.fencing import has_active_jobs
from torc_server.engine.ids import WorkflowId
from torc_server.engine.lifecycle import deletion
from torc_server.engine.workflow_locks import COPIED_TABLES, WorkflowLocked
from torc_server.store.errors import StoreDamaged, StoreError
from torc_server.store.scratch import Scratch
from torc_server.store.transaction import Transaction
from torc_server.store.writer import Writer

logger = logging.getLogger(__name__)

Unit = Callable[[Transaction], Any]

# How long a write waits for a locked workflow.
PATIENCE_SECONDS = 60.0
# How long a step lasts if no other write waits.
STEP_SECONDS = 0.008
# Logging a change is much faster than applying it.
CHANGES_LOGGED_AT_ONCE = 4
# How long until a step that could not be written is retried.
RETRY_SECONDS = 1.0
# How long until a write is retried if the workflow was locked by an operation that has just begun or just ended.
POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Steps:
    """Which workflows are changed in steps, and how long the steps are.

    A workflow with more than `huge_jobs` jobs is changed in steps of `rows` rows. Workflows with at most `alone_jobs`
    jobs are changed in one transaction while no other workflow is active. `before_step` is called before each step.
    """

    huge_jobs: int = 5_000
    rows: int = 400
    alone_jobs: int = 1_000_000
    before_step: Callable[[], Awaitable[None]] | None = None


ORDINARY_STEPS = Steps()


@dataclass(frozen=True, slots=True)
class _Begun:
    """A long operation has locked its workflow. Its new rows get ids above `last_ids`."""

    last_ids: dict[str, int]


class LongOperations:
    """Runs operations on large workflows in small transactions. Belongs to one event loop.

    With `in_steps` false each operation is one transaction: for a database that only the writer can read.
    """

    def __init__(self, database: Path, writer: Writer, *, steps: Steps = ORDINARY_STEPS, in_steps: bool = True) -> None:
        self._database = database
        self._writer = writer
        self._run = writer.run
        self._sizes = steps
        self._in_steps = in_steps
        self._turn = asyncio.Lock()
        self._copying = asyncio.Lock()
        self._at_work: set[asyncio.Task[Any]] = set()
        self._ended: dict[WorkflowId, asyncio.Event] = {}

    async def perform(
        self, workflow_id: WorkflowId, operation: str, wide: WorkflowWide, work: Unit, *, check: Unit | None = None
    ) -> Any:
        """Run `work` on a workflow: in one transaction, or in steps if the workflow is huge.

        `check` runs before it in the same transaction. An operation that has begun is finished, even if the caller is
        canceled. Raises the errors of `work` and `check`, WorkflowLocked if another long operation takes too long, and
        StoreError.
        """

        def unit(tx: Transaction) -> Any:
            if check is not None:
                check(tx)
            workflow_locks.require_unlocked(tx, workflow_id, writes=True)
            if not self._takes_long(tx, workflow_id, wide):
                return work(tx)
            if wide is WorkflowWide.DELETES:
                workflow_locks.mark_deleted(tx, workflow_id, operation)
                return _Begun({})
            return _Begun(workflow_locks.lock(tx, workflow_id, operation))

        answer = await self.patiently(lambda: self._run(unit))
        if not isinstance(answer, _Begun):
            return answer
        self._ended[workflow_id] = asyncio.Event()
        doing = (
            self._delete(workflow_id, work) if wide is WorkflowWide.DELETES else self._change(workflow_id, work, answer)
        )
        task = asyncio.create_task(doing)
        self._at_work.add(task)
        task.add_done_callback(lambda _: self._end(workflow_id, task))
        return await asyncio.shield(task)

    async def change(self, workflow_id: WorkflowId, operation: str, work: Unit) -> None:
        """Run `work`, which changes jobs of a workflow, like `perform`."""
        await self.perform(workflow_id, operation, WorkflowWide.CHANGES, work)

    async def patiently(self, ask: Callable[[], Any]) -> Any:
        """Call `ask`, and again after each long operation that locked the workflow.

        Raises WorkflowLocked if that takes too long.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                return await ask()
            except WorkflowLocked as locked:
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    raise
                await self._wait_for(locked.workflow_id, left)

    async def _wait_for(self, workflow_id: WorkflowId, seconds: float) -> None:
        ended = self._ended.get(workflow_id)
        if ended is None:
            await asyncio.sleep(POLL_SECONDS)
            return
        try:
            async with asyncio.timeout(seconds):
                await ended.wait()
        except TimeoutError:
            return

    def _end(self, workflow_id: WorkflowId, task: asyncio.Task[Any]) -> None:
        self._at_work.discard(task)
        ended = self._ended.pop(workflow_id, None)
        if ended is not None:
            ended.set()
        if not task.cancelled():
            task.exception()  # retrieved here in case the caller was canceled

    def _takes_long(self, tx: Transaction, workflow_id: WorkflowId, wide: WorkflowWide) -> bool:
        return (
            self._in_steps
            and workflow_locks.has_more_jobs(tx, workflow_id, self._sizes.huge_jobs)
            and (wide is not WorkflowWide.ENDS or has_active_jobs(tx, workflow_id))
            and (wide is WorkflowWide.DELETES or self._would_delay_others(tx, workflow_id))
        )

    def _would_delay_others(self, tx: Transaction, workflow_id: WorkflowId) -> bool:
        """Whether one transaction, which takes a third of the time, would delay other writes."""
        return (
            bool(self._at_work)
            or self._writer.waiting > 0
            or workflow_locks.is_another_workflow_active(tx, workflow_id)
            or workflow_locks.has_more_jobs(tx, workflow_id, self._sizes.alone_jobs)
        )

    async def _change(self, workflow_id: WorkflowId, work: Unit, begun: _Begun) -> Any:
        try:
            answer, signals = await self._log_changes(workflow_id, work, begun)
            await self._step(lambda tx: workflow_locks.commit(tx, workflow_id))
        except Exception:
            await self._all_steps(lambda tx: workflow_locks.discard(tx, workflow_id))
            raise

        def apply_next(tx: Transaction) -> bool:
            has_more = workflow_locks.apply_next(tx, workflow_id)
            if not has_more:
                tx.signals += signals
            return has_more

        await self._all_steps(apply_next)
        return answer

    async def _log_changes(self, workflow_id: WorkflowId, work: Unit, begun: _Begun) -> tuple[Any, list[object]]:
        """Run `work` on a copy and log its changes. Returns its result and its signals."""
        # One copy at a time: it needs memory and a CPU.
        async with self._copying:
            try:
                scratch = await asyncio.to_thread(
                    Scratch, self._database, COPIED_TABLES, {"workflow_id": workflow_id}, begun.last_ids
                )
            except StoreError as error:
                self._writer.damage.notice(error)
                raise
            try:
                answer = await asyncio.to_thread(work, scratch.transaction)
                changes = scratch.changes(self._sizes.rows)

                def next_texts() -> list[str]:
                    return [change.to_text() for change in islice(changes, CHANGES_LOGGED_AT_ONCE)]

                while texts := await asyncio.to_thread(next_texts):
                    await self._step(partial(workflow_locks.log_changes, workflow_id=workflow_id, changes=texts))
            finally:
                await asyncio.to_thread(scratch.close)
            return answer, scratch.transaction.signals

    async def _delete(self, workflow_id: WorkflowId, work: Unit) -> Any:
        await self._all_steps(lambda tx: deletion.delete_some(tx, workflow_id, self._sizes.rows))
        return await self._step(work)

    async def _step(self, unit: Unit) -> Any:
        async with self._turn:
            if self._sizes.before_step is not None:
                await self._sizes.before_step()
            return await self._run(unit)

    async def _all_steps(self, unit: Callable[[Transaction], bool]) -> None:
        """Run steps until `unit` returns False. A step that cannot be written is retried. Raises StoreDamaged."""
        has_more = True
        while has_more:
            try:
                has_more = await self._step(lambda tx: self._repeat(tx, unit))
            except StoreDamaged:
                raise  # until the server is restarted; the next one finishes the operation
            except StoreError as error:
                logger.warning(
                    "a step of a long operation failed and will be retried", extra={"fields": {"error": str(error)}}
                )
                await asyncio.sleep(RETRY_SECONDS)

    def _repeat(self, tx: Transaction, unit: Callable[[Transaction], bool]) -> bool:
        """Call `unit` until it returns False, another write waits, or STEP_SECONDS have passed."""
        ends_at = time.monotonic() + STEP_SECONDS
        while unit(tx):
            if self._writer.waiting or time.monotonic() >= ends_at:
                return True
        return False

    async def recover(self) -> None:
        """Apply the logs that an earlier server has committed, and discard the others. Call it before all others.

        Raises StoreError.
        """
        for lock in await self._run(workflow_locks.all_locks):
            workflow_id = lock.workflow_id
            fields = {"workflow": workflow_id, "operation": lock.operation, "finished": lock.is_committed}
            if lock.is_deletion:
                await self._all_steps(lambda tx: deletion.delete_some(tx, workflow_id, self._sizes.rows))  # noqa: B023 - awaited here
                await self._run(lambda tx: deletion.delete_rest(tx, workflow_id))  # noqa: B023 - awaited here
            elif lock.is_committed:
                await self._all_steps(lambda tx: workflow_locks.apply_next(tx, workflow_id))  # noqa: B023 - awaited here
            else:
                await self._all_steps(lambda tx: workflow_locks.discard(tx, workflow_id))  # noqa: B023 - awaited here
            logger.warning("a long operation was interrupted", extra={"fields": fields})

    async def close(self) -> None:
        """Stop after the current step. The next server finishes the operations."""
        at_work = list(self._at_work)
        for task in at_work:
            task.cancel()
        await asyncio.gather(*at_work, return_exceptions=True)
