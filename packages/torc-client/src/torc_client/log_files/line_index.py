"""The numbers of lines in a large log: the newlines before each block are counted once, and kept.

A gibibyte of log is an index of 8 kB. The index grows with the log; a log that was replaced is counted again.
"""

import threading
from array import array
from bisect import bisect_right
from typing import Final

from torc_client.log_files.line_windows import SeekableLog, Stop, StoppedError, never

BLOCK_BYTES: Final = 1024 * 1024
_MARK_BYTES = 64


class LineIndex:
    """The number of newlines before each block of a log. Its methods may be called by several threads."""

    def __init__(self, block_bytes: int = BLOCK_BYTES) -> None:
        self._block_bytes = block_bytes
        self._before = array("Q", [0])
        self._mark = b""
        self._lock = threading.Lock()

    @property
    def counted_bytes(self) -> int:
        """The size of the counted part of the log."""
        return (len(self._before) - 1) * self._block_bytes

    def is_counted(self, log: SeekableLog) -> bool:
        """Whether all complete blocks of a log are counted, so that all numbers are known."""
        return log.size_bytes - self.counted_bytes < self._block_bytes

    def count(self, log: SeekableLog, stop: Stop = never) -> None:
        """Count up to the end of the log, or until `stop`; then the counted part is kept."""
        with self._lock:
            self._forget_another_log(log)
            while not self.is_counted(log) and not stop():
                block = log.read(self.counted_bytes, self._block_bytes)
                if len(block) < self._block_bytes:  # the log became shorter
                    return
                self._before.append(self._before[-1] + block.count(b"\n"))
                self._mark = block[-_MARK_BYTES:]

    def number_at(self, log: SeekableLog, offset: int) -> int | None:
        """Return the number of the line that starts at an offset, counted from 1; None if it is not counted yet."""
        block = offset // self._block_bytes
        before = self._before
        if block >= len(before):
            return None
        start = block * self._block_bytes
        return before[block] + log.read(start, offset - start).count(b"\n") + 1

    def lines_in(self, log: SeekableLog) -> int | None:
        """Return the number of lines of the log; None if they are not counted yet."""
        size = log.size_bytes
        if size == 0:
            return 0
        number = self.number_at(log, size)
        if number is None:
            return None
        return number - 1 if log.read(size - 1, 1) == b"\n" else number

    def start_of(self, log: SeekableLog, number: int, stop: Stop = never) -> int | None:
        """Return the offset of a line, counted from 1; None if the log has fewer lines.

        Raises StoppedError if the line is not counted, and `stop` prevents counting.
        """
        if number <= 1:
            return 0
        if self._before[-1] < number - 1:
            self.count(log, stop)
        before = self._before
        newlines = number - 1
        # The last block with fewer newlines before it has the newline that ends the previous line.
        block = bisect_right(before, newlines - 1) - 1
        start = block * self._block_bytes
        content = log.read(start, self._block_bytes)
        missing = newlines - before[block]
        if content.count(b"\n") < missing:
            if not self.is_counted(log):
                raise StoppedError
            return None
        at = -1
        for _ in range(missing):
            at = content.find(b"\n", at + 1)
        found = start + at + 1
        return found if found < log.size_bytes else None

    def _forget_another_log(self, log: SeekableLog) -> None:
        counted = self.counted_bytes
        if counted and log.read(counted - len(self._mark), len(self._mark)) != self._mark:
            self._before = array("Q", [0])
            self._mark = b""


class IndexCache:
    """The indexes of the logs that were read last, by device and inode."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._indexes: dict[tuple[object, ...], LineIndex] = {}

    def of(self, identity: tuple[object, ...]) -> LineIndex:
        """Return the index of a log, a new one if there is none."""
        index = self._indexes.pop(identity, None) or LineIndex()
        self._indexes[identity] = index
        while len(self._indexes) > self._most:
            del self._indexes[next(iter(self._indexes))]
        return index
