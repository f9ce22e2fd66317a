"""Watch a workflow until it ends, and recover it if that is requested."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from torc_client.answers import run_id_of
from torc_client.api.records import JobStatusCounts, WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.defaults import LONGEST_WAIT_SECONDS
from torc_client.errors import TorcError
from torc_client.job_statuses import WorkflowState, has_runners, workflow_state
from torc_client.overview.failed_jobs import read_failed_jobs
from torc_client.recovery import watch_texts
from torc_client.recovery.diagnosis import Cause
from torc_client.recovery.multipliers import RECOVERY, Multipliers
from torc_client.recovery.progress_text import ProgressText, progress_text
from torc_client.recovery.recover import (
    KNOWN_CAUSES,
    NotRecoverableError,
    RecoveredElsewhereError,
    RecoveryOptions,
    RecoveryPlan,
    recover,
)
from torc_client.recovery.unsent_results import send_unsent_results
from torc_client.recovery.watched_allocations import KeepingOptions, NoAllocationsError, WatchedAllocations
from torc_client.recovery.workers import Workers
from torc_client.text import count
from torc_client.workflow_operations.partial_run import count_left_out, left_out_sentence


class WatchEnding(StrEnum):
    """Why a watch ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    HELD = "pending_failed"
    EXHAUSTED = "retries_exhausted"
    STALLED = "stalled"


