"""A runner beside a script: the program torc-runner of this Python as a process that ends with the script.

As a program, this module becomes that runner: `python -m torc_client.local_runner ID ...`.
"""

import asyncio
import ctypes
import importlib.util
import os
import runpy
import signal
import sys
import tempfile
from collections.abc import Sequence

from torc_client.credentials import Credentials
from torc_client.errors import TorcError

_RUNNER = "torc_runner"
# Succeeded, finished with failures, stopped before the end: the workflow's status tells which.
_ORDERLY_ENDS = frozenset({0, 3, 4})
_PR_SET_PDEATHSIG = 1
_LINES_TOLD = 5


class NoRunnerHere(TorcError):  # noqa: N818 - named after what happened
    """The distribution torc-runner is not installed beside this Python."""


class RunnerFailed(TorcError):  # noqa: N818 - the same
    """The runner could not do its work; the message has its own words."""


async def run_beside(url: str, credentials: Credentials | None, words: Sequence[str], *, quiet: bool) -> None:
    """Run `torc-runner WORDS` for a server and wait for its end. Raises NoRunnerHere, RunnerFailed.

    Where this is canceled, the runner is asked to stop, and its end is waited for: jobs get their time to end.
    `quiet` keeps what it says to itself, unless it fails.
    """
    if importlib.util.find_spec(_RUNNER) is None:
        raise NoRunnerHere(
            "No runner is installed beside this Python, so the workflow cannot be run from here.",
            "Install one with `pip install torc-runner`, or run the workflow elsewhere: `torc run ID`.",
        )
    environment = {**os.environ, "TORC_API_URL": url}
    if credentials is not None:
        environment |= {"TORC_USERNAME": credentials.username, "TORC_PASSWORD": credentials.password}
    with tempfile.TemporaryFile() as said:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __spec__.name, *words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL if quiet else None,
            stderr=said if quiet else None,
            env=environment,
            # Ctrl-C in our terminal is for us: a second signal would kill what has just begun to stop.
            start_new_session=True,
        )
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            await process.wait()
            raise
        if status not in _ORDERLY_ENDS:
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").splitlines()
            raise _failure(status, [line for line in lines if line.strip()])


def _failure(status: int, lines: list[str]) -> RunnerFailed:
    told = "\n".join(lines[-_LINES_TOLD:]).removeprefix("Error: ")
    return RunnerFailed(f"The runner ended with status {status}: {told or 'it said nothing'}")


def _become_runner() -> None:
    """Be the runner, and get TERM when the script that began it is gone, however it ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    runpy.run_module(_RUNNER, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _become_runner()
