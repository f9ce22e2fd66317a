"""How a command on another machine ended."""

from typing import Self

from msgspec import Struct

from torc_client.remote.address import WorkerAddress
from torc_client.remote.marked_output import Marked
from torc_client.remote.ssh_problems import RemoteError, SshProblem, last_line, line_of, of_ssh, sentence_of
from torc_client.text import duration

_SSH_FAILED = 255
_NOT_FOUND = 127
_SIGNALED = range(129, 129 + 64)


class Ended(Struct, frozen=True):
    """How a local process ended. The exit code is None if it was killed for `problem`."""

    exit_code: int | None
    out: bytes
    err: bytes
    problem: SshProblem | None = None


class Completed(Struct, frozen=True):
    """How a command on another machine ended. `problem` is None if its exit code is 0.

    `out` and `err` are the output of the command; `messages` is what ssh and the login files of the host printed on
    stderr. `exit_code` is None if the end of the command was not seen.
    """

    address: WorkerAddress
    exit_code: int | None
    out: bytes = b""
    err: bytes = b""
    messages: str = ""
    problem: SshProblem | None = None
    sentence: str = ""
    hint: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The output as text."""
        return self.out.decode("utf-8", "replace")

    @property
    def error_text(self) -> str:
        """What the command printed on stderr, as text."""
        return self.err.decode("utf-8", "replace")

    def require(self) -> Self:
        """Return this, or raise RemoteError if there was a problem."""
        if self.problem is not None:
            raise RemoteError(self.problem, self.sentence, self.hint or None)
        return self


def judged(address: WorkerAddress, ended: Ended, found: Marked, limit_seconds: float, seconds: float) -> Completed:
    """Classify how an ssh ended, with what was found in its output."""
    problem = _problem(ended, found)
    sentence, hint = _described(problem, found, limit_seconds) if problem else ("", "")
    return Completed(
        address,
        found.exit_code,
        found.out,
        found.err,
        _text(found.messages),
        problem,
        f"{address}: {sentence}." if sentence else "",
        hint.replace("HOST", address.destination),
        seconds,
    )


def _problem(ended: Ended, found: Marked) -> SshProblem | None:
    if ended.problem is SshProblem.TIME_LIMIT and not found.has_started:
        return SshProblem.NO_CONNECTION_IN_TIME
    if ended.problem is not None:
        return ended.problem
    if found.exit_code is not None:
        return _problem_of(found.exit_code)
    if found.has_started:
        return SshProblem.CONNECTION_LOST
    if ended.exit_code is not None and ended.exit_code < 0:
        return SshProblem.OTHER_OF_SSH  # it was killed here
    return of_ssh(_text(found.messages)) if ended.exit_code == _SSH_FAILED else SshProblem.NO_SHELL


def _problem_of(exit_code: int) -> SshProblem | None:
    if exit_code in _SIGNALED:
        return SshProblem.SIGNAL
    return {0: None, _NOT_FOUND: SshProblem.COMMAND_MISSING}.get(exit_code, SshProblem.EXIT_CODE)


def _described(problem: SshProblem, found: Marked, limit_seconds: float) -> tuple[str, str]:
    """Return what happened, with the line of output that shows it, and the remedy."""
    detail = ""
    match problem:
        case SshProblem.TIME_LIMIT:
            sentence = f"the command did not end in {duration(limit_seconds)}, and its ssh was killed"
            hint = "Check what it waits for there, and try again."
        case SshProblem.NO_CONNECTION_IN_TIME:
            sentence = f"there was no connection, or its login files did not end, in {duration(limit_seconds)}"
            hint, detail = "Try `ssh HOST true` by hand.", last_line(_text(found.messages))
        case SshProblem.SIGNAL:
            sentence, hint = f"the command ended by signal {(found.exit_code or 0) - _SIGNALED.start + 1}", ""
        case SshProblem.EXIT_CODE:
            sentence, hint = f"the command ended with exit code {found.exit_code}", ""
            detail = last_line(_text(found.err))
        case SshProblem.COMMAND_MISSING | SshProblem.CONNECTION_LOST:
            (sentence, hint), detail = sentence_of(problem), last_line(_text(found.err))
        case SshProblem.NO_SHELL:
            sentence, hint = sentence_of(problem)
            detail = last_line(_text(found.messages)) or last_line(_text(found.greeting))
        case SshProblem.NOT_STARTED:
            (sentence, hint), detail = sentence_of(problem), last_line(_text(found.messages))
        case SshProblem.NO_SSH | SshProblem.TOO_MUCH_OUTPUT:
            sentence, hint = sentence_of(problem)
        case _:
            (sentence, hint), detail = sentence_of(problem), line_of(problem, _text(found.messages))
    return f"{sentence} ({detail})" if detail else sentence, hint


def _text(printed: bytes) -> str:
    return printed.decode("utf-8", "replace")
