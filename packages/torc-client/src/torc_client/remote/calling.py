"""Call `torc remote-agent` on the hosts of workers."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from torc_client.client import TorcClient
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.bootstrap import AgentProgram, agent_script, missing_agent
from torc_client.remote.agent.protocol import (
    AgentAnswer,
    AgentError,
    AgentRequest,
    WorkerRequest,
    decode_answer,
    require_result,
)

CALL_SECONDS = 60.0
"""The time limit of a call, in addition to the time that its request takes. It includes the connecting."""

Result = TypeVar("Result")
Request = TypeVar("Request", bound=WorkerRequest)


class RemoteAgents(Struct, frozen=True):
    """The agents on the hosts of the workers of one workflow. `server` identifies the database of its server."""

    server: str
    workflow_id: int
    program: AgentProgram = AgentProgram()

    def request(self, kind: Callable[..., Request], worker: WorkerAddress, **members: Any) -> Request:
        """Return a request about a worker."""
        return kind(server=self.server, workflow_id=self.workflow_id, worker=worker.text, **members)

    async def answer(
        self, worker: WorkerAddress, request: AgentRequest, result: type[Result], *, seconds: float = 0.0
    ) -> AgentAnswer[Result]:
        """Send a request to the host of a worker, and return the answer with its result.

        The request may take `seconds`. Raises RemoteError if ssh fails, and AgentError.
        """
        completed = await ssh.run(
            worker,
            agent_script(self.program),
            stdin=msgspec.json.encode(request),
            limit_seconds=CALL_SECONDS + seconds,
        )
        answer = decode_answer(completed.out, result)
        if answer is None:
            completed.require()
            raise missing_agent(completed.out, completed.error_text)
        if answer.result is None:
            raise AgentError(answer.error or "torc there gave no result", answer.hint or None)
        return answer

    async def result(
        self, worker: WorkerAddress, request: AgentRequest, result: type[Result], *, seconds: float = 0.0
    ) -> Result:
        """Send a request to the host of a worker, and return the result. Raises the errors of `answer`."""
        return require_result(await self.answer(worker, request, result, seconds=seconds))


async def server_identity(client: TorcClient) -> str:
    """Return a text that identifies the database of a server; for one without such ids, its URL."""
    database_id = client.database_id or (await client.system.get_version()).database_id
    return database_id or hashlib.sha256(client.url.encode()).hexdigest()[:32]
