"""Programs that were started from the terminal interface, and the end of what each of them printed."""

import asyncio
import contextlib
import os
import shlex
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from torc_client.edge.terminal_text import inert_line
from torc_client.errors import TorcError
from torc_client.log_files.line_windows import LINE_MOST_BYTES, Line
from torc_client.text import duration

MOST_LINES: Final = 2_000
MOST_BYTES: Final = 4 * 1024 * 1024
_PIECE_BYTES = 64 * 1024
# A program that prints without end leaves time for the screen.
_PAUSE_SECONDS = 0.005
_END_SECONDS = 15.0
_LOOK_SECONDS = 0.5


class ChildProcess:
    """A program with its last output. What it printed before is dropped."""

    def __init__(self, title: str, argv: Sequence[str], process: asyncio.subprocess.Process) -> None:
        """Take over a process with stdout and stderr in one pipe."""
        self.title = title
        self.argv = tuple(argv)
        self.version = 0
        """It grows with every piece of output, and at the end."""
        self.line_count = 0
        self._process = process
        self._started = time.monotonic()
        self._ended: float | None = None
        self._over = asyncio.Event()
        self._lines: deque[Line] = deque()
        self._kept_bytes = self._size_bytes = 0
        self._open = bytearray()
        self._open_length = 0

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self._ended is None

    @property
    def return_code(self) -> int | None:
        """The exit code, or the negative number of a signal; None while it runs."""
        return None if self._ended is None else self._process.returncode

    @property
    def state(self) -> str:
        """What it does, or how it ended, and for how long it ran."""
        ran = duration((self._ended or time.monotonic()) - self._started)
        code = self.return_code
        if code is None:
            return f"running for {ran}"
        if code < 0:
            return f"ended by {_signal_name(-code)} after {ran}"
        return f"ended with exit code {code} after {ran}"

    @property
    def command(self) -> str:
        """The command as a shell takes it."""
        return inert_line(shlex.join(self.argv))

    @property
    def dropped_count(self) -> int:
        """The number of lines that are no longer kept."""
        return self.line_count - len(self._lines)

    def lines_from(self, offset: int) -> tuple[int, list[Line]]:
        """Return the kept lines at or after an offset, with the number of the first one.

        The last line may be one that is being printed.
        """
        found: list[Line] = []
        for line in reversed(self._lines):
            if line.offset < offset:
                break
            found.append(line)
        found.reverse()
        number = self.line_count - len(found) + 1
        if self._open_length:
            content = bytes(self._open[:LINE_MOST_BYTES])
            found.append(Line(self._size_bytes - self._open_length, content, self._open_length, has_newline=False))
        return number, found

    async def wait(self) -> int:
        """Wait until it ends. Return its exit code."""
        await self._over.wait()
        return self._process.returncode or 0

    def terminate(self) -> None:
        """Ask it to end, with SIGTERM."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        """Kill it and the processes that it started, with SIGKILL."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    async def read_output(self) -> int:
        """Read until it ends. Return its exit code."""
        while piece := await self._piece():
            self.take(piece)
            await asyncio.sleep(_PAUSE_SECONDS)
        code = self._process.returncode
        if code is None:  # it closed its output, and runs on
            code = await self._process.wait()
        self._ended = time.monotonic()
        self._over.set()
        self.version += 1
        return code

    async def _piece(self) -> bytes:
        """Return the next output; nothing at its end, or if the program ended and only others hold its output."""
        assert self._process.stdout is not None, "a pipe"  # noqa: S101 - for the type checker
        reading = asyncio.ensure_future(self._process.stdout.read(_PIECE_BYTES))
        has_ended = False
        while not reading.done() and not has_ended:
            # Whether it ended is not awaited: some versions of Python wait for the end of its output, too.
            has_ended = self._process.returncode is not None
            await asyncio.wait({reading}, timeout=_LOOK_SECONDS)
        if reading.done():
            return reading.result()
        reading.cancel()
        self._process._transport.close()  # type: ignore[attr-defined] # noqa: SLF001 - nothing else closes the pipe
        return b""

    def take(self, piece: bytes) -> None:
        """Add output."""
        *complete, rest = piece.split(b"\n")
        for part in complete:
            self._extend(part)
            self._open_length += 1
            self._size_bytes += 1
            content = bytes(self._open[:LINE_MOST_BYTES])
            self._keep(Line(self._size_bytes - self._open_length, content, self._open_length, has_newline=True))
            self._open.clear()
            self._open_length = 0
        self._extend(rest)
        self.version += 1

    def _extend(self, part: bytes) -> None:
        self._size_bytes += len(part)
        self._open_length += len(part)
        self._open += part
        if len(self._open) > LINE_MOST_BYTES:
            # Of a progress bar, only the last state is shown. Other lines are cut.
            last = self._open.rfind(b"\r", 0, len(self._open) - 1)
            del self._open[: last + 1]
            del self._open[LINE_MOST_BYTES:]

    def _keep(self, line: Line) -> None:
        self.line_count += 1
        self._lines.append(line)
        self._kept_bytes += len(line.content)
        while len(self._lines) > MOST_LINES or self._kept_bytes > MOST_BYTES:
            self._kept_bytes -= len(self._lines.popleft().content)


class Processes:
    """The programs that were started, the newest first. `on_ended` is called when one ends."""

    def __init__(self, on_ended: Callable[[ChildProcess], None]) -> None:
        self.all: list[ChildProcess] = []
        self._on_ended = on_ended
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> list[ChildProcess]:
        """Those that run."""
        return [process for process in self.all if process.is_running]

    async def start(
        self,
        title: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> ChildProcess:
        """Start a program without input, in a session of its own. Raises TorcError if it cannot be started."""
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            raise TorcError(f"{argv[0]} cannot be started: {error.strerror or error}.") from error
        child = ChildProcess(title, argv, process)
        self.all.insert(0, child)
        task = asyncio.create_task(self._read(child))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return child

    async def close(self) -> None:
        """End all programs: ask them first, and kill what does not end in time."""
        for process in self.running:
            process.terminate()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_END_SECONDS)
        for process in self.running:
            process.kill()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _read(self, child: ChildProcess) -> None:
        await child.read_output()
        self._on_ended(child)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
