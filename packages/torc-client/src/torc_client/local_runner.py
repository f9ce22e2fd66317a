"""Start torc-runner on this machine, as a process that ends with the process that started it.

Run as a program (`python -m torc_client.local_runner PARENT_PID ARGUMENTS`), this module becomes that runner.
"""

import asyncio
import ctypes
import importlib.util
import os
import runpy
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO

from torc_client.credentials import Credentials, Token
from torc_client.errors import TorcError
from torc_client.how_to_install import how_to_install
from torc_client.runner_exit_code import RunnerExitCode

_RUNNER = "torc_runner"
_ORDERLY_ENDS = frozenset({
    RunnerExitCode.SUCCEEDED, RunnerExitCode.FINISHED_WITH_FAILURES, RunnerExitCode.STOPPED,
})  # fmt: skip
_PR_SET_PDEATHSIG = 1
_PR_GET_PDEATHSIG = 2
_STDERR_LINES_SHOWN = 5
_ERROR = "Error: "


class RunnerNotInstalledError(TorcError):
    """The distribution torc-runner is not installed in this Python environment."""


class RunnerError(TorcError):
    """The runner ended with an error; the message has its last lines on stderr."""


def require_runner() -> None:
    """Raise RunnerNotInstalledError if torc-runner is not installed in this Python environment."""
    if importlib.util.find_spec(_RUNNER) is None:
        raise RunnerNotInstalledError(
            "The runner is not installed in this Python environment, so the workflow cannot run here.",
            f"Run the workflow elsewhere (`torc run ID`), or install it. {how_to_install('torc-runner')}",
        )


async def start_local_runner(
    arguments: Sequence[str],
    variables: Mapping[str, str],
    *,
    stdout: IO[bytes] | int | None = asyncio.subprocess.DEVNULL,
    stderr: IO[bytes] | int | None = None,
) -> asyncio.subprocess.Process:
    """Start `torc-runner ARGUMENTS` with environment `variables` in addition to those of this process.

    When this process ends in any way, or the thread that called this function does, the runner gets TERM and stops
    in order. Its session is its own: Ctrl-C in a terminal reaches only the caller, which decides whether the runner
    stops; a second signal would kill jobs that have just been asked to stop. Raises RunnerNotInstalledError.
    """
    require_runner()
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __spec__.name, str(os.getpid()), *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env={**os.environ, **variables},
        start_new_session=True,
    )


async def run_local_runner(
    url: str, credentials: Credentials | Token | None, arguments: Sequence[str], *, quiet: bool
) -> None:
    """Run `torc-runner ARGUMENTS` for a server and wait for its end. Raises RunnerNotInstalledError, RunnerError.

    If this is canceled, the runner gets TERM and its end is awaited, so that jobs have time to end. `quiet` hides its
    output, unless it fails.
    """
    variables = {"TORC_API_URL": url}
    if credentials is not None:
        variables |= credentials.variables
    with tempfile.TemporaryFile() as stderr:
        process = await start_local_runner(
            arguments,
            variables,
            stdout=asyncio.subprocess.DEVNULL if quiet else None,
            stderr=stderr if quiet else None,
        )
        try:
            exit_code = await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            await process.wait()
            raise
        if exit_code not in _ORDERLY_ENDS:
            stderr.seek(0)
            lines = stderr.read().decode("utf-8", "replace").splitlines()
            raise _failure(exit_code, [line for line in lines if line.strip()])


def _failure(exit_code: int, lines: list[str]) -> RunnerError:
    errors = [number for number, line in enumerate(lines) if line.startswith(_ERROR)]
    first = errors[-1] if errors else 0  # before it is how the command is used
    shown = "\n".join(lines[first:][-_STDERR_LINES_SHOWN:]).removeprefix(_ERROR)
    return RunnerError(f"The runner ended with exit code {exit_code}: {shown or 'it printed no message'}")


def ends_with_parent() -> bool:
    """Return whether this process gets TERM when its parent ends.

    The kernel may send it several times: once for each thread of the parent that takes over the child, and ends.
    """
    number = ctypes.c_int()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_GET_PDEATHSIG, ctypes.byref(number))
    return number.value == signal.SIGTERM


def _become_runner(parent_pid: int) -> None:
    """Become the runner, which gets TERM from the kernel when its parent process has ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent_pid:
        # The parent ended before the line above took effect.
        raise SystemExit(RunnerExitCode.STOPPED)
    runpy.run_module(_RUNNER, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _become_runner(int(sys.argv.pop(1)))
