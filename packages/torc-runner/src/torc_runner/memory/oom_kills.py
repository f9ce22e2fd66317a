"""Whether the kernel has just ended processes because memory ran out.

It says how often it did so for a control group, and for the machine; not whom. A job that was killed by nobody here,
just when that number rose, was such a one.
"""

import signal
from collections.abc import Iterable
from pathlib import Path

from torc_runner.detect.machine import CGROUP_ROOT, OWN_CGROUPS, groups_of
from torc_runner.sampling.process_trees import PROC

KILLED = frozenset({-signal.SIGKILL, 128 + signal.SIGKILL})
"""How a command ends that was killed, or a shell whose last command was."""


def counting_files(cgroup_root: Path = CGROUP_ROOT, own_groups: Path = OWN_CGROUPS, proc: Path = PROC) -> list[Path]:
    """Name the files that count what the kernel ends: of our control group, in either generation, and the machine's."""
    try:
        text = own_groups.read_text()
    except OSError:
        text = ""
    groups = [*groups_of(cgroup_root, text, "memory")]
    of_groups = [group / name for group in groups for name in ("memory.events", "memory.oom_control")]
    return [*[path for path in of_groups if path.exists()][:1], proc / "vmstat"]


class OomKills:
    """Knows when the number last rose. It must be looked at every now and then."""

    def __init__(self, files: Iterable[Path], recent_seconds: float) -> None:
        """Look at these files; what happened `recent_seconds` ago is not news any more."""
        self._files = [*files]
        self._recent_seconds = recent_seconds
        self._count = self._read()
        self._rose_at = float("-inf")

    def look(self, now: float) -> None:
        """Look at the number, at a moment of any one clock."""
        count = self._read()
        if count > self._count:
            self._rose_at = now
        self._count = count

    def explain(self, exit_code: int, now: float) -> bool:
        """Whether a command that nobody here has killed ended so since memory ran out."""
        if exit_code not in KILLED:
            return False
        self.look(now)
        return now - self._rose_at <= self._recent_seconds

    def _read(self) -> int:
        return sum(number_of("oom_kill", path) for path in self._files)


def number_of(name: str, path: Path) -> int:
    """Read a number out of lines of names and numbers; 0 where it is not told."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name} "))
