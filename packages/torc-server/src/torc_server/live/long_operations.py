"""Operations on huge workflows, in steps that let everybody else through.

An operation that changes a workflow is worked out on a copy of it, in a thread beside the writer, and then carried out
in short transactions; a deletion hides the workflow and then takes it away. One step is done at a time, whatever the
number of operations, so that a claim elsewhere waits for one of them at most. See engine/holds.py for what a crash
leaves.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from torc_server.api.operation import WorkflowWide
from torc_server.engine import workflow_locks
from torc_server.engine.ids import WorkflowId
from torc_server.engine.lifecycle import deletion
from torc_server.engine.workflow_locks import COPIED_TABLES, Held
from torc_server.store.errors import StoreError
from torc_server.store.scratch import Scratch
from torc_server.store.transaction import Transaction
from torc_server.store.writer import Writer

logger = logging.getLogger(__name__)

Unit = Callable[[Transaction], Any]

# How long somebody waits who wants to write to a workflow in the middle of a long operation.
PATIENCE_SECONDS = 60.0
# How long a step goes on where nobody else waits.
STEP_SECONDS = 0.008
# Noting a change down costs far less than carrying it out.
NOTED_AT_ONCE = 4
# How long until a step that could not be written is tried again.
RETRY_SECONDS = 1.0
# How long until somebody looks again who was told of an operation that has just begun or just ended.
LOOK_AGAIN_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Steps:
    """From how many jobs on a workflow is huge, and how many rows one step changes.

    Up to `alone_jobs` it is no hindrance where nobody works on other workflows.
    """

    huge_jobs: int = 5_000
    rows: int = 400
    alone_jobs: int = 1_000_000


ORDINARY_STEPS = Steps()


@dataclass(frozen=True, slots=True)
class _Begun:
    """A long operation was begun; `last_ids` are those that its new rows follow."""

    last_ids: dict[str, int]


class LongOperations:
    """The one who does them. Belongs to one event loop.

    With `in_steps` false everything is done at once: where nobody but the writer can read the database.
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
        """Do work on a workflow: at once, or in steps where it is huge. `check` is asked first, in the same breath.

        What was begun is finished, also when the caller leaves. Raises what they raise, Held where another long
        operation goes on for too long, and StoreError.
        """

        def unit(tx: Transaction) -> Any:
            if check is not None:
                check(tx)
            workflow_locks.require_free(tx, workflow_id, writes=True)
            if not self._takes_long(tx, workflow_id, wide):
                return work(tx)
            if wide is WorkflowWide.DELETES:
                workflow_locks.hide(tx, workflow_id, operation)
                return _Begun({})
            return _Begun(workflow_locks.hold(tx, workflow_id, operation))

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
        """Do work that changes a workflow's jobs; as perform."""
        await self.perform(workflow_id, operation, WorkflowWide.CHANGES, work)

    async def patiently(self, ask: Callable[[], Any]) -> Any:
        """Ask, and again after each long operation that was in the way. Raises Held when that takes too long."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                return await ask()
            except Held as held:
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    raise
                await self._wait_for(held.workflow_id, left)

    async def _wait_for(self, workflow_id: WorkflowId, seconds: float) -> None:
        ended = self._ended.get(workflow_id)
        if ended is None:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
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
            task.exception()  # seen here too, in case that the caller left

    def _takes_long(self, tx: Transaction, workflow_id: WorkflowId, wide: WorkflowWide) -> bool:
        return (
            self._in_steps
            and workflow_locks.has_more_jobs(tx, workflow_id, self._sizes.huge_jobs)
            and (wide is not WorkflowWide.ENDS or workflow_locks.has_active_jobs(tx, workflow_id))
            and (wide is WorkflowWide.DELETES or self._has_company(tx, workflow_id))
        )

    def _has_company(self, tx: Transaction, workflow_id: WorkflowId) -> bool:
        """Whether somebody would wait if all were done at once, which takes a third of the time."""
        return (
            bool(self._at_work)
            or self._writer.waiting > 0
            or workflow_locks.has_others_at_work(tx, workflow_id)
            or workflow_locks.has_more_jobs(tx, workflow_id, self._sizes.alone_jobs)
        )

    async def _change(self, workflow_id: WorkflowId, work: Unit, begun: _Begun) -> Any:
        try:
            answer, signals = await self._work_out(workflow_id, work, begun)
            await self._step(lambda tx: workflow_locks.decide(tx, workflow_id))
        except Exception:
            await self._all_steps(lambda tx: workflow_locks.give_up(tx, workflow_id))
            raise

        def carry_on(tx: Transaction) -> bool:
            goes_on = workflow_locks.carry_on(tx, workflow_id)
            if not goes_on:
                tx.signals += signals
            return goes_on

        await self._all_steps(carry_on)
        return answer

    async def _work_out(self, workflow_id: WorkflowId, work: Unit, begun: _Begun) -> tuple[Any, list[object]]:
        """Do the work on a copy, and note down what it changed."""
        # One at a time: a copy takes room and a processor.
        async with self._copying:
            scratch = await asyncio.to_thread(
                Scratch, self._database, COPIED_TABLES, {"workflow_id": workflow_id}, begun.last_ids
            )
            try:
                answer = await asyncio.to_thread(work, scratch.transaction)
                changes = scratch.changes(self._sizes.rows)

                def some() -> list[str]:
                    return [change.to_text() for change in islice(changes, NOTED_AT_ONCE)]

                while texts := await asyncio.to_thread(some):
                    await self._step(partial(workflow_locks.note, workflow_id=workflow_id, changes=texts))
            finally:
                await asyncio.to_thread(scratch.close)
            return answer, scratch.transaction.signals

    async def _delete(self, workflow_id: WorkflowId, work: Unit) -> Any:
        await self._all_steps(lambda tx: deletion.take_away(tx, workflow_id, self._sizes.rows))
        return await self._step(work)

    async def _step(self, unit: Unit) -> Any:
        async with self._turn:
            return await self._run(unit)

    async def _all_steps(self, unit: Callable[[Transaction], bool]) -> None:
        """Do steps until there are no more. What cannot be written now is tried again until it can."""
        goes_on = True
        while goes_on:
            try:
                goes_on = await self._step(lambda tx: self._for_a_while(tx, unit))
            except StoreError as error:
                logger.warning("a step of a long operation has to wait", extra={"fields": {"error": str(error)}})
                await asyncio.sleep(RETRY_SECONDS)

    def _for_a_while(self, tx: Transaction, unit: Callable[[Transaction], bool]) -> bool:
        """Do a bit, and more of it while nobody waits for the writer and little time has passed."""
        ends_at = time.monotonic() + STEP_SECONDS
        while unit(tx):
            if self._writer.waiting or time.monotonic() >= ends_at:
                return True
        return False

    async def recover(self) -> None:
        """Finish what an earlier server had decided, and forget what it had not; to be called before all others.

        Raises StoreError.
        """
        for hold in await self._run(workflow_locks.holds):
            workflow_id = hold.workflow_id
            fields = {"workflow": workflow_id, "operation": hold.operation, "finished": hold.is_decided}
            if hold.is_deletion:
                await self._all_steps(lambda tx: deletion.take_away(tx, workflow_id, self._sizes.rows))  # noqa: B023 - awaited here
                await self._run(lambda tx: deletion.delete_rest(tx, workflow_id))  # noqa: B023 - awaited here
            elif hold.is_decided:
                await self._all_steps(lambda tx: workflow_locks.carry_on(tx, workflow_id))  # noqa: B023 - awaited here
            else:
                await self._all_steps(lambda tx: workflow_locks.give_up(tx, workflow_id))  # noqa: B023 - awaited here
            logger.warning("a long operation was interrupted", extra={"fields": fields})

    async def close(self) -> None:
        """Stop where the steps are: the next server goes on from there."""
        at_work = list(self._at_work)
        for task in at_work:
            task.cancel()
        await asyncio.gather(*at_work, return_exceptions=True)
