"""The shell around the machine: waits for events, passes them to the machine, performs its instructions.

Everything that happens is posted to the inbox as an event, and one turn processes all events since the last turn. Calls
to the server run side by side as tasks of one group; a task ends by posting an event. The shell decides nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from torc_client.api.enums import JobStatus
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, OtherDatabaseError, TorcError, UnprocessableError
from torc_runner import log
from torc_runner.connection.claim import Claims, is_run_over
from torc_runner.connection.exchange import Exchanges
from torc_runner.connection.lease_keeper import LeaseKeeper
from torc_runner.connection.outage import Outages
from torc_runner.connection.output_relay import OutputRelay
from torc_runner.connection.step_statistics import StepStatistics
from torc_runner.connection.unfinished import UnfinishedJobs
from torc_runner.connection.unschedulable import UnschedulableJobs
from torc_runner.console.progress_text import JobCounts
from torc_runner.detect.allocation import AllocationWatch
from torc_runner.handlers.declared_files import DeclaredFiles
from torc_runner.handlers.local_allocations import LocalAllocations
from torc_runner.handlers.recovery_scripts import RecoveryScripts
from torc_runner.handlers.workflow_actions import WorkflowActions
from torc_runner.inbox import Inbox
from torc_runner.launch.children import Children
from torc_runner.launch.stdio import delete_files
from torc_runner.machine import RunnerState
from torc_runner.machine.events import (
    ActionsDone,
    AttemptsFenced,
    Begun,
    ClaimAnswered,
    Event,
    Fatal,
    LeaseLost,
    PreemptionNotice,
    RunOver,
    SignalReceived,
    StopAnnounced,
    TimerFired,
    TimerKind,
    UnfinishedLooked,
    WorkflowOver,
)
from torc_runner.machine.instructions import (
    CarryOut,
    Claim,
    ClaimRequest,
    Exchange,
    ExitReason,
    ExplainIdleness,
    Inspect,
    Instruction,
    Launch,
    Leave,
    LogTrouble,
    LookForUnfinished,
    Occasion,
    RunRecoveryScript,
    SetTimer,
    SignalJob,
    WriteJournal,
)
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.outbox import Ended
from torc_runner.machine.shortage import PATIENCE_SECONDS
from torc_runner.memory.limits import MemoryLimits
from torc_runner.monitoring.monitor import Monitor
from torc_runner.run_context import RunContext
from torc_runner.sampling.sampler import Sampler
from torc_runner.stop_requests import NOTICE_SIGNAL, StopRequests

_ASK_AGAIN_SECONDS = 5.0
"""The pause between two questions to a server that does not hold them open."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that a runner calls. `assemble` in node_session.py makes them."""

    client: TorcClient
    context: RunContext
    stops: StopRequests
    inbox: Inbox
    machine: RunnerState
    outages: Outages
    lease_keeper: LeaseKeeper
    claims: Claims
    exchanges: Exchanges
    unschedulable: UnschedulableJobs
    unfinished: UnfinishedJobs
    lines: log.JobLines
    children: Children
    memory: MemoryLimits
    monitor: Monitor
    sampler: Sampler
    output_relay: OutputRelay
    statistics: StepStatistics | None
    declared_files: DeclaredFiles
    recovery_scripts: RecoveryScripts
    allocations: LocalAllocations
    actions: WorkflowActions
    show: Callable[[JobCounts], None]
    allocation_watch: AllocationWatch | None = None
    before_stop: Callable[[], Awaitable[None]] | None = None
    """What is done between the first request to stop and the end of the jobs."""


