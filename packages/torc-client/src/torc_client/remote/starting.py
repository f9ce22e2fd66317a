"""Start the workers of a workflow: look at all hosts first, and start nothing if one of them cannot run a worker."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.condition import Condition, WorkerFacts
from torc_client.remote.agent.operations import StatusRequest
from torc_client.remote.agent.protocol import require_result
from torc_client.remote.agent.start import READY_SECONDS, StartRequest, StartResult
from torc_client.remote.agent.stop import END_JOBS_SECONDS, StopRequest, StopResult
from torc_client.remote.calling import RemoteAgents
from torc_client.remote.closing import close_gone, nodes_of_gone
from torc_client.remote.lines import failure, failure_of
from torc_client.remote.nodes import ServerView, server_view
from torc_client.remote.worker_access import ServerAccess, WorkerAccess
from torc_client.text import count
from torc_client.version import __version__
from torc_client.workflow_operations.initialize import ensure_initialized


class StartOutcome(StrEnum):
    """The state of a worker. The value is the name in the output."""

    STARTED = "started"
    ALREADY_RUNNING = "already running"
    FAILED = "failed"
    NOT_STARTED = "not started"


class StartedWorker(Struct, kw_only=True, frozen=True):
    """One worker after `torc remote run`."""

    worker: str
    outcome: StartOutcome
    pid: int | None = None
    compute_node_id: int | None = None
    version: str = ""
    log: str = ""
    detail: str = ""
    hint: str = ""
    lines: list[str] = []
    """The last lines of the log of a worker that died."""

    @property
    def is_running(self) -> bool:
        """Whether the server has the worker."""
        return self.outcome in {StartOutcome.STARTED, StartOutcome.ALREADY_RUNNING}


class WorkerOptions(Struct, frozen=True, kw_only=True):
    """The options of the runners."""

    output_dir: str = "torc_output"
    chdir: str | None = None
    poll_interval_seconds: float = 5.0
    max_parallel_jobs: int | None = None
    num_cpus: int | None = None
    memory_gb: float | None = None
    num_gpus: int | None = None
    skip_version_check: bool = False

    @property
    def words(self) -> list[str]:
        """The options of `torc-runner`."""
        words = ["--poll-interval", f"{self.poll_interval_seconds:g}"]
        for name, value in (
            ("--max-parallel-jobs", self.max_parallel_jobs),
            ("--num-cpus", self.num_cpus),
            ("--memory-gb", self.memory_gb),
            ("--num-gpus", self.num_gpus),
        ):
            words += [] if value is None else [name, str(value)]
        return words + ["--skip-version-check"] * self.skip_version_check


class Starter:
    """One `torc remote run`. `access` is how the workers reach the server; `say` gets a line for each host."""

    def __init__(
        self,
        client: TorcClient,
        agents: RemoteAgents,
        options: WorkerOptions,
        *,
        access: ServerAccess,
        say: Callable[[str], None],
        max_parallel: int = ssh.MAX_PARALLEL,
    ) -> None:
        self._client = client
        self._agents = agents
        self._options = options
        self._access = access
        self._say = say
        self._max_parallel = max_parallel

    async def run(
        self, workers: Sequence[WorkerAddress], *, on_probed: Callable[[], Awaitable[None]] | None = None
    ) -> list[StartedWorker]:
        """Start the workers. Raises TorcError, before any is started, if the workflow cannot be initialized.

        `on_probed` is called when all hosts are able to run a worker.
        """
        probed = await self._for_each(workers, self._probe, self._say_failure)
        if any(each.error is not None for each in probed):
            return [_not_started(each) for each in probed]
        if on_probed is not None:
            await on_probed()
        facts = {each.address: each.value for each in probed if each.value is not None}
        try:
            return await self._start_all(workers, facts)
        finally:
            await self._access.discard_others()

    async def _start_all(
        self, workers: Sequence[WorkerAddress], facts: Mapping[WorkerAddress, WorkerFacts]
    ) -> list[StartedWorker]:
        async def access_of(worker: WorkerAddress) -> WorkerAccess:
            return await self._access.of(worker, facts[worker])

        accesses = await self._for_each(workers, access_of, self._say_failure)
        if any(each.error is not None for each in accesses):
            return [_not_started(each) for each in accesses]
        # Here, so that workers do not do it at the same time.
        await ensure_initialized(self._client, self._agents.workflow_id)
        view = await server_view(self._client, self._agents.workflow_id)
        found = {each.address: each.value for each in accesses if each.value is not None}

        async def start(worker: WorkerAddress) -> StartedWorker:
            await self._close_gone(worker, facts[worker], view)
            return await self._start(worker, found[worker])

        started = await self._for_each(workers, start, self._say_end)
        return [each.value if each.value is not None else _failed(each.address, each.error) for each in started]

    async def _probe(self, worker: WorkerAddress) -> WorkerFacts:
        """Return what the agent there reports. Raises TorcError if the host cannot run a worker."""
        answer = await self._agents.answer(worker, self._agents.request(StatusRequest, worker), WorkerFacts)
        facts = require_result(answer)
        is_running = facts.condition is Condition.RUNNING
        if not (self._options.skip_version_check or is_running or answer.version == __version__):
            raise TorcError(
                f"{answer.program} there is version {answer.version}, and this is {__version__}",
                "Install the same version there with --install, or use --skip-version-check.",
            )
        return facts

    async def _close_gone(self, worker: WorkerAddress, facts: WorkerFacts, view: ServerView) -> None:
        """Return the jobs of a former worker that died, so that they need not wait for the end of its lease."""
        if facts.condition not in {Condition.DIED, Condition.ENDED}:
            return
        if nodes_of_gone(view, worker.text, facts):
            request = self._agents.request(StopRequest, worker)
            result = await self._agents.result(worker, request, StopResult, seconds=END_JOBS_SECONDS)
            if result.is_gone and not result.was_running:
                workflow_id = self._agents.workflow_id
                after = await close_gone(self._client, workflow_id, worker.text, result, jobs={}, say=self._say)
                if after.returned:
                    jobs = count("job", after.returned)
                    self._say(f"  [...] {worker.text}: The former worker died; {jobs} returned")

    async def _start(self, worker: WorkerAddress, access: WorkerAccess) -> StartedWorker:
        if access.is_of_running:
            facts = await self._probe(worker)
            if facts.condition is Condition.RUNNING:
                return _judged(worker, StartResult(facts=facts, was_running=True))
            access = await self._access.of(worker, facts)
        options, program = self._options, self._agents.program
        request = self._agents.request(
            StartRequest,
            worker,
            url=access.url,
            token=access.token,
            tls_ca=access.tls_ca,
            tls_insecure=access.tls_insecure,
            output_dir=options.output_dir,
            chdir=options.chdir,
            options=options.words,
            prologue=program.prologue,
            is_chosen=program.is_chosen,
        )
        self._access.requested(worker)
        result = await self._agents.result(worker, request, StartResult, seconds=2 * READY_SECONDS)
        await self._access.settle(worker, result)
        return _judged(worker, result)

    async def _for_each(
        self,
        workers: Sequence[WorkerAddress],
        what: Callable[[WorkerAddress], Awaitable[ssh.T]],
        on_end: Callable[[ssh.HostOutcome[ssh.T]], None],
    ) -> list[ssh.HostOutcome[ssh.T]]:
        return await ssh.for_each_host(workers, what, max_parallel=self._max_parallel, on_end=on_end)

    def _say_failure(self, ended: ssh.HostOutcome[ssh.T]) -> None:
        if ended.error is not None:
            self._say_worker(_failed(ended.address, ended.error))

    def _say_end(self, ended: ssh.HostOutcome[StartedWorker]) -> None:
        self._say_worker(ended.value or _failed(ended.address, ended.error))

    def _say_worker(self, worker: StartedWorker) -> None:
        for line in lines_of(worker):
            self._say(line)


def lines_of(worker: StartedWorker) -> list[str]:
    """Return the lines that report one worker."""
    match worker.outcome:
        case StartOutcome.STARTED:
            node = f", compute node {worker.compute_node_id}"
            return [f"  [OK] {worker.worker}: Started (PID {worker.pid}{node}){worker.detail}"]
        case StartOutcome.ALREADY_RUNNING:
            return [f"  [OK] {worker.worker}: Already running (PID {worker.pid})"]
        case _:
            return failure(worker.worker, worker.detail, worker.hint, worker.lines)


def _judged(worker: WorkerAddress, result: StartResult) -> StartedWorker:
    facts = result.facts
    known = StartedWorker(
        worker=worker.text,
        outcome=StartOutcome.FAILED,
        pid=facts.pid,
        compute_node_id=facts.compute_node_id,
        version=facts.version,
        log=facts.log,
    )
    if result.is_started:
        detail = "" if facts.is_alive else f", and ended with exit code {facts.exit_code}"
        return replace(known, outcome=StartOutcome.STARTED, detail=detail)
    if result.was_running and facts.condition is Condition.RUNNING:
        return replace(known, outcome=StartOutcome.ALREADY_RUNNING)
    if result.was_running:
        reason = "another command starts this worker now, and the server has not accepted it yet"
        return replace(known, detail=reason, hint="Look at it in a moment: torc remote status.")
    return replace(known, pid=None, compute_node_id=None, detail=result.reason, lines=result.lines)


def _failed(worker: WorkerAddress, error: TorcError | None) -> StartedWorker:
    detail, hint = failure_of(worker, error)
    return StartedWorker(worker=worker.text, outcome=StartOutcome.FAILED, detail=detail, hint=hint)


def _not_started(ended: ssh.HostOutcome[ssh.T]) -> StartedWorker:
    """Return a worker of a run that ended before any worker was started."""
    if ended.error is not None:
        return _failed(ended.address, ended.error)
    detail = "no worker is started while one of them cannot be"
    return StartedWorker(worker=ended.address.text, outcome=StartOutcome.NOT_STARTED, detail=detail)
