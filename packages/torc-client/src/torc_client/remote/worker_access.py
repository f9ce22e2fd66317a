"""How remote workers reach the server: the URL, checked from their hosts, a token for each, and tunnels.

A token is for one worker, so that it can be revoked alone. It is revoked when its worker is stopped, when another one
is started in its place, and when its start fails. It is deleted with its workflow.
"""

from contextlib import suppress

from msgspec import Struct

from torc_client import tls
from torc_client.address import parse_address
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.check_server import LIMIT_SECONDS, ServerQuestion
from torc_client.remote.agent.condition import Condition, WorkerFacts
from torc_client.remote.agent.operations import CheckServerRequest
from torc_client.remote.agent.start import StartResult
from torc_client.remote.calling import RemoteAgents
from torc_client.remote.server_check import ServerCheck, explain
from torc_client.remote.server_urls import binding_of, urls_for_worker
from torc_client.remote.tunnel import Tunnels, url_through
from torc_client.remote.worker_tokens import WorkerToken, database_of, issue_token, revoke_token, revoke_tokens
from torc_client.this_machine import machine_identity

_REQUESTS = 5
"""The requests of a check of one URL, and the name look-up, each of which has the time limit."""


class WorkerAccess(Struct, frozen=True):
    """How a worker reaches the server: the URL, the token, and the certificates of authorities to trust, in PEM."""

    url: str
    token: str | None = None
    tls_ca: str | None = None
    tls_insecure: bool = False
    is_of_running: bool = False
    """Whether it is the access of a worker that runs. It has the URL only."""

    def __repr__(self) -> str:
        return f"WorkerAccess(url={self.url!r}, ...)"


class UnreachableFromWorkerError(TorcError):
    """The server cannot be used from the host of a worker. `check` has the reason."""

    def __init__(self, check: ServerCheck, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.check = check


class ServerAccess:
    """The access of the workers of one workflow. `worker_url` replaces the URL of this client; None to choose one."""

    def __init__(
        self,
        client: TorcClient,
        agents: RemoteAgents,
        *,
        worker_url: str | None = None,
        uses_tunnel: bool = False,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._client = client
        self._agents = agents
        self._worker_url = worker_url
        self._uses_tunnel = uses_tunnel
        self._limit_seconds = limit_seconds
        self._tunnels = Tunnels(agents.server, agents.workflow_id)
        self._tokens: dict[WorkerAddress, WorkerToken] = {}
        self._opened: set[WorkerAddress] = set()
        self._requested: set[WorkerAddress] = set()

    async def of(self, worker: WorkerAddress, facts: WorkerFacts) -> WorkerAccess:
        """Return how a worker reaches the server, after a check from its host. Raises TorcError if it does not.

        A worker that runs keeps its access. If it uses a tunnel that fell with its process, the tunnel is made again.
        """
        if facts.condition is Condition.RUNNING:
            if self._tunnels.facts(worker).socket_path and parse_address(facts.url).socket_path is not None:
                await self._tunnels.open(worker, self._client.url)
                self._keep_tunnel(worker, facts)
            return WorkerAccess(facts.url, is_of_running=True)
        try:
            return await self._made(worker, facts.manager_address)
        except TorcError:
            await self._discard(worker)
            raise

    async def discard_others(self) -> None:
        """Revoke the tokens, and end the tunnels, of workers whose start was not requested."""
        for worker in {*self._tokens, *self._opened} - self._requested:
            await self._discard(worker)

    def requested(self, worker: WorkerAddress) -> None:
        """Note that the start of a worker is requested. Without an answer it may run, and needs its access."""
        self._requested.add(worker)

    async def settle(self, worker: WorkerAddress, result: StartResult) -> None:
        """Keep the access of a worker that was started, else revoke its token. Errors of calls are ignored.

        A token that could not be revoked ends with the workflow, or with the next start of the worker.
        """
        facts = result.facts
        if not (result.is_started and facts.is_alive):
            await self._discard(worker, ends_tunnel=not facts.is_alive)
            return
        token = self._tokens.pop(worker, None)
        with suppress(TorcError, OSError):
            self._keep_tunnel(worker, facts)
            if token is not None:
                await revoke_tokens(self._client, self._agents.workflow_id, worker, kept=token)

    def _keep_tunnel(self, worker: WorkerAddress, facts: WorkerFacts) -> None:
        if facts.pid is not None and facts.start_ticks is not None and self._tunnels.facts(worker).is_kept:
            self._tunnels.keep_for(worker, facts.pid, facts.start_ticks)

    async def _discard(self, worker: WorkerAddress, *, ends_tunnel: bool = True) -> None:
        token = self._tokens.pop(worker, None)
        if token is not None:
            with suppress(TorcError):
                await revoke_token(self._client, token)
        if worker in self._opened and ends_tunnel:
            self._opened.discard(worker)
            with suppress(TorcError):
                await self._tunnels.close(worker)

    async def _made(self, worker: WorkerAddress, seen_as: str) -> WorkerAccess:
        urls = await self._urls(worker, seen_as)
        token = await issue_token(self._client, self._agents.workflow_id, worker)
        if token is not None:
            self._tokens[worker] = token
        question = ServerQuestion(
            urls=urls,
            workflow_id=self._agents.workflow_id,
            database_id=await database_of(self._client),
            machine=machine_identity(),
            token=None if token is None else token.text,
            tls_ca=tls.additional_certificates(),
            tls_insecure=tls.is_insecure(),
            limit_seconds=self._limit_seconds,
        )
        limit_seconds = len(urls) * _REQUESTS * self._limit_seconds
        found = await self._agents.result(
            worker, CheckServerRequest(question=question), ServerCheck, seconds=limit_seconds
        )
        if not found.is_ok:
            binding = binding_of(self._client.url)
            sentence, remedy = explain(
                found, worker.host, bound=binding.addresses, is_bound_to_loopback=binding.is_loopback_only
            )
            raise UnreachableFromWorkerError(found, sentence, remedy)
        return WorkerAccess(found.url, question.token, question.tls_ca, question.tls_insecure)

    async def _urls(self, worker: WorkerAddress, seen_as: str) -> list[str]:
        if self._uses_tunnel:
            is_new = not self._tunnels.facts(worker).is_kept
            facts = await self._tunnels.open(worker, self._client.url, connection=ssh.DEFAULT_CONNECTION)
            if is_new:
                self._opened.add(worker)
            return [url_through(facts, self._client.url)]
        return [self._worker_url] if self._worker_url else await urls_for_worker(self._client, worker, seen_as)


async def end_access(client: TorcClient, agents: RemoteAgents, worker: WorkerAddress) -> None:
    """Revoke the tokens of a worker that was stopped, and end its tunnel. Raises TorcError."""
    try:
        await Tunnels(agents.server, agents.workflow_id).close(worker)
    finally:
        await revoke_tokens(client, agents.workflow_id, worker)