class WatchResult(msgspec.Struct, kw_only=True):
    """The end of a watch."""

    workflow_id: int
    ending: WatchEnding
    message: str
    recoveries: int
    jobs_by_status: JobStatusCounts


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How to watch, and what to do about failures."""

    poll_seconds: float = 60.0
    recovers: bool = False
    max_retries: int | None = 3
    """The maximum number of recoveries; None for no limit."""

    multipliers: Multipliers = RECOVERY
    retries_unknown: bool = False
    hook: str | None = None
    stalled_seconds: float | None = None
    """The watch ends after this time without runners; None for no limit."""

    shows_counts: bool = False
    keeping: KeepingOptions | None = None
    """How the allocations of a Slurm workflow are kept; None for other workflows."""

    output_dir: Path | None = None
    """Where runners keep results that they could not send; the watch sends those of dead runners."""


class _StalledError(Exception):
    """No runner works on the workflow, or a runner does not leave it although the workflow has ended."""


class Watch:
    """One watch over a workflow.

    `report` gets a sentence for everything that happens. `show` gets the progress, and `for_scripts` the sentences that
    scripts of Torc 1.0 search for; by default `report` gets them.
    """

    def __init__(
        self,
        client: TorcClient,
        workflow_id: int,
        options: WatchOptions,
        report: Callable[[str], None],
        *,
        show: Callable[[WorkflowStatusResponse, ProgressText], None] | None = None,
        for_scripts: Callable[[str], None] | None = None,
        workers: Workers | None = None,
    ) -> None:
        self._client = client
        self._workflow_id = workflow_id
        self._options = options
        self._report = report
        self._show = show or (lambda _, text: report(str(text)))
        self._for_scripts = for_scripts or report
        self._workers = workers
        self._allocations: WatchedAllocations | None = None
        self._recoveries = 0
        self._shown: ProgressText | None = None
        self._reported_journals: set[str] = set()

    async def run(self) -> WatchResult:
        """Watch until the workflow has ended and is not recovered. Raises TorcError."""
        if self._options.keeping is not None:
            self._allocations = WatchedAllocations(self._client, self._workflow_id, self._options.keeping, self._report)
        try:
            while True:
                status = await self._wait_until_over()
                ending, message = await self._recover_or_end(status)
                if ending is not None:
                    await self._close_workers(is_over=ending is not WatchEnding.HELD)
                    return self._result(ending, message, status)
        except NoAllocationsError as stalled:
            return self._result(WatchEnding.STALLED, stalled.message, await self._status())
        except _StalledError as stalled:
            return self._result(WatchEnding.STALLED, str(stalled), await self._status())
        finally:
            await self._close_workers()

    async def _close_workers(self, *, is_over: bool = False) -> None:
        if self._workers is not None:
            await self._workers.close(is_over=is_over)

    async def _recover_or_end(self, status: WorkflowStatusResponse) -> tuple[WatchEnding | None, str]:
        """Recover if that is requested and possible, and return None; else return how the watch ends and why."""
        state = workflow_state(status)
        if state in {WorkflowState.COMPLETED, WorkflowState.EMPTY}:
            return WatchEnding.SUCCEEDED, await self._success(status)
        if state is WorkflowState.CANCELED:
            return WatchEnding.CANCELED, "The workflow was canceled."
        await self._report_failures(status)
        unrecovered = WatchEnding.HELD if state is WorkflowState.HELD else WatchEnding.FAILED
        if not self._options.recovers:
            hint = f"`torc recover {self._workflow_id} --dry-run` shows the causes and what can be done."
            return unrecovered, f"Jobs were unsuccessful. {hint}"
        if self._options.max_retries is not None and self._recoveries >= self._options.max_retries:
            recoveries = count("recovery", self._recoveries, "recoveries")
            return WatchEnding.EXHAUSTED, f"Jobs were unsuccessful after {recoveries}."
        self._for_scripts(watch_texts.BEGINS_FOR_SCRIPTS)
        if state is WorkflowState.FAILED:
            # A runner that has left the workflow and has not ended yet would be taken for one that runs the retries.
            await self._close_workers(is_over=True)
        plan = await self._recover_unless_recovered()
        if plan is None or plan.changes_something:
            return None, ""
        return unrecovered, watch_texts.not_recovered_text(
            self._workflow_id,
            retries_unknown=self._options.retries_unknown,
            is_slurm=self._allocations is not None,
            is_held=state is WorkflowState.HELD,
        )

    async def _report_failures(self, status: WorkflowStatusResponse) -> None:
        """Report which jobs did not succeed, and why."""
        with suppress(TorcError):
            failed = await read_failed_jobs(self._client, self._workflow_id, status.jobs_by_status)
            for sentence in watch_texts.failures_text(failed):
                self._report(sentence)

    async def _success(self, status: WorkflowStatusResponse) -> str:
        """Describe the success, and the jobs that did not run."""
        if not status.jobs_by_status.disabled:
            return "Every job succeeded."
        num_left_out = 0
        with suppress(TorcError):
            num_left_out = await count_left_out(self._client, status)
        rest = f" {left_out_sentence(self._workflow_id, num_left_out)}" if num_left_out else ""
        return f"Every job that was not disabled succeeded.{rest}"

    async def _recover_unless_recovered(self) -> RecoveryPlan | None:
        """Recover, and return None if another command has started a new run meanwhile."""
        try:
            plan = await self._recover()
            if plan.changes_something:
                self._for_scripts(watch_texts.fixes_for_scripts(plan.summary))
                self._for_scripts(watch_texts.GOES_ON_FOR_SCRIPTS)
        except RecoveredElsewhereError:
            self._recoveries -= 1
        except NotRecoverableError:
            if workflow_state(await self._status()).is_over:
                raise
        else:
            return plan
        self._report("Another command has started a new run; the watch continues with it.")
        return None

    async def _recover(self) -> RecoveryPlan:
        options = RecoveryOptions(
            self._options.multipliers,
            self._options.hook,
            self._options.output_dir,
            # A watch may run in another directory than the jobs.
            ignores_missing_inputs=True,
            renewal=None if self._allocations is None else self._allocations.renewal,
        )
        causes = {*KNOWN_CAUSES, *((Cause.UNKNOWN,) if self._options.retries_unknown else ())}
        return await recover(
            self._client,
            self._workflow_id,
            options,
            lambda _: causes,
            report=self._report_once,
            report_plan=self._report_plan,
            wait_for_runners=self._wait_for_runners_to_leave,
        )

    def _report_plan(self, plan: RecoveryPlan) -> None:
        self._recoveries += 1
        self._report(watch_texts.recovery_text(plan, self._recoveries, self._options.max_retries))

    async def _wait_until_over(self) -> WorkflowStatusResponse:
        """Wait until the workflow has ended, or cannot continue by itself. Raises _StalledError."""
        clock = asyncio.get_running_loop()
        last_runners_at = clock.time()
        wait = min(self._options.poll_seconds, LONGEST_WAIT_SECONDS)
        while True:
            status = await self._corrected_status()
            if workflow_state(status).is_over:
                return status
            await self._send_unsent_results(status)
            if has_runners(status):
                last_runners_at = clock.time()
                if self._allocations is not None:
                    await self._allocations.request_for_unplanned()
            else:
                if self._allocations is not None:
                    await self._allocations.replace_lost(status)
                await self._start_workers()
                self._check_stalled(clock.time() - last_runners_at)
            asked_at = clock.time()
            answer = await self._client.workflows.is_workflow_complete(self._workflow_id, wait_seconds=wait)
            if not answer.is_complete and not answer.is_canceled:
                # A server without long polls answers at once.
                await asyncio.sleep(max(0.0, self._options.poll_seconds - (clock.time() - asked_at)))

    async def _corrected_status(self) -> WorkflowStatusResponse:
        """Fetch the status, with allocations that have ended corrected."""
        status = await self._status()
        if self._allocations is None or workflow_state(status).is_over or not await self._allocations.correct():
            return status
        return await self._status()

    async def _send_unsent_results(self, status: WorkflowStatusResponse) -> None:
        if self._options.output_dir is not None:
            run_id = run_id_of(status)
            folder = self._options.output_dir
            await send_unsent_results(self._client, self._workflow_id, run_id, folder, self._report_once)

    def _report_once(self, sentence: str) -> None:
        """Report on a journal. A journal that was not sent is found again each time."""
        if sentence not in self._reported_journals:
            self._reported_journals.add(sentence)
            self._report(sentence)

    async def _start_workers(self) -> None:
        if self._workers is None:
            return
        try:
            await self._workers.provide(self._workflow_id)
        except TorcError as error:
            raise _StalledError(" ".join(filter(None, (error.message, error.hint)))) from error

    def _check_stalled(self, waited_seconds: float) -> None:
        limit = self._options.stalled_seconds
        if self._workers is None and limit is not None and waited_seconds >= limit:
            raise _StalledError(
                f"No runner has worked on workflow {self._workflow_id} for {waited_seconds:.0f} seconds."
                f" Start a runner with `torc run {self._workflow_id}`, and watch again."
            )

    async def _wait_for_runners_to_leave(self) -> None:
        """Wait until all runners have left, as they would not take part in the new run. Raises _StalledError."""
        clock = asyncio.get_running_loop()
        began = clock.time()
        next_correction = began + self._options.poll_seconds
        while has_runners(status := await self._status()):
            if self._allocations is not None:
                await self._allocations.cancel_queued(status)
                if clock.time() >= next_correction:
                    await self._allocations.correct()
                    next_correction = clock.time() + self._options.poll_seconds
            limit = self._options.stalled_seconds
            if limit is not None and clock.time() - began >= limit:
                raise _StalledError("Runners do not leave, so the workflow was not recovered. Stop them.")
            await asyncio.sleep(min(self._options.poll_seconds, 1.0))

    async def _status(self) -> WorkflowStatusResponse:
        """Fetch the status, and show the progress if it has changed."""
        status = await self._client.workflows.get_workflow_status(self._workflow_id)
        text = progress_text(status, with_counts=self._options.shows_counts)
        if text != self._shown:
            self._shown = text
            self._show(status, text)
        return status

    def _result(self, ending: WatchEnding, message: str, status: WorkflowStatusResponse) -> WatchResult:
        return WatchResult(
            workflow_id=self._workflow_id,
            ending=ending,
            message=message,
            recoveries=self._recoveries,
            jobs_by_status=status.jobs_by_status,
        )
