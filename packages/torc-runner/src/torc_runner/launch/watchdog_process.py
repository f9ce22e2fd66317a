"""The watchdog process: a small program that outlives the runner. It is started by path and imports only the library.

Arguments: descriptor of the shared memory, descriptor of a pipe that the runner holds open, marker of the jobs, the
beginning of the paths of their control groups, which is empty without them, and the seconds between TERM and KILL. TERM
is for programs that end something elsewhere; with 0, it is not sent.
"""

import contextlib
import mmap
import os
import select
import signal
import sys
import time
from pathlib import Path

_MAX_WAIT_SECONDS = 5.0
_REPEAT_SECONDS = 1.0
_STEP_SECONDS = 0.05


def main(memory: int, life_line: int, marker: bytes, group_prefix: str, term_seconds: float) -> None:
    """Wait for the end of the runner or of its lease, and kill its jobs."""
    from torc_runner.launch.killing import Targets, end_all, folders_with  # noqa: PLC0415  found by the caller's path

    shared = memoryview(mmap.mmap(memory, 0))
    good_until, num_kills, slots = shared[:8].cast("d"), shared[8:16].cast("q"), shared[16:].cast("i")
    poll = select.poll()
    poll.register(life_line, select.POLLIN)

    def end_jobs() -> None:
        if term_seconds:
            _terminate(frozenset(slots) - {0}, term_seconds)
        end_all(Targets(marker, leaders=frozenset(slots) - {0}, launches=None, groups=folders_with(group_prefix)))

    while True:
        left_seconds = good_until[0] - time.clock_gettime(time.CLOCK_BOOTTIME)
        if left_seconds < 0:
            num_kills[0] += 1  # before the first kill, so that the runner does not take the ends for those of the jobs
            end_jobs()
        wait_seconds = _REPEAT_SECONDS if left_seconds < 0 else min(_MAX_WAIT_SECONDS, left_seconds + 0.01)
        if poll.poll(1000 * wait_seconds):
            end_jobs()
            return


def _terminate(pids: frozenset[int], seconds: float) -> None:
    """Send TERM to processes, and wait for their ends for a limited time."""
    for pid in pids:
        for number in (signal.SIGTERM, signal.SIGCONT):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
    until = time.monotonic() + seconds
    while any(map(_runs, pids)) and time.monotonic() < until:
        time.sleep(_STEP_SECONDS)


def _runs(pid: int) -> bool:
    """Whether a process runs. One that has ended may not be reaped yet, because the runner is stopped."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  like its neighbours
            return file.read().rpartition(b")")[2].split()[0] not in {b"Z", b"X"}
    except OSError:
        return False


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2]))
    main(int(sys.argv[1]), int(sys.argv[2]), os.fsencode(sys.argv[3]), sys.argv[4], float(sys.argv[5]))
