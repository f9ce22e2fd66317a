"""The shell around the machine: waits for events, asks the machine, performs its instructions. It decides nothing.

Everything that happens arrives in one queue. Calls to the service run side by side as tasks of one group; a task
ends by putting an event into the queue.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_runner import log
from torc_runner.capacity import Capacity
from torc_runner.claim import Claims
from torc_runner.events import (
    Begun,
    Broken,
    Claimed,
    Event,
    Exited,
    LaunchFailed,
    NothingToClaim,
    Settled,
    SignalReceived,
    Started,
    StartRefused,
    Wake,
    Woken,
    WorkflowOver,
)
from torc_runner.instructions import (
    AbandonClaim,
    Claim,
    Ending,
    ExplainIdleness,
    GiveBack,
    Instruction,
    Launch,
    Leave,
    Report,
    Signal,
    Start,
    WakeAt,
)
from torc_runner.job import ClaimedJob, JobId
from torc_runner.launch.command import shell_arguments
from torc_runner.launch.environment import Surroundings, job_environment
from torc_runner.launch.spawn import Child, LaunchError, spawn
from torc_runner.launch.stdio import leave_note, stdio_files
from torc_runner.machine import Rules, RunnerState
from torc_runner.outage import Outages
from torc_runner.report import Reports
from torc_runner.tally import Tally

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_ASK_AGAIN_SECONDS = 5.0
"""Between questions to a service that does not hold them open."""


class Runner:
    """One runner on one node. `run` works until there is a reason to leave."""

    def __init__(
        self,
        client: TorcClient,
        around: Surroundings,
        claims: Claims,
        capacity: Capacity,
        rules: Rules,
        *,
        outage_seconds: float,
        show: Callable[[Tally], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._around = around
        self._claims = claims
        self._capacity = capacity
        self._rules = rules
        self._machine = RunnerState(capacity, rules)
        self._outages = Outages(outage_seconds, self._post)
        self._reports = Reports(client, around, self._outages)
        self._show = show
        self._tally = Tally()
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._children: dict[JobId, Child] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._claim: asyncio.Task[None] | None = None
        self._timers: dict[Wake, asyncio.TimerHandle] = {}
        self._ending: Ending | None = None
        self.failure: TorcError | None = None
        """What made this runner give up, when it did."""

    async def run(self) -> Ending:
        """Claim, run and report jobs; give the reason for the end. No child survives, however this ends."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._post, SignalReceived())
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._begin(self._watch())
                self._post(Begun())
                ending = await self._serve()
                for task in [*self._tasks]:
                    task.cancel()
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)
            for timer in self._timers.values():
                timer.cancel()
            for child in self._children.values():
                child.kill_and_reap()
        return ending

    async def _serve(self) -> Ending:
        loop = asyncio.get_running_loop()
        while self._ending is None:
            event = await self._events.get()
            for instruction in self._machine.handle(event, loop.time()):
                self._perform(instruction)
            self._show(self._tally)
        return self._ending

    def _post(self, event: Event) -> None:
        self._events.put_nowait(event)

    def _begin(self, work: Coroutine[Any, Any, None], *, is_claim: bool = False) -> None:
        task = self._group.create_task(self._guard(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
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

    def _perform(self, instruction: Instruction) -> None:
        match instruction:
            case Claim():
                self._replace_claim(self._open_claim(instruction))
            case AbandonClaim(number):
                self._replace_claim(self._ask_for_leftovers(number))
            case Start(job):
                self._begin(self._start(job))
            case Launch(job):
                self._launch(job)
            case Signal(job_id, kill):
                if job_id in self._children:
                    self._children[job_id].signal_group(signal.SIGKILL if kill else signal.SIGTERM)
            case Report():
                self._begin(self._report(instruction))
            case GiveBack(job):
                self._begin(self._give_back(job))
            case ExplainIdleness():
                self._begin(self._outages.outlast(lambda: self._claims.unfit(self._capacity.total)))
            case WakeAt(at_seconds, wake):
                self._wake_at(at_seconds, wake)
            case Leave(ending):
                self._ending = ending

    def _replace_claim(self, work: Coroutine[Any, Any, None]) -> None:
        if self._claim is not None:
            self._claim.cancel()
        self._begin(work, is_claim=True)

    async def _open_claim(self, wanted: Claim) -> None:
        self._claim_answered(await self._outages.outlast(lambda: self._claims.claim(wanted)))

    async def _ask_for_leftovers(self, number: int) -> None:
        self._claim_answered(await self._outages.outlast(lambda: self._claims.leftovers(number)))

    def _claim_answered(self, jobs: tuple[ClaimedJob, ...]) -> None:
        self._claim = None
        self._post(Claimed(jobs) if jobs else NothingToClaim())

    async def _start(self, job: ClaimedJob) -> None:
        is_started = await self._reports.start(job)
        self._post(Started(job.job_id) if is_started else StartRefused(job.job_id))

    def _launch(self, job: ClaimedJob) -> None:
        around = self._around
        files = stdio_files(around.output_dir, around.workflow_id, job.job_id, around.run_id, job.attempt_id)

        def ended(exit_code: int) -> None:
            del self._children[job.job_id]
            self._tally.stopped()
            self._post(Exited(job.job_id, exit_code))

        arguments = shell_arguments(job.command, job.invocation_script)
        try:
            child = spawn(arguments, job_environment(job, around), files, ended)
        except LaunchError as error:
            log.job_trouble(around, job, "Job not launched", str(error))
            leave_note(files, f"torc-runner could not start the command: {error}")
            self._post(LaunchFailed(job.job_id))
            return
        self._children[job.job_id] = child
        self._tally.started()
        log.job_started(around, job, child.pid)

    async def _report(self, ended: Report) -> None:
        outcome = await self._reports.report(ended)
        self._tally.add(outcome.status)
        self._post(Settled(ended.job.job_id))

    async def _give_back(self, job: ClaimedJob) -> None:
        await self._reports.give_back(job)
        self._post(Settled(job.job_id))

    def _wake_at(self, at_seconds: float, wake: Wake) -> None:
        if wake in self._timers:
            self._timers[wake].cancel()
        self._timers[wake] = asyncio.get_running_loop().call_at(at_seconds, self._post, Woken(wake))

    async def _watch(self) -> None:
        """Learn when the workflow is over, by one question that the service holds open."""
        clock = asyncio.get_running_loop()
        workflow_id, wait_seconds = self._around.workflow_id, self._rules.longest_wait_seconds
        while True:
            asked_at = clock.time()
            answer = await self._outages.outlast(
                lambda: self._client.workflows.is_workflow_complete(workflow_id, wait_seconds=wait_seconds)
            )
            if answer.is_canceled or answer.is_complete:
                self._post(WorkflowOver(is_canceled=answer.is_canceled))
                if answer.is_canceled or not self._rules.ignore_completion:
                    return
                await asyncio.sleep(wait_seconds)  # complete, and to be ignored: cancel is still of interest
            elif clock.time() - asked_at < wait_seconds / 2:
                await asyncio.sleep(min(_ASK_AGAIN_SECONDS, wait_seconds))
