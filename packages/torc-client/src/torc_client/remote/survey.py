"""The state of the workers of a workflow: what their hosts show, compared with what the server has."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from torc_client.client import TorcClient
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.condition import Condition, WorkerFacts
from torc_client.remote.agent.operations import StatusRequest
from torc_client.remote.calling import RemoteAgents
from torc_client.remote.lines import failure_of
from torc_client.remote.nodes import ServerView, server_view
from torc_client.remote.ssh_problems import RemoteError
from torc_client.remote.tunnel import TunnelFacts, Tunnels
from torc_client.remote.tunnel_folder import TunnelState
from torc_client.runner_exit_code import RunnerExitCode
from torc_client.version import __version__

RUNNING = "running"


class WorkerStatus(Struct, kw_only=True, frozen=True):
    """One worker in `torc remote status`. `is_running` is whether its process runs and the server has it."""

    worker: str
    state: str
    is_running: bool = False
    pid: int | None = None
    compute_node_id: int | None = None
    jobs_running: int = 0
    heard_seconds: float | None = None
    """The time since the server last answered the worker, by the clock of its host."""
    version: str = ""
    log: str = ""
    tunnel: str = ""
    """The state of its tunnel, if it has one."""
    detail: str = ""
    hint: str = ""
    lines: list[str] = []

    @property
    def other_version(self) -> str:
        """The version of its Torc, if it is not that of this program."""
        return "" if self.version == __version__ else self.version


async def survey(
    client: TorcClient,
    agents: RemoteAgents,
    workers: Sequence[WorkerAddress],
    *,
    on_end: Callable[[WorkerAddress], None] = lambda _: None,
    max_parallel: int = ssh.MAX_PARALLEL,
) -> list[WorkerStatus]:
    """Return the state of each worker. Raises the errors of calls to the server."""

    async def look(worker: WorkerAddress) -> WorkerFacts:
        return await agents.result(worker, agents.request(StatusRequest, worker), WorkerFacts)

    ended = await ssh.for_each_host(
        workers, look, max_parallel=max_parallel, on_end=lambda outcome: on_end(outcome.address)
    )
    # After the hosts: a worker that they report was accepted by the server before.
    view = await server_view(client, agents.workflow_id)
    tunnels = Tunnels(agents.server, agents.workflow_id)
    return [with_tunnel(judged(each, view), tunnels.facts(each.address)) for each in ended]


def with_tunnel(worker: WorkerStatus, tunnel: TunnelFacts) -> WorkerStatus:
    """Return the state of a worker together with that of its tunnel. Pure."""
    if tunnel.state in {TunnelState.NONE, TunnelState.ENDED} and not worker.is_running:
        return worker
    if tunnel.state in {TunnelState.NONE, TunnelState.UP}:
        return replace(worker, tunnel="" if tunnel.state is TunnelState.NONE else tunnel.state)
    reason = f"its tunnel is {tunnel.state}: {tunnel.reason}" if tunnel.reason else f"its tunnel is {tunnel.state}"
    return replace(
        worker,
        tunnel=tunnel.state,
        detail=f"{worker.detail}; {reason}" if worker.detail else reason,
        hint=worker.hint or tunnel.hint,
    )


def judged(ended: ssh.HostOutcome[WorkerFacts], view: ServerView) -> WorkerStatus:
    """Return the state of one worker. Pure."""
    worker = ended.address
    if ended.value is None:
        detail, hint = failure_of(worker, ended.error)
        nodes = view.nodes_of(worker.text)
        state = "unreachable" if isinstance(ended.error, RemoteError) else "unknown"
        detail = f"{detail}; {view.describe(nodes)}"
        return WorkerStatus(
            worker=worker.text,
            state=state,
            compute_node_id=max(nodes, default=None),
            jobs_running=view.jobs_of(nodes),
            detail=detail,
            hint=hint,
        )
    facts = ended.value
    nodes = view.nodes_of(worker.text, facts.compute_node_id)
    known = WorkerStatus(
        worker=worker.text,
        state=RUNNING,
        pid=facts.pid if facts.is_alive else None,
        compute_node_id=facts.compute_node_id if facts.is_alive else max(nodes, default=None),
        jobs_running=view.jobs_of(nodes),
        heard_seconds=facts.heard_seconds,
        version=facts.version,
        log=facts.log,
    )
    match facts.condition:
        case Condition.RUNNING:
            return _of_running(known, facts, nodes)
        case Condition.STARTING:
            return replace(known, state="starting", detail="the server has not accepted it yet")
        case Condition.ELSEWHERE:
            detail = f"it was started on {facts.host}, which has the same address and home folder"
            return replace(known, state="elsewhere", detail=detail)
        case Condition.DIED:
            return _of_dead(known, facts, nodes, view)
        case Condition.ENDED | Condition.NONE:
            parts = [_meaning(facts.exit_code), view.describe(nodes) if nodes else ""]
            return replace(known, state="not running", detail="; ".join(filter(None, parts)))


def lines_of(worker: WorkerStatus) -> list[str]:
    """Return the lines about a worker that a table has no place for: the remedy, and the end of its log."""
    if not worker.lines and not worker.hint:
        return []
    return [f"  {worker.worker}: {worker.hint}".rstrip(": "), *(f"    | {line}" for line in worker.lines)]


def _of_running(known: WorkerStatus, facts: WorkerFacts, nodes: Sequence[int]) -> WorkerStatus:
    if facts.is_stopping:
        return replace(known, state="stopping")
    if facts.compute_node_id in nodes:
        return replace(known, is_running=True)
    return replace(
        known,
        state="not on the server",
        detail=f"the server has closed compute node {facts.compute_node_id}; the runner registers again when it learns",
        hint="If this lasts, the runner does not reach the server: look at its log.",
    )


def _of_dead(known: WorkerStatus, facts: WorkerFacts, nodes: Sequence[int], view: ServerView) -> WorkerStatus:
    if facts.exit_code is not None:
        reason = f"exit code {facts.exit_code}"
    elif facts.was_restarted:
        reason = "its host was restarted"
    else:
        reason = "it was killed"
    last = f": {facts.lines[-1].rstrip('.')}" if facts.lines and facts.exit_code is not None else ""
    detail, hint = f"{reason}{last}", ""
    if nodes:
        detail += f"; {view.describe(nodes)} until the lease expires"
        hint = "Return its jobs now: torc remote run, or torc remote stop."
    return replace(known, state="died", detail=detail, hint=hint, lines=facts.lines)


def _meaning(exit_code: int | None) -> str:
    if exit_code == RunnerExitCode.STOPPED:
        return "it was stopped, its time was over, or no job that is left can run there"
    return next((each.meaning.rstrip(".") for each in RunnerExitCode if each == exit_code), "")
