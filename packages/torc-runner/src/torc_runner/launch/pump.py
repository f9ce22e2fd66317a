"""Limit the size of output files: the first part of the output is kept, and the job continues.

A limited job writes into pipes. A thread empties the pipes, so that a hanging file system does not block the runner.
Output beyond the limit is discarded by splice, inside the kernel.
"""

import contextlib
import fcntl
import os
import select
import struct
import termios
import threading
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable, Sequence

from torc_runner.launch.stdio import create_file
from torc_runner.stdio_files import StdioFiles

_AT_ONCE_BYTES = 64 * 1024
_THROWN_AWAY_AT_ONCE_BYTES = 1024 * 1024
_PATIENCE_SECONDS = 5.0
_MIB = 1024 * 1024


class Stream:
    """A pipe that a job writes to, and the file that gets the first part of the output."""

    def __init__(self, path: str, max_bytes: int) -> None:
        self._file = create_file(path)
        try:
            self.reading, self.writing = os.pipe2(os.O_CLOEXEC)
        except OSError:
            os.close(self._file)
            raise
        os.set_blocking(self.reading, False)
        self.num_lost_bytes = 0
        self._max_bytes = self._left_bytes = max_bytes

    def take(self, nowhere: int) -> int:
        """Read from the pipe and return the number of bytes, 0 when it has no writer. Raises BlockingIOError."""
        if self._left_bytes == 0:
            count = os.splice(self.reading, nowhere, _THROWN_AWAY_AT_ONCE_BYTES)
            if count and not self.num_lost_bytes:
                self._note()
            self.num_lost_bytes += count
            return count
        data = os.read(self.reading, min(_AT_ONCE_BYTES, self._left_bytes))
        num_written = self._write(data)
        self._left_bytes -= num_written
        if num_written < len(data):  # for example, the disk is full; the job does not notice
            self._left_bytes = 0
            self.num_lost_bytes += len(data) - num_written
        return len(data)

    def take_rest(self, nowhere: int) -> None:
        """Read what was written up to now, and no more: orphan processes may still be writing."""
        with contextlib.suppress(OSError):
            (left,) = struct.unpack("i", fcntl.ioctl(self.reading, termios.FIONREAD, b"\0" * 4))
            while left > 0 and (count := self.take(nowhere)):
                left -= count

    def close(self) -> None:
        """Close pipe and file."""
        os.close(self.reading)
        os.close(self._file)

    def _note(self) -> None:
        text = f"\ntorc-runner: of this output the first {self._max_bytes // _MIB} MiB are kept\n"
        self._write(text.encode())

    def _write(self, data: bytes) -> int:
        """Write as much as possible, and return the number of bytes."""
        rest = memoryview(data)
        with contextlib.suppress(OSError):
            while rest:
                rest = rest[os.write(self._file, rest) :]
        return len(data) - len(rest)


class Pump:
    """The thread that empties pipes. `close` it at the end."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll = select.epoll()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        self._open: dict[int, Stream] = {}
        self._finished: deque[tuple[Sequence[Stream], Callable[[], None]]] = deque()
        self._is_over = False
        self._epoll.register(self._wake, select.EPOLLIN)
        self._thread = threading.Thread(target=self._work, name="torc-runner-output", daemon=True)
        self._thread.start()

    def open(self, files: StdioFiles, max_bytes: int) -> tuple[Sequence[Stream], tuple[int, int]]:
        """Open both files, limited to `max_bytes` each; return the streams for `finish`, and the job's descriptors.

        Raises OSError.
        """
        streams: dict[str, Stream] = {}
        ends: list[int] = []
        try:
            for path in (files.stdout, files.stderr):
                if path == os.devnull:
                    ends.append(create_file(path))
                elif path in streams:
                    ends.append(os.dup(streams[path].writing))
                else:
                    streams[path] = Stream(path, max_bytes)
                    ends.append(streams[path].writing)
        except OSError:
            for end in ends:
                os.close(end)
            for stream in streams.values():
                stream.close()
            raise
        for stream in streams.values():
            self._open[stream.reading] = stream
            self._epoll.register(stream.reading, select.EPOLLIN)
        return [*streams.values()], (ends[0], ends[1])

    def finish(self, streams: Sequence[Stream], done: Callable[[], None]) -> None:
        """Read the rest of these streams, and call `done` in the event loop."""
        self._finished.append((streams, done))
        os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """Read the rest of all open streams, and end the thread."""
        self._is_over = True
        os.eventfd_write(self._wake, 1)
        self._thread.join(_PATIENCE_SECONDS)
        if not self._thread.is_alive():  # else a file system hangs, and the thread too
            self._epoll.close()
            os.close(self._wake)
            os.close(self._nowhere)

    def _work(self) -> None:
        while not self._is_over:
            for descriptor, _ in self._epoll.poll():
                stream = self._open.get(descriptor)
                if stream is not None and not self._take(stream):
                    self._let_go(stream)
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake)
            while self._finished:
                streams, done = self._finished.popleft()
                for stream in streams:
                    self._finish(stream)
                with contextlib.suppress(RuntimeError):  # the event loop is closed
                    self._loop.call_soon_threadsafe(done)
        for stream in [*self._open.values()]:
            self._finish(stream)

    def _take(self, stream: Stream) -> bool:
        """Read once; return whether more may come."""
        try:
            return stream.take(self._nowhere) > 0
        except BlockingIOError:
            return True

    def _finish(self, stream: Stream) -> None:
        if self._open.get(stream.reading) is stream:  # else it was closed before, and the descriptor may be reused
            stream.take_rest(self._nowhere)
            self._let_go(stream)

    def _let_go(self, stream: Stream) -> None:
        del self._open[stream.reading]
        self._epoll.unregister(stream.reading)
        stream.close()
