"""Run the jobs of a workflow that is watched."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from torc_client.errors import TorcError
from torc_client.local_runner import require_runner, start_local_runner
from torc_client.runner_exit_code import RunnerExitCode

# The runner did all that it could, whether or not jobs failed.
_RAN_TO_THE_END = frozenset({RunnerExitCode.SUCCEEDED, RunnerExitCode.FINISHED_WITH_FAILURES})
_GRACE_SECONDS = 60.0
_LEAVING_SECONDS = 10.0
"""A runner leaves a workflow that is over by itself within this time, unless it waits for further jobs on request."""


class Workers(Protocol):
    """Runs jobs while a workflow has no other runner."""

    async def provide(self, workflow_id: int) -> None:
        """Start to run the ready jobs, unless that was started before. Raises TorcError if jobs cannot run."""
        ...

    async def close(self, *, is_over: bool = False) -> None:
        """Stop what still runs. If the workflow `is_over`, runners end by themselves and get time for it."""
        ...


class LocalRunner:
    """A runner on this machine, in a process of its own that ends with this process."""

    def __init__(
        self, url: str, output_dir: Path, password: str | None = None, *, is_url_in_hints: bool = True
    ) -> None:
        """Set the server and the output folder. Raises RunnerNotInstalledError if torc-runner is not installed.

        Commands that the runner suggests have `--url` only with `is_url_in_hints`.
        """
        require_runner()
        server = ("--url", url) if is_url_in_hints else ()
        self._arguments = (*server, "--output-dir", str(output_dir), "--skip-version-check", "--watched")
        self._variables = {} if password is None else {"TORC_PASSWORD": password, "TORC_TOKEN_FILE": ""}
        if not is_url_in_hints:
            self._variables["TORC_API_URL"] = url
        self._process: asyncio.subprocess.Process | None = None

    async def provide(self, workflow_id: int) -> None:
        """Start the runner unless it runs. Raises TorcError if the one before ended before the workflow was over."""
        if self._process is not None:
            if self._process.returncode is None:
                return
            if self._process.returncode not in _RAN_TO_THE_END:
                raise TorcError(
                    f"The runner on this machine ended with exit code {self._process.returncode} before the workflow"
                    " was over.",
                    f"`torc workflows diagnose {workflow_id}` shows what is missing.",
                )
        self._process = await start_local_runner((*self._arguments, str(workflow_id)), self._variables)

    async def close(self, *, is_over: bool = False) -> None:
        """Wait until the runner has ended. It gets TERM, after some time if the workflow is over."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if is_over:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LEAVING_SECONDS):
                    await process.wait()
                    return
        process.terminate()
        try:
            async with asyncio.timeout(_GRACE_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
