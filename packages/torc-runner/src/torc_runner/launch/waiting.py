"""Run a command that is no job, and wait for its end."""

import asyncio
from collections.abc import Mapping

from torc_runner.launch.exits import Exits
from torc_runner.launch.spawn import spawn
from torc_runner.launch.stdio import StdioFiles


async def run_to_end(arguments: list[str], environment: Mapping[str, str], files: StdioFiles) -> int:
    """Run a command in a session of its own; give its exit code, or the negative signal number.

    Nothing of it survives when this is canceled. Raises LaunchError.
    """
    exits = Exits()
    code = asyncio.get_running_loop().create_future()
    try:
        child = spawn(arguments, environment, files, exits, code.set_result)
        try:
            return int(await code)
        finally:
            child.kill_and_reap()
    finally:
        exits.close()
