"""Wait for a workflow, and recover it as often as that is wished and helps."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from torc_client.api.records import JobStatusCounts, WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.job_statuses import WorkflowState, has_runners, workflow_state
from torc_client.recovery.corrections import Multipliers
from torc_client.recovery.diagnosis import Cause
from torc_client.recovery.hook import run_hook
from torc_client.recovery.orphans import sync_status
from torc_client.recovery.progress_text import ProgressText, progress_text
from torc_client.recovery.recover import KNOWN_CAUSES, Plan, carry_out, findings_of, plan, require_over
from torc_client.recovery.scheduler import NoScheduler, Scheduler
from torc_client.recovery.unsent_results import send_leftovers
from torc_client.recovery.wording import jobs
from torc_client.recovery.workers import Workers
from torc_client.workflow_operations.wait import LONGEST_POLL_SECONDS


class Ending(StrEnum):
    """Why watching ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    HELD = "pending_failed"
    EXHAUSTED = "retries_exhausted"
    STALLED = "stalled"


class Verdict(msgspec.Struct, kw_only=True):
    """What became of a workflow that was watched."""

    workflow_id: int
    ending: Ending
    message: str
    recoveries: int
    jobs_by_status: JobStatusCounts


_HALF_MORE = Multipliers(1.5, 1.5)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to watch, and what to do about failures."""

    poll_seconds: float = 60.0
    recovers: bool = False
    max_retries: int | None = 3
    """How often to recover; None for as often as it takes."""

    multipliers: Multipliers = _HALF_MORE
    retries_unknown: bool = False
    hook: str | None = None
    stalled_seconds: float | None = None
    """How long jobs may be left without anybody who works for them; None for ever."""

    shows_counts: bool = False
    output_dir: Path | None = None
    """Where runners leave results that they could not send: what those that are gone left is sent."""


class _Stalled(Exception):  # noqa: N818 - how the wait ends, no error of anybody
    """Nobody works for the workflow, and nobody comes; or nobody leaves it."""


class Watch:
    """One watch over a workflow. `tell` hears what happens, a sentence at a time; `show` how far it is, if given."""

    def __init__(
        self,
        client: TorcClient,
        workflow_id: int,
        wishes: Wishes,
        tell: Callable[[str], None],
        *,
        show: Callable[[WorkflowStatusResponse, ProgressText], None] | None = None,
        workers: Workers | None = None,
        scheduler: Scheduler | None = None,
    ) -> None:
        self._client = client
        self._workflow_id = workflow_id
        self._wishes = wishes
        self._tell = tell
        self._show = show or (lambda _, text: tell(str(text)))
        self._workers = workers
        self._scheduler = scheduler or NoScheduler()
        self._recoveries = 0
        self._shown: ProgressText | None = None
        self._told_of_journals: set[str] = set()

    async def run(self) -> Verdict:
        """Return once there is nothing more to wait for. Raises TorcError."""
        try:
            while True:
                status = await self._until_over()
                ending, message = await self._judge(status)
                if ending is not None:
                    return self._verdict(ending, message, status)
        except _Stalled as stalled:
            return self._verdict(Ending.STALLED, str(stalled), await self._status())
        finally:
            if self._workers is not None:
                await self._workers.close()

    async def _judge(self, status: WorkflowStatusResponse) -> tuple[Ending | None, str]:
        """Recover, if that is wished and possible; else say how it ended, and why it is not recovered."""
        state = workflow_state(status)
        if state in {WorkflowState.COMPLETED, WorkflowState.EMPTY}:
            return Ending.SUCCEEDED, "Every job succeeded."
        if state is WorkflowState.CANCELED:
            return Ending.CANCELED, "The workflow was canceled."
        lost = Ending.HELD if state is WorkflowState.HELD else Ending.FAILED
        if not self._wishes.recovers:
            hint = f"`torc recover {self._workflow_id} --dry-run` says why and what could be done."
            return lost, f"Jobs did not succeed. {hint}"
        if self._wishes.max_retries is not None and self._recoveries >= self._wishes.max_retries:
            return Ending.EXHAUSTED, f"Jobs did not succeed, after {self._recoveries} recoveries."
        return await self._recover(lost)

    async def _recover(self, lost: Ending) -> tuple[Ending | None, str]:
        await sync_status(self._client, self._workflow_id, self._scheduler, dry_run=False)
        await self._until_left()
        causes = {*KNOWN_CAUSES, *((Cause.UNKNOWN,) if self._wishes.retries_unknown else ())}
        findings = await findings_of(self._client, self._workflow_id)
        planned = await plan(self._client, self._workflow_id, findings, self._wishes.multipliers, causes)
        if not planned.selection.again:
            hint = "" if self._wishes.retries_unknown else " Give --retry-unknown to run those again as well."
            return lost, f"Jobs failed for reasons of their own.{hint}"
        self._recoveries += 1
        self._tell(_recovering(planned, self._recoveries))
        await carry_out(self._client, planned, self._hook(planned))
        return None, ""

    def _hook(self, planned: Plan) -> "Callable[[], asyncio.Future[None]] | None":
        hook = self._wishes.hook
        if hook is None or not planned.retries_unknown:
            return None
        return lambda: asyncio.ensure_future(run_hook(hook, self._workflow_id))

    async def _until_over(self) -> WorkflowStatusResponse:
        """Wait until the workflow is over, or stands still. Raises _Stalled."""
        clock = asyncio.get_running_loop()
        attended_at = clock.time()
        wait = min(self._wishes.poll_seconds, LONGEST_POLL_SECONDS)
        while True:
            status = await self._status()
            if workflow_state(status).is_over:
                return status
            await self._send_leftovers(status)
            if has_runners(status):
                attended_at = clock.time()
            else:
                await self._call_workers()
                self._require_hope(clock.time() - attended_at)
            asked_at = clock.time()
            answer = await self._client.workflows.is_workflow_complete(self._workflow_id, wait_seconds=wait)
            if not answer.is_complete and not answer.is_canceled:
                # A server that cannot wait answers at once.
                await asyncio.sleep(max(0.0, self._wishes.poll_seconds - (clock.time() - asked_at)))

    async def _send_leftovers(self, status: WorkflowStatusResponse) -> None:
        if self._wishes.output_dir is not None:
            run_id = status.run_id or 0
            folder = self._wishes.output_dir
            await send_leftovers(self._client, self._workflow_id, run_id, folder, self._tell_once)

    def _tell_once(self, sentence: str) -> None:
        """Tell of a journal; one that was left is met again at each look."""
        if sentence not in self._told_of_journals:
            self._told_of_journals.add(sentence)
            self._tell(sentence)

    async def _call_workers(self) -> None:
        if self._workers is None:
            return
        try:
            await self._workers.provide(self._workflow_id)
        except TorcError as error:
            raise _Stalled(" ".join(filter(None, (error.message, error.hint)))) from error

    def _require_hope(self, waited_seconds: float) -> None:
        limit = self._wishes.stalled_seconds
        if self._workers is None and limit is not None and waited_seconds >= limit:
            raise _Stalled(
                f"Nobody works for workflow {self._workflow_id}, for {waited_seconds:.0f} seconds."
                f" Start a runner with `torc run {self._workflow_id}`, and watch again."
            )

    async def _until_left(self) -> None:
        """Wait until the runners have left: they would not heed the new run. Raises _Stalled."""
        clock = asyncio.get_running_loop()
        began = clock.time()
        while True:
            status = await self._status()
            if not has_runners(status):
                require_over(status)
                return
            limit = self._wishes.stalled_seconds
            if limit is not None and clock.time() - began >= limit:
                raise _Stalled("Runners do not leave, and nothing is recovered while they are there: stop them.")
            await asyncio.sleep(min(self._wishes.poll_seconds, 1.0))

    async def _status(self) -> WorkflowStatusResponse:
        """Ask how the workflow stands, and tell when that is news."""
        status = await self._client.workflows.get_workflow_status(self._workflow_id)
        text = progress_text(status, with_counts=self._wishes.shows_counts)
        if text != self._shown:
            self._shown = text
            self._show(status, text)
        return status

    def _verdict(self, ending: Ending, message: str, status: WorkflowStatusResponse) -> Verdict:
        return Verdict(
            workflow_id=self._workflow_id,
            ending=ending,
            message=message,
            recoveries=self._recoveries,
            jobs_by_status=status.jobs_by_status,
        )


def _recovering(planned: Plan, number: int) -> str:
    outcome = planned.outcome
    parts = [f"Recovery {number}: {jobs(len(outcome.jobs_to_retry), 'runs', 'run')} again"]
    for each in outcome.adjustments:
        memory = f"memory {each.original_memory} -> {each.new_memory}" if each.new_memory else ""
        runtime = f"runtime {each.original_runtime} -> {each.new_runtime}" if each.new_runtime else ""
        parts.append(f"{each.name} gets {', '.join(filter(None, (memory, runtime)))}")
    return "; ".join(parts)
