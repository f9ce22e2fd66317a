"""Run a command that is no job, and wait for its end."""

import asyncio
from collections.abc import Callable, Mapping

from torc_runner.launch.exits import Exits
from torc_runner.launch.spawn import Child, spawn
from torc_runner.launch.stdio import StdioFiles


async def run_to_end(
    arguments: list[str],
    environment: Mapping[str, str],
    files: StdioFiles,
    begun: Callable[[Child], None] = lambda _: None,
) -> int:
    """Run a command in a session of its own; give its exit code, or the negative signal number.

    `begun` is called with what runs then. Nothing of it survives when this is canceled. Raises LaunchError.
    """
    exits = Exits()
    code = asyncio.get_running_loop().create_future()
    try:
        child = spawn(arguments, environment, files, exits, code.set_result)
        try:
            begun(child)
            return int(await code)
        finally:
            child.kill_and_reap()
    finally:
        exits.close()
