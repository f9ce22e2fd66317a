"""Who runs the jobs of a workflow that is watched."""

import asyncio
import importlib.util
import os
import sys
from pathlib import Path
from typing import Protocol

from torc_client.errors import TorcError

# What a runner ends with when it did all that there was, whatever became of the jobs.
_RAN_TO_THE_END = frozenset({0, 3})
_GRACE_SECONDS = 60.0


class Workers(Protocol):
    """Somebody who runs jobs when nobody else does."""

    async def provide(self, workflow_id: int) -> None:
        """Begin to run the jobs that are ready, unless that was begun. Raises TorcError when nothing can be run."""
        ...

    async def close(self) -> None:
        """Stop what still runs."""
        ...


class LocalRunner:
    """A runner on this machine, in a process of its own."""

    def __init__(self, url: str, output_dir: Path, password: str | None = None) -> None:
        """Choose where it works. Raises TorcError where no runner is installed."""
        if importlib.util.find_spec("torc_runner") is None:
            raise TorcError("There is no runner here.", "Install one: pip install torc-runner")
        self._words = ("--url", url, "--output-dir", str(output_dir), "--skip-version-check")
        self._environment = {**os.environ, **({"TORC_PASSWORD": password} if password is not None else {})}
        self._process: asyncio.subprocess.Process | None = None

    async def provide(self, workflow_id: int) -> None:
        """Start it, unless it runs. Raises TorcError where it left before everything was done."""
        if self._process is not None:
            if self._process.returncode is None:
                return
            if self._process.returncode not in _RAN_TO_THE_END:
                raise TorcError(
                    f"The runner here left with {self._process.returncode} before the workflow was over.",
                    f"`torc workflows diagnose {workflow_id}` says what is missing.",
                )
        # Out of reach of Ctrl-C, in a group of its own: it is `close` that stops it, and to hear of it twice would
        # kill its jobs at once.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "torc_runner", *self._words, str(workflow_id), process_group=0,
            env=self._environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

    async def close(self) -> None:
        """Ask it to stop, and wait until it has."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_GRACE_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
