"""Detects jobs that the kernel killed because memory ran out.

The kernel counts such kills for each control group and for the machine; it does not name the processes. A job counts as
killed for memory if it died of KILL, this runner did not send KILL, and the count rose at that time.
"""

import signal
from collections.abc import Iterable
from pathlib import Path

from torc_runner.detect.machine import CGROUP_ROOT, OWN_CGROUPS, groups_of
from torc_runner.sampling.process_trees import PROC

KILLED = 128 + signal.SIGKILL
"""Exit code of a command that was killed, and of a shell whose last command was killed."""


def counting_files(cgroup_root: Path = CGROUP_ROOT, own_groups: Path = OWN_CGROUPS, proc: Path = PROC) -> list[Path]:
    """Return the files with the counts: of our control group, version 1 or 2, and of the machine."""
    try:
        text = own_groups.read_text()
    except OSError:
        text = ""
    groups = [*groups_of(cgroup_root, text, "memory")]
    of_groups = [group / name for group in groups for name in ("memory.events", "memory.oom_control")]
    return [*[path for path in of_groups if path.exists()][:1], proc / "vmstat"]


class OomKills:
    """The counts, and when they last rose. Call `update` regularly."""

    def __init__(self, files: Iterable[Path], recent_seconds: float) -> None:
        """Read these files. A rise explains the ends of commands for `recent_seconds`."""
        self._files = [*files]
        self._recent_seconds = recent_seconds
        self._count = self._read()
        self._rose_at = float("-inf")

    def update(self, now: float) -> None:
        """Read the counts. `now` may be by any clock, but always by the same one."""
        count = self._read()
        if count > self._count:
            self._rose_at = now
        self._count = count

    def explain(self, exit_code: int, now: float) -> bool:
        """Whether the kernel killed a command for memory. Do not ask about commands that the runner killed."""
        if exit_code != KILLED:
            return False
        self.update(now)
        return now - self._rose_at <= self._recent_seconds

    def _read(self) -> int:
        return sum(number_of("oom_kill", path) for path in self._files)


def number_of(name: str, path: Path) -> int:
    """Return the number after `name` in a file of lines `name number`; 0 if the file or the name is missing."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name} "))
