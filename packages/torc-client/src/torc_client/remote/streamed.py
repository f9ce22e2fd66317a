"""Programs and scripts with long output: it is passed on as it comes, and not kept in memory."""

import asyncio
import os
import secrets
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from torc_client.remote.address import WorkerAddress
from torc_client.remote.completed import Completed, Ended, judged
from torc_client.remote.marked_output import Marks
from torc_client.remote.ssh import DEFAULT_CONNECTION, SshConnection, enclosed
from torc_client.remote.ssh_problems import SshProblem, of_start

Sink = Callable[[bytes], None]
IDLE_SECONDS = 120.0
_CHUNK = 256 * 1024
_DRAIN_SECONDS = 1.0
_KEPT_BYTES = 64 * 1024
_EXIT_CODE_BYTES = len("255\n")


async def run_to(
    address: WorkerAddress,
    script: str,
    sink: Sink,
    *,
    stdin: bytes = b"",
    idle_seconds: float = IDLE_SECONDS,
    connection: SshConnection = DEFAULT_CONNECTION,
) -> Completed:
    """Run a script by `sh` on another machine, and pass its stdout to `sink`. `Completed.out` is empty.

    After `idle_seconds` without output, ssh and its children are killed. An error of `sink` ends them and is raised.
    """
    marks = Marks(secrets.token_hex(16))
    command, program = enclosed(marks, script)
    content = MarkedStream(marks, sink)
    started = time.monotonic()
    ended = await execute_to(
        connection.command(address, command), content.take, stdin=program + stdin, idle_seconds=idle_seconds
    )
    found = marks.find(content.finish(), ended.err)
    return judged(address, ended, found, idle_seconds, time.monotonic() - started)


async def execute_to(words: Sequence[str], sink: Sink, *, stdin: bytes = b"", idle_seconds: float) -> Ended:
    """Run a local program in a process group of its own, and pass its stdout to `sink`. `Ended.out` is empty.

    The group is killed after `idle_seconds` without output on stdout or stderr, at a cancel, and at an error of `sink`,
    which is raised. Of stderr, the last part is kept.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return Ended(None, b"", f"{words[0]}: {error.strerror}".encode(), of_start(error))
    transfer = _Transfer(process, sink)
    try:
        problem = await transfer.perform(stdin, idle_seconds)
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(_closed(process))
    return Ended(None if problem else process.returncode, b"", bytes(transfer.err), problem)


class MarkedStream:
    """Passes the output between the marks of a stream to `sink`, as it comes."""

    def __init__(self, marks: Marks, sink: Sink) -> None:
        self._start, self._end = marks.start, marks.end
        self._sink = sink
        self._head = bytearray()
        self._tail = bytearray()
        self._has_started = False

    def take(self, chunk: bytes) -> None:
        """Take the next piece of the stream."""
        if not self._has_started:
            self._head += chunk
            at = self._head.find(self._start)
            if at < 0:
                del self._head[:-_KEPT_BYTES]
                return
            end = at + len(self._start)
            chunk = bytes(self._head[end:])
            del self._head[end:]
            self._has_started = True
        self._tail += chunk
        # The mark at the end is never passed on: as many bytes as it has are held back.
        excess = len(self._tail) - len(self._end) - _EXIT_CODE_BYTES
        if excess > 0:
            self._sink(bytes(self._tail[:excess]))
            del self._tail[:excess]

    def finish(self) -> bytes:
        """Pass on the rest. Return the stream without the output: what came before it, and the marks."""
        at = self._tail.rfind(self._end) if self._has_started else -1
        if self._has_started:
            self._sink(bytes(self._tail if at < 0 else self._tail[:at]))
        return bytes(self._head) + (b"" if at < 0 else bytes(self._tail[at:]))


async def _closed(process: asyncio.subprocess.Process) -> None:
    """Wait for a killed process. The rest of its output is read, or its pipes would stay open."""
    assert process.stdout is not None  # noqa: S101 - for the type checker
    assert process.stderr is not None  # noqa: S101 - for the type checker
    with suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            await asyncio.gather(process.wait(), _drained(process.stdout), _drained(process.stderr))


async def _drained(stream: asyncio.StreamReader) -> None:
    while await stream.read(_CHUNK):
        pass


class _Transfer:
    def __init__(self, process: asyncio.subprocess.Process, sink: Sink) -> None:
        self._process = process
        self._sink = sink
        self._active_at = time.monotonic()
        self.err = bytearray()

    async def perform(self, stdin: bytes, idle_seconds: float) -> SshProblem | None:
        """Transfer everything. Return TIME_LIMIT if nothing came for `idle_seconds`."""
        out = asyncio.create_task(self._read_out())
        others = [asyncio.create_task(self._read_err()), asyncio.create_task(self._feed(stdin))]
        end = asyncio.create_task(self._process.wait())
        try:
            while not (out.done() and end.done()):
                left = self._active_at + idle_seconds - time.monotonic()
                if left <= 0:
                    return SshProblem.TIME_LIMIT
                waiting = {each for each in (out, end) if not each.done()}
                await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if out.done() and out.exception() is not None:
                    break
                if end.done() and not out.done():
                    # A control master of the user's that ssh started keeps stdout open when ssh has ended.
                    await asyncio.wait({out}, timeout=_DRAIN_SECONDS)
                    break
            await asyncio.wait(others, timeout=_DRAIN_SECONDS)
            if out.done():
                out.result()
            return None
        finally:
            for task in (out, end, *others):
                task.cancel()
            await asyncio.gather(out, end, *others, return_exceptions=True)

    async def _read_out(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - for the type checker
        while chunk := await self._process.stdout.read(_CHUNK):
            self._active_at = time.monotonic()
            # Writing to a slow disk must not stop the transfers from other hosts.
            await asyncio.to_thread(self._sink, chunk)

    async def _read_err(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 - for the type checker
        while chunk := await self._process.stderr.read(_CHUNK):
            self._active_at = time.monotonic()
            self.err += chunk
            del self.err[:-_KEPT_BYTES]

    async def _feed(self, stdin: bytes) -> None:
        stream = self._process.stdin
        assert stream is not None  # noqa: S101 - for the type checker
        with suppress(OSError):  # the process ended without reading all
            for start in range(0, len(stdin), _CHUNK):
                stream.write(stdin[start : start + _CHUNK])
                await stream.drain()
                self._active_at = time.monotonic()
            stream.close()
            await stream.wait_closed()
