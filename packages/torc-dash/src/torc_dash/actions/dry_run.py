"""Ask a command what it would do."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torc_dash.tasks.process import TaskProcess, TaskState
from torc_dash.tasks.program import argv_of

LIMIT_SECONDS = 30.0


@dataclass(frozen=True)
class DryRun:
    """What a command printed about what it would do. `failed`: it printed why it would not do it."""

    output: str
    failed: bool


async def ask(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> DryRun:
    """Run a command that changes nothing, and return its output. Raises OSError."""
    process = TaskProcess()
    await process.start(argv_of(arguments), environment, folder)
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await process.done.wait()
    except TimeoutError:
        return DryRun(f"No answer in {LIMIT_SECONDS:g} s.", failed=True)
    finally:
        process.kill()
    return DryRun(process.output, process.state is TaskState.FAILED)
