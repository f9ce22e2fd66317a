"""A command of the user's that is run before jobs get another chance."""

import asyncio
import os
import shlex
import sys

from torc_client.errors import TorcError


class HookFailed(TorcError):  # noqa: N818 - named after what happened
    """The recovery hook could not be started, or ended with another status than 0."""


async def run_hook(command: str, workflow_id: int) -> None:
    """Run a command with the workflow's id behind its words, and in TORC_WORKFLOW_ID. Raises HookFailed.

    What it prints goes to stderr: stdout has only results.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise HookFailed(f"The recovery hook cannot be read: {error}.", "Write it as for a shell.") from error
    if not words:
        raise HookFailed("The recovery hook is empty.", "Leave --recovery-hook out, or name a command.")
    environment = {**os.environ, "TORC_WORKFLOW_ID": str(workflow_id)}
    try:
        process = await asyncio.create_subprocess_exec(
            *words, str(workflow_id), env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=sys.stderr.fileno()
        )
    except OSError as error:
        raise HookFailed(
            f"The recovery hook {words[0]!r} cannot be started: {error.strerror}.", "Nothing was run again."
        ) from error
    status = await process.wait()
    if status != 0:
        raise HookFailed(
            f"The recovery hook {words[0]!r} ended with {status}.",
            "Requirements were corrected, and nothing was run again.",
        )
