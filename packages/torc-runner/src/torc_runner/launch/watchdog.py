"""The watchdog kills jobs when the runner cannot: it was killed, or was stopped for longer than its lease.

The watchdog is a separate process, one for each runner. The runner writes the running jobs to shared memory, so that
a job costs no system call.
"""

import mmap
import os
import subprocess
import sys
from pathlib import Path

_PROGRAM = Path(__file__).with_name("watchdog_process.py")
_MAX_JOBS = 16 * 1024
_PATIENCE_SECONDS = 15.0


class Watchdog:
    """The runner's side. `marker` is an environment entry that only jobs of this runner have.

    The paths of the control groups of its jobs begin with `group_prefix`; it is empty if they have none. The first
    processes of jobs get TERM this number of seconds before they are killed; with 0, they are killed at once.
    """

    def __init__(self, marker: str, group_prefix: str = "", term_seconds: float = 0.0) -> None:
        self.marker = marker
        memory = os.memfd_create("torc-runner-jobs", os.MFD_CLOEXEC)
        os.ftruncate(memory, 16 + 4 * _MAX_JOBS)
        self._memory = memoryview(mmap.mmap(memory, 0))
        self._good_until = self._memory[:8].cast("d")
        self._num_kills = self._memory[8:16].cast("q")
        self._slots = self._memory[16:].cast("i")
        self._good_until[0] = float("inf")
        self._free = [*range(_MAX_JOBS - 1, -1, -1)]
        self._slot_of: dict[int, int] = {}
        read_end, self._lifeline = os.pipe2(os.O_CLOEXEC)
        try:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    _PROGRAM,
                    str(memory),
                    str(read_end),
                    marker,
                    group_prefix,
                    f"{term_seconds:g}",
                ],
                pass_fds=(memory, read_end),
                start_new_session=True,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(read_end)
            os.close(memory)

    @property
    def has_killed(self) -> bool:
        """Whether the watchdog has killed jobs, or begins to, because the time in which they may run was over."""
        return self._num_kills[0] > 0

    def good_until(self, seconds: float) -> None:
        """Set until when jobs may run, by the clock that also counts sleep."""
        self._good_until[0] = seconds

    def started(self, pid: int) -> None:
        """Add a job, by the process id of its session leader."""
        if self._free:
            slot = self._slot_of[pid] = self._free.pop()
            self._slots[slot] = pid

    def ended(self, pid: int) -> None:
        """Remove a job."""
        slot = self._slot_of.pop(pid, None)
        if slot is not None:
            self._slots[slot] = 0
            self._free.append(slot)

    def close(self) -> None:
        """End the watchdog, which kills all remaining processes of the jobs."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
            try:
                self._process.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
