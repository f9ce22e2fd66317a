"""Stop the workers of a workflow, and report the state of their jobs."""

import asyncio
from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.condition import Condition
from torc_client.remote.agent.stop import END_JOBS_SECONDS, KILL_SECONDS, StopRequest, StopResult
from torc_client.remote.calling import RemoteAgents
from torc_client.remote.closing import close_gone
from torc_client.remote.lines import failure, failure_of
from torc_client.remote.nodes import ServerView, running_jobs, server_view
from torc_client.remote.worker_access import end_access
from torc_client.text import count

WAIT_SECONDS = 60.0
_STEP_SECONDS = 5.0


class StopOutcome(StrEnum):
    """The state of a worker. The value is the name in the output."""

    STOPPED = "stopped"
    KILLED = "killed"
    NOT_RUNNING = "not running"
    FAILED = "failed"


class StoppedWorker(Struct, kw_only=True, frozen=True):
    """One worker after `torc remote stop`."""

    worker: str
    outcome: StopOutcome
    pid: int | None = None
    jobs_ended: int = 0
    jobs_returned: int = 0
    jobs_terminated: int = 0
    """The part of `jobs_ended` that the stop terminated."""
    detail: str = ""
    hint: str = ""

    @property
    def is_stopped(self) -> bool:
        """Whether the worker does not run."""
        return self.outcome is not StopOutcome.FAILED


class Stopper:
    """One `torc remote stop`. `say` gets a line for each host, and lines about those that take time."""

    def __init__(
        self,
        client: TorcClient,
        agents: RemoteAgents,
        *,
        wait_seconds: float,
        drain_seconds: float,
        kills: bool,
        say: Callable[[str], None],
        max_parallel: int = ssh.MAX_PARALLEL,
    ) -> None:
        self._client = client
        self._agents = agents
        self._wait_seconds = wait_seconds
        self._drain_seconds = drain_seconds
        self._kills = kills
        self._say = say
        self._max_parallel = max_parallel

    async def run(self, workers: Sequence[WorkerAddress]) -> list[StoppedWorker]:
        """Stop the workers. Raises the errors of calls to the server, before any is stopped."""
        view = await server_view(self._client, self._agents.workflow_id)

        async def stop(worker: WorkerAddress) -> StoppedWorker:
            return await self._stop(worker, view)

        def say_end(ended: ssh.HostOutcome[StoppedWorker]) -> None:
            for line in lines_of(_of(ended, view)):
                self._say(line)

        ended = await ssh.for_each_host(workers, stop, max_parallel=self._max_parallel, on_end=say_end)
        return [_of(each, view) for each in ended]

    async def _stop(self, worker: WorkerAddress, view: ServerView) -> StoppedWorker:
        nodes = view.nodes_of(worker.text)
        jobs = await running_jobs(self._client, self._agents.workflow_id, nodes)
        result = await self._ended(worker)
        facts = result.facts
        if facts.is_alive or not result.is_gone:
            return StoppedWorker(
                worker=worker.text,
                outcome=StopOutcome.FAILED,
                pid=facts.pid,
                detail="it still runs" if facts.is_alive else "it was killed, and processes of its jobs may still run",
                hint="Try again, or look at the processes there. The jobs are returned when its lease expires.",
            )
        if result.was_killed:
            outcome = StopOutcome.KILLED
        else:
            outcome = StopOutcome.STOPPED if result.was_running else StopOutcome.NOT_RUNNING
        stopped = StoppedWorker(worker=worker.text, outcome=outcome, pid=facts.pid if result.was_running else None)
        if facts.condition is Condition.DIED and not result.was_running:
            stopped = replace(stopped, detail="it had died")
        try:
            after = await close_gone(
                self._client, self._agents.workflow_id, worker.text, result, jobs=jobs, say=lambda _: None
            )
        except TorcError as error:
            return replace(stopped, detail=error.message, hint=error.hint or "")
        stopped = replace(
            stopped, jobs_ended=after.ended, jobs_returned=after.returned, jobs_terminated=after.terminated
        )
        try:
            await end_access(self._client, self._agents, worker)
        except TorcError as error:
            return replace(stopped, detail=error.message, hint=error.hint or "")
        return stopped

    async def _ended(self, worker: WorkerAddress) -> StopResult:
        """Let the jobs of a worker end for the time to drain, ask it to end, wait, and kill it."""
        steps = [(True, self._drain_seconds, "stop")] if self._drain_seconds else []
        was_running = False
        for drains, seconds, what_follows in [] if self._kills else [*steps, (False, self._wait_seconds, "kill")]:
            result = await self._asked(worker, seconds, drains=drains, what_follows=what_follows)
            # It may have ended between two calls.
            was_running = was_running or result.was_running
            if result.is_gone or not result.facts.is_alive:
                return replace(result, was_running=was_running)
        request = self._agents.request(StopRequest, worker, kills=True)
        result = await self._agents.result(worker, request, StopResult, seconds=KILL_SECONDS + END_JOBS_SECONDS)
        return replace(result, was_running=was_running or result.was_running)

    async def _asked(self, worker: WorkerAddress, seconds: float, *, drains: bool, what_follows: str) -> StopResult:
        """Ask a worker to drain or to end, until it has ended or this time is over."""
        until = asyncio.get_running_loop().time() + seconds
        was_running, waits = False, 0.0
        while True:
            request = self._agents.request(StopRequest, worker, wait_seconds=waits, drains=drains)
            result = await self._agents.result(worker, request, StopResult, seconds=waits + END_JOBS_SECONDS)
            was_running = was_running or result.was_running
            left_seconds = until - asyncio.get_running_loop().time()
            if result.is_gone or not result.facts.is_alive or left_seconds <= 0:
                return replace(result, was_running=was_running)
            if left_seconds >= 1:
                doing = "Draining" if drains else "Stopping"
                await self._say_wait(worker, result, f"{doing} (PID {result.facts.pid})", what_follows, left_seconds)
            waits = min(_STEP_SECONDS, left_seconds)

    async def _say_wait(
        self, worker: WorkerAddress, result: StopResult, doing: str, what_follows: str, left_seconds: float
    ) -> None:
        node_id, jobs = result.facts.compute_node_id, ""
        if node_id is not None:
            page = await self._client.jobs.list_jobs(
                workflow_id=self._agents.workflow_id, active_compute_node_id=node_id, limit=1
            )
            jobs = f" with {count('running job', page.total_count)}"
        self._say(f"  [...] {worker.text}: {doing}{jobs}; {what_follows} in {left_seconds:.0f} s")


