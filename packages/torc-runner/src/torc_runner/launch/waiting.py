"""Run a command other than a job, and wait for its end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from torc_runner.launch.exits import Exits
from torc_runner.launch.launches import Launches
from torc_runner.launch.pump import Pump, Stream
from torc_runner.launch.spawn import Child, spawn
from torc_runner.launch.stdio import open_stdio
from torc_runner.stdio_files import StdioFiles


async def run_to_end(
    arguments: list[str],
    environment: Mapping[str, str],
    files: StdioFiles,
    on_start: Callable[[Child], None] = lambda _: None,
    *,
    max_bytes: int | None = None,
    launches: Launches | None = None,
) -> int:
    """Run a command in a session of its own; return its exit code: 128 and the number after a signal.

    `on_start` is called with the started child. Each output file is limited to `max_bytes`; None is unlimited.
    Descendants are marked if there are `launches`. Cancellation kills the command and its descendants. Raises
    LaunchError.
    """
    exits = Exits()
    code = asyncio.get_running_loop().create_future()
    try:
        async with _output(max_bytes) as open_files:
            child = spawn(
                arguments, environment, files, exits, code.set_result, launches=launches, open_files=open_files
            )
            try:
                on_start(child)
                return int(await code)
            finally:
                child.kill_and_reap()
    finally:
        exits.close()


@asynccontextmanager
async def _output(max_bytes: int | None) -> AsyncIterator[Callable[[StdioFiles], tuple[int, int]]]:
    """Yield the function that opens the output files; on exit the files are complete."""
    if max_bytes is None:
        yield open_stdio
        return
    loop = asyncio.get_running_loop()
    pump, opened = Pump(loop), list[Stream]()

    def open_files(files: StdioFiles) -> tuple[int, int]:
        streams, ends = pump.open(files, max_bytes)
        opened.extend(streams)
        return ends

    try:
        yield open_files
        done = asyncio.Event()
        pump.finish(opened, done.set)
        await done.wait()
    finally:
        pump.close()
