"""The shell around the machine: waits for events, asks the machine, performs its instructions. It decides nothing.

Everything that happens is posted as an event, and a turn takes in all that were posted since the last one. Calls to the
service run side by side as tasks of one group; a task ends by posting an event.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from torc_client.api.enums import JobStatus
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, TorcError, UnprocessableError
from torc_runner import log
from torc_runner.connection.claim import Claims
from torc_runner.connection.exchange import Exchanges
from torc_runner.connection.journal import Journal
from torc_runner.connection.lease import Lease
from torc_runner.connection.lease_keeper import LeaseKeeper
from torc_runner.connection.outage import Outages
from torc_runner.connection.output_relay import OutputRelay
from torc_runner.connection.unschedulable import UnschedulableJobs
from torc_runner.console.progress import JobCounts
from torc_runner.handlers.declared_files import DeclaredFiles
from torc_runner.handlers.failure_handlers import FailureHandlers
from torc_runner.handlers.local_allocations import LocalAllocations
from torc_runner.handlers.workflow_actions import WorkflowActions
from torc_runner.launch.children import Children
from torc_runner.launch.stdio import delete_files
from torc_runner.launch.watchdog import Watchdog
from torc_runner.machine import RunnerState
from torc_runner.machine.events import (
    ActionsDone,
    Begun,
    ClaimAnswered,
    Event,
    Fatal,
    LeaseLost,
    OverMemory,
    PreemptionNotice,
    SignalReceived,
    TimerFired,
    TimerKind,
    WorkflowOver,
)
from torc_runner.machine.instructions import (
    CarryOut,
    Claim,
    ClaimRequest,
    Exchange,
    ExitReason,
    ExplainIdleness,
    HandleFailure,
    Inspect,
    Instruction,
    Launch,
    Leave,
    Occasion,
    SetTimer,
    SignalJob,
    WriteJournal,
)
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.outbox import Ended, Reports
from torc_runner.memory.job_groups import JobGroups
from torc_runner.memory.limits import MemoryLimits
from torc_runner.monitoring.monitor import Monitor
from torc_runner.run_context import RunContext
from torc_runner.sampling.sampler import Sampler

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
NOTICE_SIGNAL = signal.SIGUSR1
"""What batch systems send some time before they take a node away (`sbatch --signal=B:USR1@300`)."""

_STOP_WORDS = (
    "no new jobs, TERM to the running ones; ask again to kill them",
    "the running jobs are killed; ask again to leave at once",
    "leaving at once",
)

_ASK_AGAIN_SECONDS = 5.0
"""Between questions to a service that does not hold them open."""


class Runner:
    """One runner on one node. `run` works until there is a reason to leave."""

    def __init__(
        self,
        client: TorcClient,
        context: RunContext,
        claims: Claims,
        machine: RunnerState,
        *,
        outage_seconds: float,
        lease: Lease,
        watchdog: Watchdog,
        journal: Journal,
        monitor: Monitor,
        groups: JobGroups | None = None,
        show: Callable[[JobCounts], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._context = context
        self._claims = claims
        self._machine = machine
        self._outages = Outages(outage_seconds, self._post, lambda: len(self._children) > 0 or journal.unreported > 0)
        self._lease_keeper = LeaseKeeper(client, context.compute_node_id, lease, watchdog, self._post)
        self._exchanges = Exchanges(
            client, context, claims, self._outages, lease_keeper=self._lease_keeper, journal=journal
        )
        self._unschedulable = UnschedulableJobs(client, context.workflow_id, machine.capacity.total, claims.labels)
        self._lines = log.JobLines(context)
        self._monitor = monitor
        self._memory = MemoryLimits(self._takes_too_much, self._begin, groups, is_on=machine.rules.limit_resources)
        self._children = Children(
            context, self._post, lines=self._lines, memory=self._memory, monitor=monitor, watchdog=watchdog
        )
        self._output_relay = OutputRelay(client, context, self._children.attempt_files)
        self._sampler = Sampler(self._children.leaders, watchdog.marker)
        self._declared_files = DeclaredFiles(client, context, self._outages)
        self._failures = FailureHandlers(client, context, self._outages)
        self._started_here = LocalAllocations(client, context, self._outages)
        self._actions = WorkflowActions(client, context, self._outages, {"local": self._started_here})
        self._show = show
        self._counts = JobCounts()
        self._events: list[Event] = []
        self._has_turn_coming = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeps: set[asyncio.Task[None]] = set()
        self._claim: asyncio.Task[None] | None = None
        self._timers: dict[TimerKind, asyncio.TimerHandle] = {}
        self._recovering: set[JobId] = set()
        self._stop_requests = 0
        self.has_left_jobs = False
        """Whether jobs were ended at the last moment, which nobody was told."""
        self.failure: TorcError | None = None
        """What made this runner give up, when it did."""

    @property
    def is_server_away(self) -> bool:
        """Whether the service did not answer when it was last called."""
        return self._outages.is_away

    async def run(self) -> ExitReason:
        """Claim, run and report jobs; give the reason for the end. No child survives, however this ends."""
        loop = asyncio.get_running_loop()
        self._over: asyncio.Future[ExitReason] = loop.create_future()
        # Not by way of the event loop: a free place costs more than anything else here.
        self._children.open(self._take_turn, self._is_dealt_with)
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._stop_requested)
        loop.add_signal_handler(NOTICE_SIGNAL, self._preemption_notice)
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._begin(self._watch())
                self._begin(self._lease_keeper.keep())
                self._monitor.listen(self._sampler)
                self._memory.listen(self._sampler)
                self._begin(self._sampler.run())
                self._begin(self._output_relay.listen())
                self._post(Begun())
                exit_reason = await self._over
                if exit_reason is not ExitReason.LEASE_LOST:
                    await self._started_here.leave(were_asked=self._stop_requests > 0)
                await asyncio.gather(*self._keeps)
                if exit_reason not in {ExitReason.LEASE_LOST, ExitReason.FATAL} and self._stop_requests == 0:
                    await self._output_relay.finish()
                for task in [*self._tasks]:
                    task.cancel()
        finally:
            for number in (*STOP_SIGNALS, NOTICE_SIGNAL):
                loop.remove_signal_handler(number)
            for timer in self._timers.values():
                timer.cancel()
            self.has_left_jobs = len(self._children) > 0
            self._children.close()
            self._lines.flush()
        return exit_reason

    def _post(self, event: Event) -> None:
        self._events.append(event)
        if not self._has_turn_coming:
            self._has_turn_coming = True
            asyncio.get_running_loop().call_soon(self._take_turn)

    def _take_turn(self) -> None:
        """Do what follows from what has been posted."""
        self._has_turn_coming = False
        events, self._events = self._events, []
        if not events or self._over.done():
            return
        try:
            if self._lease_keeper.is_over():
                # What ended meanwhile was ended by the watchdog, or is late: nobody else is to blame.
                events.insert(0, LeaseLost())
            for instruction in self._machine.handle(events, asyncio.get_running_loop().time()):
                self._perform(instruction)
            self._counts.running = len(self._children)
            self._show(self._counts)
        except Exception as error:  # noqa: BLE001  `run` raises it; the event loop would only log it
            if not self._over.done():
                self._over.set_exception(error)

    def _stop_requested(self) -> None:
        words = _STOP_WORDS[min(self._stop_requests, len(_STOP_WORDS) - 1)]
        self._stop_requests += 1
        log.logger.warning("Asked to stop: %s", words)
        self._started_here.stop()
        self._post(SignalReceived())

    def _preemption_notice(self) -> None:
        log.logger.warning("Told that the end is near: no new jobs")
        self._started_here.pass_on(NOTICE_SIGNAL)
        self._post(PreemptionNotice())

    def _begin(self, work: Coroutine[Any, Any, None], *, is_claim: bool = False) -> None:
        task = self._group.create_task(self._guard(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # canceled before it began, it would be missed by Python
        if is_claim:
            self._claim = task

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        """Turn an error that no patience helps against into the event that ends this runner."""
        try:
            await work
        except TorcError as error:
            if self.failure is None:
                log.logger.error("Runner gives up: %s", error)
                self.failure = error
            self._post(Fatal())

    def _perform(self, instruction: Instruction) -> None:  # noqa: C901  one flat case for each instruction
        match instruction:
            case Claim(wanted, wait_seconds):
                self._begin(self._open_claim(wanted, wait_seconds), is_claim=True)
            case Exchange(reports, wanted):
                if self._claim is not None:
                    self._claim.cancel()
                self._tell_person(reports)
                self._begin(self._exchange(reports, wanted))
            case WriteJournal(ended):
                self._keep(ended)
            case Launch(job, devices):
                self._exchanges.launched(job.job_id, datetime.now(UTC))
                self._children.launch(job, devices)
            case Inspect(job):
                self._begin(self._inspect(job))
            case HandleFailure(job, return_code):
                self._begin(self._handle_failure(job, return_code))
            case CarryOut(occasion):
                self._begin(self._carry_out(occasion))
            case SignalJob(job_id, kill):
                self._children.signal(job_id, kill=kill)
            case ExplainIdleness(time_left_seconds):
                self._begin(self._outages.outlast(lambda: self._unschedulable.explain(time_left_seconds)))
            case SetTimer(at_seconds, kind):
                self._set_timer(at_seconds, kind)
            case Leave(exit_reason):
                self._over.set_result(exit_reason)

    def _keep(self, ended: tuple[Ended, ...]) -> None:
        task = self._group.create_task(self._exchanges.keep(ended))
        self._keeps.add(task)
        task.add_done_callback(self._keeps.discard)

    async def _open_claim(self, wanted: ClaimRequest, wait_seconds: int) -> None:
        async def claim() -> tuple[ClaimedJob, ...]:
            with self._lease_keeper.contact():
                return await self._claims.claim(wanted, wait_seconds)

        try:
            jobs = await self._outages.outlast(claim)
        except (ConflictError, NotFoundError, UnprocessableError):
            if not await self._outages.outlast(self._lease_keeper.has_lost):
                raise
            jobs = ()
        self._post(ClaimAnswered(wanted.number, jobs))

    async def _exchange(self, reports: Reports, wanted: ClaimRequest | None) -> None:
        self._post(await self._exchanges.exchange(reports, wanted))

    async def _inspect(self, job: ClaimedJob) -> None:
        self._post(await self._declared_files.inspect(job))

    async def _handle_failure(self, job: ClaimedJob, return_code: int) -> None:
        self._recovering.add(job.job_id)
        try:
            self._post(await self._failures.handle(job, return_code))
        finally:
            self._recovering.discard(job.job_id)

    def _is_dealt_with(self, job_id: JobId) -> bool:
        """Whether something may run here on behalf of a job: its command, or its recovery script."""
        return job_id in self._children or job_id in self._recovering

    async def _carry_out(self, occasion: Occasion) -> None:
        await self._actions.carry_out(occasion)
        self._post(ActionsDone())

    def _takes_too_much(self, job: ClaimedJob, taken_bytes: int) -> None:
        self._children.tell_of_memory(job, taken_bytes)
        self._post(OverMemory(job.job_id))

    def _tell_person(self, reports: Reports) -> None:
        for ended in reports.ended:
            outcome = ended.outcome
            self._lines.job_completed(ended.job, outcome.status, outcome.return_code, ended.exec_seconds)
            self._counts.add(outcome.status)
            if outcome.status is JobStatus.COMPLETED and self._context.stdio.of(ended.job.name).delete_on_success:
                delete_files(self._context.files_of(ended.job))

    def _set_timer(self, at_seconds: float, kind: TimerKind) -> None:
        if kind in self._timers:
            self._timers[kind].cancel()
        self._timers[kind] = asyncio.get_running_loop().call_at(at_seconds, self._post, TimerFired(kind))

    async def _watch(self) -> None:
        """Learn when the workflow is over, by one question that the service holds open."""
        clock = asyncio.get_running_loop()
        workflow_id, wait_seconds = self._context.workflow_id, self._machine.rules.longest_wait_seconds
        while True:
            asked_at = clock.time()
            answer = await self._outages.outlast(
                lambda: self._client.workflows.is_workflow_complete(workflow_id, wait_seconds=wait_seconds)
            )
            if answer.is_canceled or answer.is_complete:
                self._post(WorkflowOver(is_canceled=answer.is_canceled))
                if answer.is_canceled or not self._machine.rules.ignore_completion:
                    return
                await asyncio.sleep(wait_seconds)  # complete, and to be ignored: cancel is still of interest
            elif clock.time() - asked_at < wait_seconds / 2:
                await asyncio.sleep(min(_ASK_AGAIN_SECONDS, wait_seconds))
