"""The requests and answers of `torc remote-agent`. Both sides import this module.

Other versions may be at the other end: unknown members are ignored, and new ones have a default.
"""

from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from torc_client.errors import TorcError
from torc_client.version import __version__

ANSWER_MARK = "torc-remote-agent-answer:"
"""The line before the answer. What is printed before it, for example by login files, is ignored."""

Result = TypeVar("Result")


class AgentRequest(Struct, kw_only=True, tag_field="operation"):
    """A request to the agent. Its subclasses have the name of the operation as their tag."""


class WorkerRequest(AgentRequest, kw_only=True):
    """A request about one worker, which these members identify on its host.

    `server` identifies the database of the server, and `worker` is the text of the worker's address.
    """

    server: str
    workflow_id: int
    worker: str


class AgentAnswer(Struct, Generic[Result], kw_only=True):
    """The answer of an agent: a result, or an error with its remedy."""

    version: str
    """The version of torc there."""
    program: str = ""
    """The path of torc there."""
    result: Result | None = None
    error: str = ""
    hint: str = ""


class AgentError(TorcError):
    """The agent could not do what it was asked to do."""


def encode_result(result: object, program: str) -> str:
    """Return the text that the agent prints for a result."""
    return _text(AgentAnswer(version=__version__, program=program, result=result))


def encode_error(error: TorcError, program: str) -> str:
    """Return the text that the agent prints for an error."""
    return _text(AgentAnswer[None](version=__version__, program=program, error=error.message, hint=error.hint or ""))


def decode_answer(out: bytes, result: type[Result]) -> AgentAnswer[Result] | None:
    """Return the answer in what was printed on stdout, or None if there is none. Raises AgentError for another one."""
    _, mark, rest = out.rpartition(f"\n{ANSWER_MARK}\n".encode())
    if not mark:
        return None
    try:
        return msgspec.json.decode(rest.partition(b"\n")[0], type=AgentAnswer[result])  # type: ignore[valid-type]
    except msgspec.DecodeError as error:
        raise AgentError(
            f"the answer of torc there cannot be read: {error}", "Install the same version of torc there."
        ) from error


def require_result(answer: AgentAnswer[Result]) -> Result:
    """Return the result of an answer. Raises AgentError for an error."""
    if answer.result is None:
        raise AgentError(answer.error or "torc there gave no result", answer.hint or None)
    return answer.result


def _text(answer: object) -> str:
    return f"\n{ANSWER_MARK}\n{msgspec.json.encode(answer).decode()}\n"
