"""Kills orphan processes of jobs: daemons, and processes in a session of their own.

The runner is a subreaper, so it becomes their parent when their own parent ends. Their marks show the launch that they
belong to. Where processes cannot be marked, their environment shows the runner and the job. A child that shows neither
was not left by a job, and is not touched.
"""

import asyncio
import contextlib
import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from torc_runner.launch.killing import Targets, freeze_and_kill
from torc_runner.launch.launches import Launches
from torc_runner.launch.spawn import is_awaited
from torc_runner.machine.job import JobId

_PR_SET_CHILD_SUBREAPER = 36
_SOON_SECONDS = 0.05
_LATER_SECONDS = 5.0
_JOB = b"TORC_JOB_ID="


class _Found(NamedTuple):
    """The live orphan processes that a check has found."""

    launches: set[int]
    pids: set[int]
    """Those without a mark."""


class OrphanProcesses:
    """Checks for orphan processes after each end of a job and every few seconds. `is_running` is called with a job."""

    def __init__(self, launches: Launches, is_running: Callable[[JobId], bool]) -> None:
        self._launches = launches
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
        """Stop checking. No job runs any more, so all that jobs left is killed."""
        if self._timer is not None:
            self._timer.cancel()
        if self._is_able:
            nameless = set() if self._launches.are_marked else self._nameless & self._read_children()
            freeze_and_kill(Targets(self._launches.marker, leaders=nameless, launches=None))
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
        found = _Found(set(), set())
        num_buried = sum(self._examine(pid, found) for pid in children - self._others)
        if found.pids or found.launches:
            freeze_and_kill(Targets(self._launches.marker, leaders=found.pids, launches=found.launches))
        # Their own children become children of the runner when they have ended.
        self._check_in(_SOON_SECONDS if num_buried or found.pids or found.launches else _LATER_SECONDS)

    def _read_children(self) -> set[int]:
        return {int(word) for word in self._children.read_text().split()}

    def _examine(self, pid: int, found: "_Found") -> bool:
        """Add a child to `found` if it is a live orphan process. Return whether it was dead and is reaped now."""
        if is_awaited(pid):
            return False  # a child of the runner, which reaps it
        number = self._launches.number_of(pid)
        if not number:
            return self._examine_unmarked(pid, found)
        if _reap(pid):
            return True
        if number not in self._launches.running:
            found.launches.add(number)
        return False

    def _examine_unmarked(self, pid: int, found: "_Found") -> bool:
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:  # dead; older kernels return an empty environment
            return self._bury(pid)
        if environment == [b""]:
            return self._bury(pid)
        if self._launches.marker not in environment:
            self._others.add(pid)
            return False
        job_ids = [
            int(entry[len(_JOB) :]) for entry in environment if entry.startswith(_JOB) and entry[len(_JOB) :].isdigit()
        ]
        if job_ids and not self._is_running(JobId(job_ids[-1])):
            found.pids.add(pid)
            self._remains.add(pid)
        return False

    def _bury(self, pid: int) -> bool:
        """Reap a dead child that no other code waits for: it was killed here, or was dead at an earlier check.

        A live process that has emptied its environment looks the same; its job is unknown.
        """
        if pid not in self._remains or not self._is_foreign(pid):
            self._remains.add(pid)
            return False
        if _reap(pid):
            return True
        self._others.add(pid)
        self._nameless.add(pid)
        return False

    def _is_foreign(self, pid: int) -> bool:
        try:
            return os.getsid(pid) != self._session
        except OSError:
            return False


def _reap(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return False


def _adopt(*, whether: bool) -> bool:
    """Make this process the parent of orphans below it, or undo that; return whether the kernel supports it."""
    failed = ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(whether), 0, 0, 0)
    return not failed
