"""The watchdog process: a small program that outlives the runner. It is started by path and imports only the library.

Arguments: descriptor of the shared memory, descriptor of a pipe that the runner holds open, marker of the jobs, and the
beginning of the paths of their control groups, which is empty without them.
"""

import mmap
import os
import select
import sys
import time
from pathlib import Path

_MAX_WAIT_SECONDS = 5.0
_REPEAT_SECONDS = 1.0


def main(memory: int, life_line: int, marker: bytes, group_prefix: str) -> None:
    """Wait for the end of the runner or of its lease, and kill its jobs."""
    from torc_runner.launch.killing import Targets, end_all, folders_with  # noqa: PLC0415  found by the caller's path

    shared = memoryview(mmap.mmap(memory, 0))
    good_until, num_kills, slots = shared[:8].cast("d"), shared[8:16].cast("q"), shared[16:].cast("i")
    poll = select.poll()
    poll.register(life_line, select.POLLIN)

    def end_jobs() -> None:
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


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2]))
    main(int(sys.argv[1]), int(sys.argv[2]), os.fsencode(sys.argv[3]), sys.argv[4])
