"""A control group for each job, if the runner may create groups: then the kernel enforces the memory limits of jobs.

The runner may create groups if it is alone in a group of version 2 that was delegated to it, for example by
`systemd-run --user --scope -p Delegate=yes`. Only leaves of the tree may have processes, so the runner moves itself
into a group beside those of its jobs.
"""

import contextlib
import os
from pathlib import Path

from msgspec import Struct

from torc_runner.detect.machine import CGROUP_ROOT, OWN_CGROUPS
from torc_runner.memory.oom_kills import number_of
from torc_runner.sampling.process_trees import PROC

_OWN = "torc-runner"
_ENTER = '{ echo 0 > "$0/cgroup.procs"; } 2> /dev/null; exec "$@"'


class GroupEnd(Struct, frozen=True):
    """The record of the kernel about a group."""

    is_oom_killed: bool
    peak_memory_bytes: int | None


class JobGroup:
    """The group of one attempt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entered_by(self, arguments: list[str]) -> list[str]:
        """Return the arguments of a command that enters the group and then runs `arguments`.

        If the runner moved the process, this would take some milliseconds. Processes that the job starts in this time
        would remain outside the group.
        """
        return ["bash", "-c", _ENTER, str(self.folder), *arguments]

    def end(self) -> GroupEnd:
        """Kill the processes that are left in the group, and return what the kernel recorded."""
        peak = _read(self.folder / "memory.peak").strip()
        is_oom_killed = number_of("oom_kill", self.folder / "memory.events") > 0
        cached_bytes = 0 if is_oom_killed else self._cached_bytes()  # of what is killed, the cache was taken back
        end = GroupEnd(is_oom_killed, max(0, int(peak) - cached_bytes) if peak.isdecimal() else None)
        _write(self.folder / "cgroup.kill", "1")
        return end

    def _cached_bytes(self) -> int:
        """Return the size of the cached pages of files, which the kernel takes back when memory is short."""
        statistics = self.folder / "memory.stat"
        return number_of("file", statistics) - number_of("shmem", statistics)

    def remove(self) -> bool:
        """Remove the group, and return whether this succeeded. The kernel refuses it while the group has processes."""
        try:
            self.folder.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True


class JobGroups:
    """The groups of a runner's jobs."""

    def __init__(self, folder: Path, proc: Path = PROC) -> None:
        self._folder = folder
        self.prefix = str(folder / "torc-job-")
        """The beginning of the path of each job's group."""
        self._proc = proc
        self._emptying: list[JobGroup] = []

    def make(self, job_id: int, attempt_id: int, limit_bytes: int) -> JobGroup | None:
        """Create a group whose processes are killed together when they exceed the limit. None if this fails."""
        folder = Path(f"{self.prefix}{job_id}-{attempt_id}")
        try:
            folder.mkdir()
        except OSError:
            return None
        group = JobGroup(folder)
        if not _write(folder / "memory.max", str(limit_bytes)):
            group.remove()
            return None
        _write(folder / "memory.oom.group", "1")
        _write(
            folder / "memory.swap.max", "0"
        )  # else the job would swap first, which slows down the node; not every kernel has this file
        return group

    def discard(self, group: JobGroup) -> None:
        """Remove a group as soon as it is empty."""
        self._emptying = [each for each in [*self._emptying, group] if not each.remove()]

    def tidy(self) -> None:
        """Remove the discarded groups that are empty now."""
        self._emptying = [each for each in self._emptying if not each.remove()]

    def close(self) -> None:
        """Restore the group of the runner as it was before."""
        self.tidy()
        _write(self._folder / "cgroup.subtree_control", "-memory")
        for pid in _read(self._folder / _OWN / "cgroup.procs").split():
            _write(self._folder / "cgroup.procs", pid)
        with contextlib.suppress(OSError):
            (self._folder / _OWN).rmdir()


def job_groups(cgroup_root: Path = CGROUP_ROOT, own_groups: Path = OWN_CGROUPS, proc: Path = PROC) -> JobGroups | None:
    """Prepare this process's group for groups of jobs.

    None if the process may not create groups, or if its group has processes that are not its children.
    """
    folder = _own_group(cgroup_root, own_groups)
    if folder is None or not _is_delegated(folder) or not _is_alone(folder, proc):
        return None
    own = folder / _OWN
    try:
        own.mkdir(exist_ok=True)
    except OSError:
        return None
    groups = JobGroups(folder, proc)
    moved = [_write(own / "cgroup.procs", pid) for pid in _read(folder / "cgroup.procs").split()]
    if not all(moved) or not _write(folder / "cgroup.subtree_control", "+memory"):
        groups.close()
        return None
    return groups


def _own_group(cgroup_root: Path, own_groups: Path) -> Path | None:
    for line in _read(own_groups).splitlines():
        if line.startswith("0::"):
            path = line.removeprefix("0::").strip("/")
            for root in (cgroup_root, cgroup_root / "unified"):
                if (root / path / "cgroup.procs").exists():
                    return root / path
    return None


def _is_delegated(folder: Path) -> bool:
    """Whether this process may limit memory in child groups. Excludes the root group, which has no `cgroup.type`."""
    return (
        "memory" in _read(folder / "cgroup.controllers").split()
        and (folder / "cgroup.type").exists()
        and all(os.access(folder / name, os.W_OK) for name in (".", "cgroup.procs", "cgroup.subtree_control"))
    )


def _is_alone(folder: Path, proc: Path) -> bool:
    """Whether the group has only this process and its children. Other processes must not be moved."""
    own = os.getpid()
    for pid in map(int, _read(folder / "cgroup.procs").split()):
        fields = _read(proc / str(pid) / "stat").rpartition(")")[2].split()
        if pid != own and (len(fields) < 2 or int(fields[1]) != own):
            return False
    return True


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _write(path: Path, text: str) -> bool:
    try:
        path.write_text(text)
    except OSError:
        return False
    return True
