"""Run commands of `torc` for what takes long, or needs programs of this machine such as those of Slurm."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from torc_client.errors import TorcError
from torc_client.mcp.answers import clean_text
from torc_client.mcp.session import McpSession

_SECONDS: Final = 300.0
_LINES_SHOWN: Final = 10


class CommandFailedError(TorcError):
    """A command of `torc` ended with an error; the message has its last lines."""


async def torc_json(session: McpSession, words: Sequence[str], *, stdin: bytes = b"") -> Any:
    """Run `torc -f json WORDS` and return its answer. Raises CommandFailedError with what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "torc_client", "-f", "json", *words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(session),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            printed, errors = await process.communicate(stdin)
    except TimeoutError as error:
        raise CommandFailedError(f"`torc {words[0]}` did not end within {_SECONDS:g} s.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        message, hint = _reason(errors)
        raise CommandFailedError(message or f"`torc {words[0]}` ended with {process.returncode}.", hint)
    try:
        return json.loads(printed)
    except ValueError as error:
        raise CommandFailedError(f"`torc {words[0]}` printed no JSON.", _last_lines(errors)) from error


def start_detached(session: McpSession, words: Sequence[str], log: Path) -> int:
    """Start `torc WORDS`, which continues when this server ends, and return its process id. `log` gets its output."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "torc_client", *words],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=_environment(session),
            start_new_session=True,
        )
    return process.pid


def _environment(session: McpSession) -> dict[str, str]:
    credentials = session.client.credentials
    own = {} if credentials is None else credentials.variables
    return {**os.environ, "TORC_API_URL": session.client.url, "NO_COLOR": "1", **own}


def _reason(errors: bytes) -> tuple[str, str | None]:
    """Return the message and the hint that a command printed as JSON after any warnings, or else its last lines."""
    lines = errors.decode("utf-8", "replace").splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith("{")), len(lines))
    try:
        printed = json.loads("\n".join(lines[start:]))
        return clean_text(str(printed["message"])), printed.get("hint") and clean_text(str(printed["hint"]))
    except (ValueError, LookupError, TypeError):
        return _last_lines(errors), None


def _last_lines(output: bytes) -> str:
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return clean_text(" ".join(lines[-_LINES_SHOWN:])).removeprefix("Error: ")
