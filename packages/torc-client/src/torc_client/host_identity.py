"""The identity of this host, boot and process. Other processes on this host use it to detect dead runners."""

import json
import os
import socket
from pathlib import Path

from msgspec import Struct


class Host(Struct, frozen=True):
    """The host and process that this code runs in."""

    name: str
    pid: int
    identity: str = ""
    """Identifies this process among all processes, in the format of this module; empty if that is impossible."""


class _Identity(Struct, frozen=True):
    machine: str
    boot: str
    pid_namespace: str
    pid: int
    start_ticks: int
    runner_id: str = ""


def this_host() -> Host:
    """Return this host and process."""
    pid = os.getpid()
    return Host(socket.gethostname(), pid, _identity_of(pid))


def as_runner(identity: str, runner_id: str) -> str:
    """Add the runner id to an identity. The jobs of the runner carry this id in their environment."""
    return json.dumps({**json.loads(identity), "runner_id": runner_id}) if identity else ""


def runner_id_of(identity: str | None) -> str:
    """Return the runner id in an identity; empty if there is none."""
    known = _read(identity)
    return known.runner_id if known else ""


def is_dead(identity: str | None, here: str) -> bool:
    """Whether the process of `identity` has certainly ended, as seen from the process `here`."""
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
    """Return the start of a process, in ticks since boot; None if there is no process or it is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[19])
