"""A control group for each job, where the runner may make some: then the kernel itself holds jobs to their memory.

It may where it is alone in a group of version 2 that was handed to it, as `systemd-run --user --scope -p Delegate=yes`
does. Processes may only be in the leaves, so the runner moves into a group of its own beside those of its jobs.
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
    """What a job's group has seen."""

    is_oom_killed: bool
    peak_memory_bytes: int | None


class JobGroup:
    """The group of one attempt."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entered_by(self, arguments: list[str]) -> list[str]:
        """Give the arguments of a command that enters the group before all else.

        To be moved takes a process some milliseconds, in which it could start others that would stay outside.
        """
        return ["bash", "-c", _ENTER, str(self._folder), *arguments]

    def end(self) -> GroupEnd:
        """End what is left in it, and tell what it has seen."""
        peak = _read(self._folder / "memory.peak").strip()
        end = GroupEnd(
            is_oom_killed=number_of("oom_kill", self._folder / "memory.events") > 0,
            peak_memory_bytes=int(peak) if peak.isdecimal() else None,
        )
        _write(self._folder / "cgroup.kill", "1")
        return end

    def remove(self) -> bool:
        """Remove it; tell whether it is gone, which it is only when the last of its processes is."""
        try:
            self._folder.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True


class JobGroups:
    """The groups of a runner's jobs."""

    def __init__(self, folder: Path, proc: Path = PROC) -> None:
        self._folder = folder
        self._proc = proc
        self._emptying: list[JobGroup] = []

    def make(self, job_id: int, attempt_id: int, limit_bytes: int) -> JobGroup | None:
        """Make a group whose processes are ended together when they take more; None where that does not work."""
        folder = self._folder / f"torc-job-{job_id}-{attempt_id}"
        try:
            folder.mkdir()
        except OSError:
            return None
        group = JobGroup(folder)
        if not _write(folder / "memory.max", str(limit_bytes)):
            group.remove()
            return None
        _write(folder / "memory.oom.group", "1")
        _write(folder / "memory.swap.max", "0")  # not everywhere; else a job would slow down the node first
        return group

    def discard(self, group: JobGroup) -> None:
        """Remove a group as soon as it is empty."""
        self._emptying = [each for each in [*self._emptying, group] if not each.remove()]

    def tidy(self) -> None:
        """Remove what has become empty."""
        self._emptying = [each for each in self._emptying if not each.remove()]

    def close(self) -> None:
        """Leave everything as it was found."""
        self.tidy()
        _write(self._folder / "cgroup.subtree_control", "-memory")
        for pid in _read(self._folder / _OWN / "cgroup.procs").split():
            _write(self._folder / "cgroup.procs", pid)
        with contextlib.suppress(OSError):
            (self._folder / _OWN).rmdir()


def job_groups(cgroup_root: Path = CGROUP_ROOT, own_groups: Path = OWN_CGROUPS, proc: Path = PROC) -> JobGroups | None:
    """Prepare for groups of jobs; None where this process may not make any, or is not alone in its group."""
    folder = _own_group(cgroup_root, own_groups)
    if folder is None or not _is_handed_over(folder) or not _is_alone(folder, proc):
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


def _is_handed_over(folder: Path) -> bool:
    """Whether memory can be limited below, and by us. Nobody owns the root group, whatever its files allow."""
    return (
        "memory" in _read(folder / "cgroup.controllers").split()
        and (folder / "cgroup.type").exists()
        and all(os.access(folder / name, os.W_OK) for name in (".", "cgroup.procs", "cgroup.subtree_control"))
    )


def _is_alone(folder: Path, proc: Path) -> bool:
    """Whether only this process and its children are in the group: nobody else is to be moved about."""
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
