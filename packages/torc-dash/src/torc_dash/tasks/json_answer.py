"""The JSON output of a command that changes nothing."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from torc_client.edge.terminal_text import inert
from torc_dash.tasks.program import argv_of

LIMIT_SECONDS = 30.0
_MOST_BYTES = 8 * 1024 * 1024
_MOST_MESSAGE_BYTES = 64 * 1024

T = TypeVar("T")


class NoOutputError(Exception):
    """The command refused, or its output cannot be read. The text says why."""


async def answer_of(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, kind: type[T]) -> T:
    """Run `torc -f json` with these arguments, and return its output as `kind`. Raises NoOutputError."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv_of(("-f", "json", *arguments)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        raise NoOutputError(f"The command cannot be started: {error.strerror}.") from error
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            output, message = await asyncio.gather(
                _read(process.stdout, _MOST_BYTES), _read(process.stderr, _MOST_MESSAGE_BYTES)
            )
            code = await process.wait()
    except TimeoutError as error:
        raise NoOutputError(f"No answer in {LIMIT_SECONDS:g} s.") from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    if code:
        raise NoOutputError(_reason(message))
    try:
        return await asyncio.to_thread(msgspec.json.decode, output, type=kind)
    except msgspec.DecodeError as error:
        raise NoOutputError("The output of the command cannot be read.") from error


async def _read(stream: asyncio.StreamReader | None, most_bytes: int) -> bytes:
    """Read a stream to its end, and keep its first bytes."""
    kept = bytearray()
    while stream is not None and (piece := await stream.read(64 * 1024)):
        kept += piece[: most_bytes - len(kept)]
    return bytes(kept)


def _reason(message: bytes) -> str:
    """Return message and hint of an error, which is the last JSON object on stderr; otherwise all of it."""
    text = message.decode("utf-8", "replace").strip()
    found: Any = None
    start = text.rfind("\n{") + 1
    with contextlib.suppress(ValueError):
        found = json.loads(text[start:])
    if isinstance(found, dict) and isinstance(found.get("message"), str):
        return inert(" ".join(str(found[member]) for member in ("message", "hint") if found.get(member)))
    return inert(text) or "The command failed without a message."
