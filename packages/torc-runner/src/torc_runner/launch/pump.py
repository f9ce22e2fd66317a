"""Output of which only the first part is kept: endless output fills no disk, and who writes it goes on.

Who is held to that writes into pipes. A thread empties them, so that a file system that hangs holds up nothing else;
what is not kept never leaves the kernel.
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

from torc_runner.launch.stdio import open_file
from torc_runner.stdio_files import StdioFiles

_AT_ONCE_BYTES = 64 * 1024
_THROWN_AWAY_AT_ONCE_BYTES = 1024 * 1024
_PATIENCE_SECONDS = 5.0
_MIB = 1024 * 1024


class Stream:
    """A pipe that a job writes into, and the file that gets its first part."""

    def __init__(self, path: str, max_bytes: int) -> None:
        self._file = open_file(path)
        try:
            self.reading, self.writing = os.pipe2(os.O_CLOEXEC)
        except OSError:
            os.close(self._file)
            raise
        os.set_blocking(self.reading, False)
        self.num_lost_bytes = 0
        self._max_bytes = self._left_bytes = max_bytes

    def take(self, nowhere: int) -> int:
        """Take some of what is there; give how much, 0 when nobody can write any more. Raises BlockingIOError."""
        if self._left_bytes == 0:
            count = os.splice(self.reading, nowhere, _THROWN_AWAY_AT_ONCE_BYTES)
            if count and not self.num_lost_bytes:
                self._note()
            self.num_lost_bytes += count
            return count
        data = os.read(self.reading, min(_AT_ONCE_BYTES, self._left_bytes))
        num_written = self._write(data)
        self._left_bytes -= num_written
        if num_written < len(data):  # the disk is full, say: the job learns of it no more than of the limit
            self._left_bytes = 0
            self.num_lost_bytes += len(data) - num_written
        return len(data)

    def take_rest(self, nowhere: int) -> None:
        """Take what was written up to now, and no more: others may still be writing, who have no right to."""
        with contextlib.suppress(OSError):
            (left,) = struct.unpack("i", fcntl.ioctl(self.reading, termios.FIONREAD, b"\0" * 4))
            while left > 0 and (count := self.take(nowhere)):
                left -= count

    def close(self) -> None:
        """Keep no more."""
        os.close(self.reading)
        os.close(self._file)

    def _note(self) -> None:
        text = f"\ntorc-runner: of this output the first {self._max_bytes // _MIB} MiB are kept\n"
        self._write(text.encode())

    def _write(self, data: bytes) -> int:
        """Write as much as the file takes; tell how much that was."""
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
        """Open both files for their first so many bytes; give what `finish` wants, and what the job writes to.

        Raises OSError.
        """
        streams: dict[str, Stream] = {}
        ends: list[int] = []
        try:
            for path in (files.stdout, files.stderr):
                if path == os.devnull:
                    ends.append(open_file(path))
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
        """Take the rest of these, and call `done` in the event loop."""
        self._finished.append((streams, done))
        os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """Take what is there of everything that was opened."""
        self._is_over = True
        os.eventfd_write(self._wake, 1)
        self._thread.join(_PATIENCE_SECONDS)
        if not self._thread.is_alive():  # else a file system hangs, and the thread with it
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
                with contextlib.suppress(RuntimeError):  # the loop is over: nobody wants to know
                    self._loop.call_soon_threadsafe(done)
        for stream in [*self._open.values()]:
            self._finish(stream)

    def _take(self, stream: Stream) -> bool:
        """Take some; tell whether more may come."""
        try:
            return stream.take(self._nowhere) > 0
        except BlockingIOError:
            return True

    def _finish(self, stream: Stream) -> None:
        if self._open.get(stream.reading) is stream:  # else let go before, and the number may be of another
            stream.take_rest(self._nowhere)
            self._let_go(stream)

    def _let_go(self, stream: Stream) -> None:
        del self._open[stream.reading]
        self._epoll.unregister(stream.reading)
        stream.close()
