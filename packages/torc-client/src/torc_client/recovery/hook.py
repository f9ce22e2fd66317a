"""Run a command of the user before jobs are retried that failed for an unknown cause."""

import asyncio
import os
import shlex
import sys

from torc_client import job_variables
from torc_client.errors import TorcError


class HookError(TorcError):
    """The recovery hook could not be started, or its exit code was not 0."""


async def run_hook(command: str, workflow_id: int, *, run_id: int, url: str) -> None:
    """Run a command with the workflow's id as its last argument and in TORC_WORKFLOW_ID.

    The run whose failures are recovered is in TORC_RUN_ID, and the URL of the server in TORC_API_URL. Its
    stdout goes to stderr, as stdout has only the result of the `torc` command. Raises HookError.
    """
    try:
        arguments = shlex.split(command)
    except ValueError as error:
        raise HookError(f"The recovery hook cannot be parsed: {error}.", "Quote it as for a shell.") from error
    if not arguments:
        raise HookError("The recovery hook is empty.", "Leave --recovery-hook out, or name a command.")
    environment = {
        **os.environ,
        job_variables.WORKFLOW_ID: str(workflow_id),
        job_variables.RUN_ID: str(run_id),
        "TORC_API_URL": url,
    }
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments, str(workflow_id), env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=sys.stderr.fileno()
        )
    except OSError as error:
        raise HookError(
            f"The recovery hook {arguments[0]!r} cannot be started: {error.strerror}.", "No job was retried."
        ) from error
    exit_code = await process.wait()
    if exit_code != 0:
        raise HookError(
            f"The recovery hook {arguments[0]!r} ended with exit code {exit_code}.",
            "No requirement was changed, and no job was retried.",
        )
