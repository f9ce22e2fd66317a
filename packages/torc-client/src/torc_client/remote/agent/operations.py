"""The operations of `torc remote-agent`, each with its request."""

import asyncio
import os
import platform
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Union

import msgspec
from msgspec.structs import replace

from torc_client.errors import TorcError
from torc_client.remote.agent.check_server import ServerQuestion, check_server
from torc_client.remote.agent.condition import WorkerFacts, facts_of
from torc_client.remote.agent.launcher import own_program
from torc_client.remote.agent.output_files import DeleteFilesRequest, Packed, PackRequest, delete_files, pack_files
from torc_client.remote.agent.protocol import AgentError, AgentRequest, WorkerRequest, encode_error, encode_result
from torc_client.remote.agent.start import StartRequest, StartResult, start
from torc_client.remote.agent.stop import StopRequest, stop
from torc_client.remote.agent.worker_folder import WorkerFolder
from torc_client.remote.server_check import ServerCheck


class StatusRequest(WorkerRequest, kw_only=True, tag="status"):
    """Return the condition of a worker."""


def status(request: StatusRequest) -> WorkerFacts:
    """Return the condition of a worker, and the address from which the request came."""
    # sshd sets "CLIENT-ADDRESS CLIENT-PORT SERVER-ADDRESS SERVER-PORT".
    manager_address, *_ = os.environ.get("SSH_CONNECTION", "").split(maxsplit=1) or [""]
    return replace(facts_of(WorkerFolder.of(request)), manager_address=manager_address)


class CheckServerRequest(AgentRequest, kw_only=True, tag="check_server"):
    """Check that a runner here can work with the server."""

    question: ServerQuestion


def _start(request: StartRequest) -> StartResult:
    system = platform.system()
    if system != "Linux":
        raise AgentError(
            f"jobs run on Linux only, and this machine has {system}", "Remove it: torc remote remove-worker."
        )
    return start(request)


def _check_server(request: CheckServerRequest) -> ServerCheck:
    return asyncio.run(check_server(request.question))


OPERATIONS: Mapping[type[AgentRequest], Callable[[Any], object]] = {
    StartRequest: _start,
    StatusRequest: status,
    StopRequest: stop,
    CheckServerRequest: _check_server,
    PackRequest: pack_files,
    DeleteFilesRequest: delete_files,
}
"""The function of each request."""


def perform(body: bytes) -> str:
    """Perform a request, and return the answer that the agent prints."""
    return _performed(body)[0]


def serve(body: bytes, out: BinaryIO) -> None:
    """Perform a request, and write the answer, and what follows it: an archive, for a request that packs files."""
    answer, packed = _performed(body)
    out.write(answer.encode())
    if packed is not None:
        packed.write(out)
    out.flush()


def _performed(body: bytes) -> tuple[str, Packed | None]:
    program = own_program()
    try:
        try:
            request = msgspec.json.decode(body, type=Union[tuple(OPERATIONS)])  # noqa: UP007 - made from a table
        except msgspec.DecodeError as error:
            raise AgentError(
                f"torc there cannot read the request: {error}", "Install the same version of torc there."
            ) from error
        result = OPERATIONS[type(request)](request)
        if isinstance(result, Packed):
            return encode_result(result.result, program), result
        return encode_result(result, program), None
    except TorcError as error:
        return encode_error(error, program), None
