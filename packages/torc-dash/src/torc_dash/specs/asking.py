"""Ask a process what a text becomes: the event loop of the dashboard never reads a spec."""

import asyncio
import contextlib
import sys
from pathlib import Path

import msgspec

from torc_dash.specs.examination import Examination

LIMIT_SECONDS = 25.0
_PROGRAM = (sys.executable, "-P", "-m", "torc_dash.specs.examine")


class NoAnswerError(Exception):
    """The text could not be checked. The text of the error says why."""


async def ask(text: str, format_name: str, folder: Path) -> Examination:
    """Return what a text becomes in a folder. Raises NoAnswerError."""
    try:
        process = await asyncio.create_subprocess_exec(
            *_PROGRAM,
            format_name,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        raise NoAnswerError(f"The check cannot be started: {error.strerror}.") from error
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            output, _ = await process.communicate(text.encode("utf-8", "replace"))
    except TimeoutError as error:
        raise NoAnswerError(f"The check took more than {LIMIT_SECONDS:g} s.") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise NoAnswerError("The text needs more memory or time than a check may take.")
    return msgspec.json.decode(output, type=Examination)