def lines_of(worker: StoppedWorker) -> list[str]:
    """Return the lines that report one worker."""
    if not worker.is_stopped:
        return failure(worker.worker, worker.detail, worker.hint)
    words = {
        StopOutcome.STOPPED: f"Stopped (PID {worker.pid})",
        StopOutcome.KILLED: f"Killed (PID {worker.pid})",
        StopOutcome.NOT_RUNNING: "Not running",
    }[worker.outcome]
    detail = f" ({worker.detail})" if worker.detail else ""
    return [f"  [OK] {worker.worker}: {words}{detail}{jobs_of(worker)}"]


def jobs_of(worker: StoppedWorker) -> str:
    """Return the state of the jobs of a worker, as the end of a sentence; empty if it ran none."""
    parts = []
    if worker.jobs_ended > worker.jobs_terminated:
        parts.append(f"{count('job', worker.jobs_ended - worker.jobs_terminated)} ended")
    if worker.jobs_terminated:
        parts.append(f"{count('job', worker.jobs_terminated)} terminated")
    if worker.jobs_returned:
        parts.append(f"{count('job', worker.jobs_returned)} returned")
    return f": {', '.join(parts)}" if parts else ""


def summary(workers: Sequence[StoppedWorker]) -> str:
    """Return how many workers were stopped, how many did not run before, and how many may still run."""
    num_idle = sum(each.outcome is StopOutcome.NOT_RUNNING for each in workers)
    num_failed = sum(not each.is_stopped for each in workers)
    if num_idle == len(workers):
        return "No worker was running"
    parts = [f"Stopped {len(workers) - num_idle - num_failed}/{len(workers)} workers"]
    parts += [f"{num_idle} not running before"] if num_idle else []
    parts += [f"{num_failed} may still run"] if num_failed else []
    return ", ".join(parts)


def remedies(workers: Sequence[StoppedWorker], workflow_id: int) -> list[str]:
    """Return how to run the jobs again that were terminated because no other worker was left."""
    terminated = sum(each.jobs_terminated for each in workers)
    if not terminated:
        return []
    jobs = "1 job is" if terminated == 1 else f"{terminated} jobs are"
    command = f"torc jobs reset-status --workflow-id {workflow_id} --status terminated"
    return [f"{jobs} terminated. To run terminated jobs again: {command}"]


def _of(ended: ssh.HostOutcome[StoppedWorker], view: ServerView) -> StoppedWorker:
    if ended.value is not None:
        return ended.value
    detail, hint = failure_of(ended.address, ended.error)
    nodes = view.nodes_of(ended.address.text)
    if nodes:
        detail += f"; {view.describe(nodes)} until the lease expires"
    return StoppedWorker(worker=ended.address.text, outcome=StopOutcome.FAILED, detail=detail, hint=hint)
