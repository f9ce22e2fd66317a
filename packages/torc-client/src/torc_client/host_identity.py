"""Which host, boot and process this is, so that others here can tell whether a runner is dead."""

import json
import os
import socket
from pathlib import Path

from msgspec import Struct


class Host(Struct, frozen=True):
    """Where this process runs."""

    name: str
    pid: int
    identity: str = ""
    """What tells this process from all others, in words of this module; empty where nobody can tell."""


class _Identity(Struct, frozen=True):
    machine: str
    boot: str
    pid_namespace: str
    pid: int
    start_ticks: int
    runner_id: str = ""


def this_host() -> Host:
    """Name this machine and process."""
    pid = os.getpid()
    return Host(socket.gethostname(), pid, _identity_of(pid))


def as_runner(identity: str, runner_id: str) -> str:
    """Add what the jobs of this process are known by."""
    return json.dumps({**json.loads(identity), "runner_id": runner_id}) if identity else ""


def runner_id_of(identity: str | None) -> str:
    """Tell by what the jobs of a process are known; empty where nobody can tell."""
    known = _read(identity)
    return known.runner_id if known else ""


def is_dead(identity: str | None, here: str) -> bool:
    """Whether the process of that identity cannot live any more, as far as the process `here` can tell."""
    other, own = _read(identity), _read(here)
    if other is None or own is None or other.machine != own.machine:
        return False
    if other.boot != own.boot:
        return True
    if other.pid_namespace != own.pid_namespace:
        return False  # a container beside this one
    return _start_ticks(other.pid) != other.start_ticks


def _identity_of(pid: int) -> str:
    try:
        parts = {
            "machine": _line("/etc/machine-id"),
            "boot": _line("/proc/sys/kernel/random/boot_id"),
            "pid_namespace": os.readlink("/proc/self/ns/pid"),  # noqa: PTH115  the text, not a path
            "pid": pid,
            "start_ticks": _start_ticks(pid),
        }
    except OSError:
        return ""
    return json.dumps(parts) if parts["machine"] else ""


def _read(identity: str | None) -> _Identity | None:
    try:
        return _Identity(**json.loads(identity or ""))
    except (ValueError, TypeError):
        return None


def _line(path: str) -> str:
    return Path(path).read_text().strip()


def _start_ticks(pid: int) -> int | None:
    """Tell when a process was started, in ticks since boot; None where there is none, or only its remains."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[19])
