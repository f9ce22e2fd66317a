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
from torc_runner.connection.output_relay import OutputRequests
from torc_runner.connection.unschedulable import Misfits
from torc_runner.console.tally import Tally
from torc_runner.handlers.declared_files import Outputs
from torc_runner.handlers.failure_handlers import FailureHandlers
from torc_runner.handlers.local_allocations import LocalAllocations
from torc_runner.handlers.workflow_actions import WorkflowActions
from torc_runner.launch.children import Children
from torc_runner.launch.environment import Surroundings
from torc_runner.launch.stdio import delete_files
from torc_runner.launch.watchdog import Watchdog
from torc_runner.machine import RunnerState
from torc_runner.machine.events import (
    ActionsDone,
    Begun,
    Broken,
    Claimed,
    EndNears,
    Event,
    LeaseLost,
    OverMemory,
    SignalReceived,
    Wake,
    Woken,
    WorkflowOver,
)
from torc_runner.machine.instructions import (
    CarryOut,
    Claim,
    Ending,
    Exchange,
    ExplainIdleness,
    HandleFailure,
    Inspect,
    Instruction,
    Keep,
    Launch,
    Leave,
    Occasion,
    Signal,
    WakeAt,
    Wanted,
)
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.outbox import Ended, News
from torc_runner.memory.job_groups import JobGroups
from torc_runner.memory.limits import MemoryLimits
from torc_runner.monitoring.monitor import Monitor
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
        around: Surroundings,
        claims: Claims,
        machine: RunnerState,
        *,
        outage_seconds: float,
        lease: Lease,
        watchdog: Watchdog,
        journal: Journal,
        monitor: Monitor,
        groups: JobGroups | None = None,
        show: Callable[[Tally], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._around = around
        self._claims = claims
        self._machine = machine
        self._outages = Outages(outage_seconds, self._post, lambda: len(self._children) > 0 or journal.untold > 0)
        self._keeper = LeaseKeeper(client, around.compute_node_id, lease, watchdog, self._post)
        self._exchanges = Exchanges(client, around, claims, self._outages, keeper=self._keeper, journal=journal)
        self._misfits = Misfits(client, around.workflow_id, machine.capacity.total, claims.labels)
        self._lines = log.JobLines(around)
        self._monitor = monitor
        self._memory = MemoryLimits(self._takes_too_much, self._begin, groups, is_on=machine.rules.limit_resources)
        self._children = Children(
            around, self._post, lines=self._lines, memory=self._memory, monitor=monitor, watchdog=watchdog
        )
        self._readers = OutputRequests(client, around, self._children.printed)
        self._sampler = Sampler(self._children.leaders, watchdog.marker)
        self._outputs = Outputs(client, around, self._outages)
        self._failures = FailureHandlers(client, around, self._outages)
        self._started_here = LocalAllocations(client, around, self._outages)
        self._actions = WorkflowActions(client, around, self._outages, {"local": self._started_here})
        self._show = show
        self._tally = Tally()
        self._events: list[Event] = []
        self._has_turn_coming = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeps: set[asyncio.Task[None]] = set()
        self._claim: asyncio.Task[None] | None = None
        self._timers: dict[Wake, asyncio.TimerHandle] = {}
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

    async def run(self) -> Ending:
        """Claim, run and report jobs; give the reason for the end. No child survives, however this ends."""
        loop = asyncio.get_running_loop()
        self._over: asyncio.Future[Ending] = loop.create_future()
        # Not by way of the event loop: a free place costs more than anything else here.
        self._children.open(self._take_turn, self._is_dealt_with)
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._asked_to_stop)
        loop.add_signal_handler(NOTICE_SIGNAL, self._told_of_the_end)
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._begin(self._watch())
                self._begin(self._keeper.keep())
                self._monitor.listen(self._sampler)
                self._memory.listen(self._sampler)
                self._begin(self._sampler.run())
                self._begin(self._readers.listen())
                self._post(Begun())
                ending = await self._over
                if ending is not Ending.LEASE_LOST:
                    await self._started_here.leave(were_asked=self._stop_requests > 0)
                await asyncio.gather(*self._keeps)
                if ending not in {Ending.LEASE_LOST, Ending.BROKEN} and self._stop_requests == 0:
                    await self._readers.finish()
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
        return ending

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
            if self._keeper.is_over():
                # What ended meanwhile was ended by the watchdog, or is late: nobody else is to blame.
                events.insert(0, LeaseLost())
            for instruction in self._machine.handle(events, asyncio.get_running_loop().time()):
                self._perform(instruction)
            self._tally.running = len(self._children)
            self._show(self._tally)
        except Exception as error:  # noqa: BLE001  `run` raises it; the event loop would only log it
            if not self._over.done():
                self._over.set_exception(error)

    def _asked_to_stop(self) -> None:
        words = _STOP_WORDS[min(self._stop_requests, len(_STOP_WORDS) - 1)]
        self._stop_requests += 1
        log.logger.warning("Asked to stop: %s", words)
        self._started_here.stop()
        self._post(SignalReceived())

    def _told_of_the_end(self) -> None:
        log.logger.warning("Told that the end is near: no new jobs")
        self._started_here.pass_on(NOTICE_SIGNAL)
        self._post(EndNears())

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
            self._post(Broken())

    def _perform(self, instruction: Instruction) -> None:  # noqa: C901  one flat case for each instruction
        match instruction:
            case Claim(wanted, wait_seconds):
                self._begin(self._open_claim(wanted, wait_seconds), is_claim=True)
            case Exchange(news, wanted):
                if self._claim is not None:
                    self._claim.cancel()
                self._tell_person(news)
                self._begin(self._exchange(news, wanted))
            case Keep(ended):
                self._keep(ended)
            case Launch(job, place):
                self._exchanges.launched(job.job_id, datetime.now(UTC))
                self._children.launch(job, place)
            case Inspect(job):
                self._begin(self._inspect(job))
            case HandleFailure(job, return_code):
                self._begin(self._handle_failure(job, return_code))
            case CarryOut(occasion):
                self._begin(self._carry_out(occasion))
            case Signal(job_id, kill):
                self._children.signal(job_id, kill=kill)
            case ExplainIdleness(time_left_seconds):
                self._begin(self._outages.outlast(lambda: self._misfits.explain(time_left_seconds)))
            case WakeAt(at_seconds, wake):
                self._wake_at(at_seconds, wake)
            case Leave(ending):
                self._over.set_result(ending)

    def _keep(self, ended: tuple[Ended, ...]) -> None:
        task = self._group.create_task(self._exchanges.keep(ended))
        self._keeps.add(task)
        task.add_done_callback(self._keeps.discard)

    async def _open_claim(self, wanted: Wanted, wait_seconds: int) -> None:
        async def claim() -> tuple[ClaimedJob, ...]:
            with self._keeper.contact():
                return await self._claims.claim(wanted, wait_seconds)

        try:
            jobs = await self._outages.outlast(claim)
        except (ConflictError, NotFoundError, UnprocessableError):
            if not await self._outages.outlast(self._keeper.has_lost):
                raise
            jobs = ()
        self._post(Claimed(wanted.number, jobs))

    async def _exchange(self, news: News, wanted: Wanted | None) -> None:
        self._post(await self._exchanges.exchange(news, wanted))

    async def _inspect(self, job: ClaimedJob) -> None:
        self._post(await self._outputs.inspect(job))

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

    def _tell_person(self, news: News) -> None:
        for ended in news.ended:
            outcome = ended.outcome
            self._lines.job_completed(ended.job, outcome.status, outcome.return_code, ended.exec_seconds)
            self._tally.add(outcome.status)
            if outcome.status is JobStatus.COMPLETED and self._around.stdio.of(ended.job.name).delete_on_success:
                delete_files(self._around.files_of(ended.job))

    def _wake_at(self, at_seconds: float, wake: Wake) -> None:
        if wake in self._timers:
            self._timers[wake].cancel()
        self._timers[wake] = asyncio.get_running_loop().call_at(at_seconds, self._post, Woken(wake))

    async def _watch(self) -> None:
        """Learn when the workflow is over, by one question that the service holds open."""
        clock = asyncio.get_running_loop()
        workflow_id, wait_seconds = self._around.workflow_id, self._machine.rules.longest_wait_seconds
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
