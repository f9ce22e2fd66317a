"""The watchdog process: a small program that outlives the runner. It is started by path and imports only the library.

Arguments: descriptor of the shared memory, descriptor of a pipe that the runner holds open, marker of the jobs.
"""

import contextlib
import mmap
import os
import select
import signal
import sys
import time
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

_MAX_WAIT_SECONDS = 5.0
_REPEAT_SECONDS = 1.0
_ROUND_SECONDS = 0.02
_MAX_ROUNDS = 500


class Process(NamedTuple):
    """A live process."""

    parent: int
    group: int
    session: int


def main(memory: int, life_line: int, marker: bytes) -> None:
    """Wait for the end of the runner or of its lease, and kill its jobs."""
    shared = memoryview(mmap.mmap(memory, 0))
    good_until, slots = shared[:8].cast("d"), shared[8:].cast("i")
    poll = select.poll()
    poll.register(life_line, select.POLLIN)
    while True:
        left_seconds = good_until[0] - time.clock_gettime(time.CLOCK_BOOTTIME)
        if left_seconds < 0:
            end_all(frozenset(slots) - {0}, marker)
        wait_seconds = _REPEAT_SECONDS if left_seconds < 0 else min(_MAX_WAIT_SECONDS, left_seconds + 0.01)
        if poll.poll(1000 * wait_seconds):
            end_all(frozenset(slots) - {0}, marker)
            return


def end_all(jobs: AbstractSet[int], marker: bytes) -> None:
    """Kill the sessions of these jobs, their descendants, and all processes with the marker, until none is left."""
    for _ in range(_MAX_ROUNDS):
        victims = find(jobs, marker)
        if not victims:
            return
        for pid in victims:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_ROUND_SECONDS)


def find(jobs: AbstractSet[int], marker: bytes) -> set[int]:
    """Return the live processes of the jobs."""
    processes = {}
    for name in os.listdir("/proc"):  # noqa: PTH208  a Path for each process costs more than reading its file
        if name.isdecimal() and int(name) != os.getpid():
            process = read_process(int(name))
            if process is not None:
                processes[int(name)] = process
    victims = {
        pid
        for pid, process in processes.items()
        if process.session in jobs or process.group in jobs or has_marker(pid, marker)
    }
    while True:
        more = {pid for pid, process in processes.items() if process.parent in victims} - victims
        if not more:
            return victims
        victims |= more


def read_process(pid: int) -> Process | None:
    """Return a process; None if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else Process(int(fields[1]), int(fields[2]), int(fields[3]))


def has_marker(pid: int, marker: bytes) -> bool:
    """Whether a process was started with the marker in its environment."""
    try:
        return marker in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), os.fsencode(sys.argv[3]))
