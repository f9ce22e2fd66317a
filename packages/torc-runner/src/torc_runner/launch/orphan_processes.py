"""Kills orphan processes of jobs: daemons, and processes in a session of their own.

The runner is a subreaper, so it becomes their parent when their own parent ends. Their environment shows the runner and
the job that they belong to.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

from torc_runner.launch.spawn import is_awaited
from torc_runner.machine.job import JobId

_PR_SET_CHILD_SUBREAPER = 36
_SOON_SECONDS = 0.05
_LATER_SECONDS = 5.0
_JOB = b"TORC_JOB_ID="


class OrphanProcesses:
    """Checks for orphan processes after each end of a job and every few seconds. `is_running` is called with a job."""

    def __init__(self, marker: str, is_running: Callable[[JobId], bool]) -> None:
        self._marker = os.fsencode(marker)
        self._is_running = is_running
        self._children = Path(f"/proc/self/task/{os.getpid()}/children")
        self._others: set[int] = set()
        self._remains: set[int] = set()
        self._nameless: set[int] = set()
        self._session = os.getsid(0)
        self._timer: asyncio.TimerHandle | None = None
        self._is_soon = False
        self._is_able = self._children.exists() and _adopt(whether=True)
        self._check_in(_LATER_SECONDS)

    def job_ended(self) -> None:
        """Schedule a check in a moment."""
        if not self._is_soon:
            self._is_soon = True
            self._check_in(_SOON_SECONDS)

    def close(self) -> None:
        """Stop checking. No job runs any more, so remaining children without environment are killed."""
        if self._timer is not None:
            self._timer.cancel()
        if self._is_able:
            for pid in self._nameless & self._read_children():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            _adopt(whether=False)
        self._is_able = False

    def _check_in(self, seconds: float) -> None:
        if self._is_able:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_later(seconds, self._check)

    def _check(self) -> None:
        self._is_soon = False
        children = self._read_children()
        self._others &= children
        self._remains &= children
        num_ended = sum(self._handle_child(pid) for pid in children - self._others)
        # Their own children become children of the runner when they have ended.
        self._check_in(_SOON_SECONDS if num_ended else _LATER_SECONDS)

    def _read_children(self) -> set[int]:
        return {int(word) for word in self._children.read_text().split()}

    def _handle_child(self, pid: int) -> bool:
        """Kill a child if it is an orphan process, and return whether it is one."""
        if is_awaited(pid):
            return False  # a child of the runner, which reaps it
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:  # dead; older kernels return an empty environment
            return self._bury(pid)
        if environment == [b""]:
            return self._bury(pid)
        if self._marker not in environment:
            self._others.add(pid)
            return False
        job_ids = [
            int(entry[len(_JOB) :]) for entry in environment if entry.startswith(_JOB) and entry[len(_JOB) :].isdigit()
        ]
        if not job_ids or self._is_running(JobId(job_ids[-1])):
            return False
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
        self._remains.add(pid)
        return True

    def _bury(self, pid: int) -> bool:
        """Reap a dead child that no other code waits for: it was killed here, or was dead at an earlier check.

        A live process that has emptied its environment looks the same; its job is unknown.
        """
        if pid not in self._remains or not self._is_foreign(pid):
            self._remains.add(pid)
            return False
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return True
        self._others.add(pid)
        self._nameless.add(pid)
        return False

    def _is_foreign(self, pid: int) -> bool:
        try:
            return os.getsid(pid) != self._session
        except OSError:
            return False


def _adopt(*, whether: bool) -> bool:
    """Make this process the parent of orphans below it, or undo that; return whether the kernel supports it."""
    failed = ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(whether), 0, 0, 0)
    return not failed
