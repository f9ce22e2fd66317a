"""Freeze and kill: no process of a job executes an instruction between the first kill and the last.

If processes were killed one after the other, the parent of the first would continue with the next command of its
script. So they are stopped first, until a scan of /proc finds none that still runs. A stopped process cannot start
others, and dies of SIGKILL at once. Imports only the library, because the watchdog process uses this module.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

from torc_runner.launch.marks import Marks

_STILL = frozenset({b"T", b"t", b"D"})
"""States in which a process with a pending SIGSTOP executes no instruction of its program."""
_DEAD = frozenset({b"Z", b"X"})
_PAUSE_SECONDS = 0.001
_ROUND_SECONDS = 0.02
_FREEZING_SECONDS = 1.0
"""A process that does not stop for this time is killed all the same."""
_LONGEST_FREEZING_SECONDS = 10.0
_MAX_ROUNDS = 500


class Targets(NamedTuple):
    """The processes to end, as far as they are known before a scan. Their descendants are ended too."""

    marker: bytes = b""
    """The environment entry of the runner's jobs. Their marks follow from it."""
    leaders: AbstractSet[int] = frozenset()
    """Processes; each is ended with its session and its process group."""
    launches: AbstractSet[int] | None = frozenset()
    """The launches to end by their marks; None for every process with the marker or a mark of the runner."""
    groups: tuple[str, ...] = ()
    """The folders of control groups to end."""


class Process(NamedTuple):
    """A live process."""

    state: bytes
    """That of the main thread."""
    parent: int
    group: int
    session: int
    num_threads: int


def end_all(targets: Targets) -> None:
    """Freeze and kill the targets, until none is left."""
    for _ in range(_MAX_ROUNDS):
        if not freeze_and_kill(targets):
            return
        time.sleep(_ROUND_SECONDS)


def freeze_and_kill(targets: Targets) -> bool:
    """Freeze and kill the targets, and return whether there were any. Does not wait for their ends."""
    scan = _Scan(targets)
    for folder in targets.groups:
        _write(f"{folder}/cgroup.freeze", "1")
    victims = scan.stop_all()
    for folder in targets.groups:
        _write(f"{folder}/cgroup.kill", "1")
    scan.signal(victims, signal.SIGKILL)
    return bool(victims)


class _Scan:
    """Repeated scans of /proc for the same targets."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._marks = Marks(targets.marker)
        self._others: set[int] = set()
        """Processes without a sign of a target. Their environment is read once."""
        self._processes: dict[int, Process] = {}
        self._seen: set[int] = {*_spared()}

    def stop_all(self) -> Mapping[int, Process]:
        """Stop the targets until a scan finds no other and none that runs. Return them."""
        begun_at = found_at = time.monotonic()
        known: set[int] = set()
        while True:
            self._stop_new(until=begun_at + _LONGEST_FREEZING_SECONDS)
            victims, now = self._find(), time.monotonic()
            new = victims.keys() - known
            running = {pid for pid, process in victims.items() if not _is_still(pid, process)}
            if new:
                known |= new
                found_at = now
            elif not running or now - found_at > _FREEZING_SECONDS:
                return victims
            if now - begun_at > _LONGEST_FREEZING_SECONDS:
                return victims
            self.signal({pid: victims[pid] for pid in new | running}, signal.SIGSTOP)
            if not new:
                time.sleep(_PAUSE_SECONDS)

    def _stop_new(self, *, until: float) -> None:
        """Stop new processes with a sign of a target, until no process is new.

        A process may start its successor and end in less time than a scan takes. Only new processes are read here, and
        one that has ended before may have a successor.
        """
        while time.monotonic() < until:
            new = _pids() - self._seen
            self._seen |= new
            if not new:
                return
            for pid in filter(self._has_sign, new):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGSTOP)

    def signal(self, victims: Mapping[int, Process], number: signal.Signals) -> None:
        """Signal processes. A group of targets only is signaled as a whole, so that no new process escapes."""
        shared = {process.group for pid, process in self._processes.items() if pid not in victims}
        shared |= {0, 1, os.getpgrp()}
        for group in {process.group for process in victims.values()} - shared:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
        for pid in [pid for pid, process in victims.items() if process.group in shared]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)

    def _find(self) -> dict[int, Process]:
        self._processes = processes = _read_processes()
        leaders = self._targets.leaders
        grouped = _members(self._targets.groups)
        victims = {
            pid
            for pid, process in processes.items()
            if pid in leaders
            or process.session in leaders
            or process.group in leaders
            or pid in grouped
            or self._has_sign(pid)
        }
        while more := {pid for pid, process in processes.items() if process.parent in victims} - victims:
            victims |= more
        return {pid: processes[pid] for pid in victims}

    def _has_sign(self, pid: int) -> bool:
        if pid in self._others:
            return False
        launches = self._targets.launches
        number = self._marks.number_of(pid)
        has_sign = number in launches if launches is not None else number > 0 or _has_entry(pid, self._targets.marker)
        if not has_sign:
            self._others.add(pid)
        return has_sign


def _spared() -> tuple[int, int]:
    """Return this process and its parent.

    The parent of the watchdog is the runner, which has the mark of a launch itself while it starts a process.
    """
    return os.getpid(), os.getppid()


def _pids() -> set[int]:
    names = os.listdir("/proc")  # noqa: PTH208  a Path for each process costs more than reading its file
    return {int(name) for name in names if name.isdecimal()}


def _read_processes() -> dict[int, Process]:
    """Return the live processes except this one and its parent."""
    found = {pid: _read_process(pid) for pid in _pids().difference(_spared())}
    return {pid: process for pid, process in found.items() if process is not None}


def _read_process(pid: int) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:  # noqa: PTH123  the same
            fields = file.read().rpartition(b")")[2].split()
    except OSError:  # it has ended
        return None
    if len(fields) < 18:
        return None
    process = Process(fields[0], int(fields[1]), int(fields[2]), int(fields[3]), int(fields[17]))
    # The main thread of a live process may have ended.
    return None if process.state in _DEAD and process.num_threads <= 1 else process


def _is_still(pid: int, process: Process) -> bool:
    if process.num_threads <= 1:
        return process.state in _STILL
    states = set()
    with contextlib.suppress(OSError):  # a thread has ended: the next scan shows the rest
        for path in Path(f"/proc/{pid}/task").iterdir():
            states.add((path / "stat").read_bytes().rpartition(b")")[2].split()[0])
        return states <= _STILL | _DEAD
    return False


def _has_entry(pid: int, marker: bytes) -> bool:
    """Whether a process was started with the marker in its environment."""
    try:
        return marker in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def folders_with(prefix: str) -> tuple[str, ...]:
    """Return the folders whose paths begin with `prefix`; none if it is empty."""
    path = Path(prefix)
    return tuple(map(str, path.parent.glob(f"{path.name}*"))) if prefix else ()


def _members(folders: Iterable[str]) -> set[int]:
    members: set[int] = set()
    for folder in folders:
        with contextlib.suppress(OSError):
            members.update(map(int, Path(folder, "cgroup.procs").read_bytes().split()))
    return members


def _write(path: str, text: str) -> None:
    with contextlib.suppress(OSError):
        Path(path).write_text(text, encoding="ascii")