class Runner:
    """One runner on one node. Make it in an event loop; `run` works until there is a reason to leave."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._counts = JobCounts(unfit=parts.unschedulable.found)
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()
        """Tasks that are canceled when the runner leaves."""
        self._journal_tasks: set[asyncio.Task[None]] = set()
        """Tasks that are awaited when the runner leaves."""
        self._shown: set[JobId] = set()
        """Jobs in the outbox whose end is in the log."""
        self._claim: asyncio.Task[None] | None = None
        self._timers: dict[TimerKind, asyncio.TimerHandle] = {}
        self._exit: asyncio.Future[ExitReason] = asyncio.get_running_loop().create_future()
        self.has_unfinished_jobs = False
        """Whether jobs were killed at the end, or their ends were not decided, without a report."""
        self.failure: TorcError | None = None
        """The error with which this runner gave up."""

    @property
    def outage(self) -> TorcError | None:
        """The error of the last call, if the server did not answer it."""
        return self._parts.outages.failure

    @property
    def shortage(self) -> TorcError:
        """The error of a runner that could not start any job."""
        return TorcError(
            f"No job could be started for {PATIENCE_SECONDS / 60:g} minutes: {self._parts.children.shortage}.",
            "Raise the limit (ulimit -n, ulimit -u, or of the container), or end other programs on this machine."
            if self._parts.children.is_shortage_here
            else "Find out what the batch system reports about this allocation, and run the workflow again.",
        )

    @property
    def refusal(self) -> OtherDatabaseError | None:
        """The refusal of a server that has another database than before."""
        return self._parts.lease_keeper.refusal

    @property
    def is_node_deleted(self) -> bool:
        """Whether the node was deleted on the server, alone or with its workflow."""
        return self._parts.lease_keeper.is_node_deleted

    async def run(self) -> ExitReason:
        """Claim, run and report jobs. Return why the runner leaves. No job survives, however this ends."""
        parts = self._parts
        parts.inbox.open(self._take_turn)
        try:
            with parts.stops.passed_to(self._stop_requested, self._preemption_notice):
                return await self._run()
        finally:
            for timer in self._timers.values():
                timer.cancel()
            self.has_unfinished_jobs = len(parts.children) > 0
            parts.children.close()
            parts.lines.close()

    async def _run(self) -> ExitReason:
        parts = self._parts
        async with self._group:
            self._begin_all()
            exit_reason = await self._exit
            if exit_reason is not ExitReason.LEASE_LOST:
                await parts.allocations.leave(were_asked=parts.stops.count > 0)
            await asyncio.gather(*self._journal_tasks)
            if exit_reason not in {ExitReason.LEASE_LOST, ExitReason.FATAL} and parts.stops.count == 0:
                if parts.statistics is not None:
                    await parts.statistics.finish()
                await parts.output_relay.finish()
            for task in [*self._tasks]:
                task.cancel()
        return exit_reason

    def _begin_all(self) -> None:
        parts = self._parts
        self._begin(self._watch())
        self._begin(parts.lease_keeper.keep())
        parts.monitor.subscribe(parts.sampler)
        parts.memory.subscribe(parts.sampler, parts.children.over_memory)
        self._begin(parts.sampler.run())
        self._begin(parts.output_relay.listen())
        if parts.allocation_watch is not None:
            self._begin(parts.allocation_watch.watch())
        if parts.statistics is not None:
            self._begin(parts.statistics.run())
        parts.inbox.post(Begun())

    def _take_turn(self) -> None:
        """Pass the posted events to the machine and perform its instructions."""
        parts = self._parts
        events = parts.inbox.take()
        if not events or self._exit.done():
            return
        try:
            if parts.lease_keeper.is_over():
                # Jobs that ended were killed by the watchdog, or their reports are late: this event comes first.
                events.insert(0, LeaseLost())
            for instruction in parts.machine.handle(events, asyncio.get_running_loop().time()):
                self._perform(instruction)
            parts.outages.look_again()
            self._counts.running = len(parts.children)
            parts.show(self._counts)
        except Exception as error:  # noqa: BLE001  `run` raises it; the event loop would only log it
            log.logger.error("Runner failed: its latest turns follow %s", log.fields(reason=error))
            for turn in parts.machine.history:
                log.logger.info("Turn %s", turn.line())
            if not self._exit.done():
                self._exit.set_exception(error)

    def _stop_requested(self) -> None:
        self._parts.allocations.stop()
        if self._parts.before_stop is not None and self._parts.stops.count == 1:
            self._parts.inbox.post(StopAnnounced())
            self._begin_and_post(self._stop_after(self._parts.before_stop()))
        else:
            self._parts.inbox.post(SignalReceived())

    async def _stop_after(self, work: Awaitable[None]) -> Event:
        await work
        return SignalReceived()

    def _preemption_notice(self) -> None:
        self._parts.allocations.pass_on(NOTICE_SIGNAL)
        self._parts.inbox.post(PreemptionNotice())

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task that is canceled when the runner leaves."""
        _ = self._task(work)

    def _task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._group.create_task(self._guard(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # Python warns about a coroutine that was canceled before it began, unless it is closed.
        task.add_done_callback(lambda _: work.close())
        return task

    def _begin_and_post(self, work: Coroutine[Any, Any, Event]) -> None:
        """Start a task and post the event that it returns."""

        async def post() -> None:
            self._parts.inbox.post(await work)

        self._task(post()).add_done_callback(lambda _: work.close())

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        """Turn an error that cannot be outlasted into the event that ends this runner."""
        try:
            await work
        except OtherDatabaseError as refusal:
            self._parts.lease_keeper.database_replaced(refusal)
        except TorcError as error:
            if self.failure is None:
                log.logger.error("Runner gives up: %s", error)
                self.failure = error
            self._parts.inbox.post(Fatal())

    def _perform(self, instruction: Instruction) -> None:  # noqa: C901, PLR0912  one flat case for each instruction
        parts = self._parts
        match instruction:
            case Claim(wanted, wait_seconds):
                self._start_claim(wanted, wait_seconds)
            case Exchange(reports, wanted):
                if self._claim is not None:
                    self._claim.cancel()
                self._show_ends(reports.ended)
                self._shown.clear()
                self._write_journal(reports.ended)
                self._begin_and_post(parts.exchanges.exchange(reports, wanted))
            case WriteJournal(ended, are_final):
                if are_final:
                    self._show_ends(ended)
                self._write_journal(ended)
            case Launch(job, place):
                parts.exchanges.launched(job.job_id, datetime.now(UTC))
                if not parts.children.launch(job, place):
                    parts.exchanges.not_launched(job.job_id)
            case Inspect(job):
                self._begin_and_post(parts.declared_files.inspect(job))
            case RunRecoveryScript(job, return_code, script):
                self._begin_and_post(parts.recovery_scripts.run(job, return_code, script))
            case CarryOut(occasion):
                self._begin_and_post(self._carry_out(occasion))
            case LogTrouble(job, phrase, reason):
                log.job_trouble(parts.context, job, phrase, reason=reason)
            case SignalJob(job_id, kill):
                parts.children.signal(job_id, kill=kill)
            case ExplainIdleness(time_left_seconds):
                self._begin(parts.outages.outlast(lambda: parts.unschedulable.explain(time_left_seconds)))
            case LookForUnfinished():
                self._begin_and_post(self._look_for_unfinished())
            case SetTimer(at_seconds, kind):
                self._set_timer(at_seconds, kind)
            case Leave(exit_reason):
                self._exit.set_result(exit_reason)

    def _write_journal(self, ended: Sequence[Ended]) -> None:
        """Begin to write ends to disk. The runner does not leave before they are written."""
        if ended:
            task = self._group.create_task(self._parts.exchanges.write_journal(ended))
            self._journal_tasks.add(task)
            task.add_done_callback(self._journal_tasks.discard)

    def _start_claim(self, wanted: ClaimRequest, wait_seconds: int) -> None:
        parts = self._parts

        async def claim() -> tuple[ClaimedJob, ...]:
            with parts.lease_keeper.contact():
                return await parts.claims.claim(wanted, wait_seconds)

        async def claim_and_post() -> None:
            try:
                jobs = await parts.outages.outlast(claim)
            except (ConflictError, NotFoundError, UnprocessableError) as error:
                if is_run_over(error):
                    parts.inbox.post(RunOver())
                elif not await parts.outages.outlast(parts.lease_keeper.has_lost):
                    raise
                jobs = ()
            parts.inbox.post(ClaimAnswered(wanted.number, jobs))

        self._claim = self._task(claim_and_post())

    async def _carry_out(self, occasion: Occasion) -> Event:
        await self._parts.actions.carry_out(occasion)
        return ActionsDone()

    async def _look_for_unfinished(self) -> Event:
        return UnfinishedLooked(await self._parts.outages.outlast(self._parts.unfinished.is_any_left))

    def _show_ends(self, ends: Sequence[Ended]) -> None:
        """Write the line of each ended job, once, and delete output that is not kept."""
        parts, context = self._parts, self._parts.context
        for ended in ends:
            if ended.job.job_id in self._shown:
                continue
            self._shown.add(ended.job.job_id)
            outcome = ended.outcome
            parts.lines.job_completed(ended.job, outcome.status, outcome.return_code, ended.exec_seconds)
            self._counts.add(outcome.status, is_retried=ended.is_retried)
            if outcome.status is JobStatus.COMPLETED and context.stdio.of(ended.job.name).delete_on_success:
                delete_files(context.files_of(ended.job))

    def _set_timer(self, at_seconds: float, kind: TimerKind) -> None:
        if kind in self._timers:
            self._timers[kind].cancel()
        post = self._parts.inbox.post
        self._timers[kind] = asyncio.get_running_loop().call_at(at_seconds, post, TimerFired(kind))

    async def _watch(self) -> None:
        """Wait for the end of the workflow or for fenced attempts, by one request that the server holds open."""
        clock, parts = asyncio.get_running_loop(), self._parts
        workflow_id, rules = parts.context.workflow_id, parts.machine.rules
        wait_seconds = rules.longest_wait_seconds
        fences: int | None = 0
        while True:
            asked_at = clock.time()
            ask = partial(
                parts.client.workflows.is_workflow_complete,
                workflow_id,
                wait_seconds=wait_seconds,
                run_id=parts.context.run_id,
                known_fences=fences,
            )
            answer = await parts.outages.outlast(ask)
            if answer.run_id not in {None, parts.context.run_id}:
                parts.inbox.post(RunOver())
                return
            has_news = answer.fences not in {None, fences}
            if has_news:
                fences = answer.fences
                parts.inbox.post(AttemptsFenced())
            if answer.is_canceled or answer.is_complete:
                parts.inbox.post(WorkflowOver(is_canceled=answer.is_canceled))
                if answer.is_canceled or not rules.ignore_completion:
                    return
                # The workflow is complete, which is to be ignored. It may still be canceled.
                await asyncio.sleep(wait_seconds)
            elif not has_news and clock.time() - asked_at < wait_seconds / 2:
                await asyncio.sleep(min(_ASK_AGAIN_SECONDS, wait_seconds))
