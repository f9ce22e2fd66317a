"""The identity of this host, boot and process. Other processes on this host use it to detect dead runners.

Different machines can have the same host name and machine id, for example nodes that start from one image. A boot id is
random, so that processes with the same boot id share a kernel. After a boot, only the addresses of the network hardware
show that it is the same machine. Where this is in doubt, a process is not dead: the lease of its runner expires.
"""

import errno
import hashlib
import json
import os
import socket
from pathlib import Path

from msgspec import Struct

_INITIAL_PID_NAMESPACE = "pid:[4026531836]"
"""The PID namespace outside of containers."""


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
    hardware: str | None = None
    """A digest of the addresses of the network interfaces that are devices. None in identities of earlier versions."""
    time_namespace: str | None = None
    """Start times of processes depend on it. None in identities of earlier versions."""


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
    if other.hardware not in {None, own.hardware} or other.pid_namespace != own.pid_namespace:
        return False  # another machine with the same id, or a container beside this one
    if other.boot != own.boot:
        # Containers and machines without devices may have the same addresses.
        return bool(other.hardware) and own.pid_namespace == _INITIAL_PID_NAMESPACE
    if other.time_namespace not in {None, own.time_namespace}:
        return False
    return _is_over(other.pid, other.start_ticks)


def _is_over(pid: int, expected_ticks: int) -> bool:
    """Whether the process with this id and start time has ended."""
    found = start_ticks(pid)
    return found != expected_ticks and (found is not None or not _may_be_hidden(pid))


def _may_be_hidden(pid: int) -> bool:
    """Whether a process with this id exists and /proc does not show it, as with its mount option `hidepid`."""
    if Path(f"/proc/{pid}").exists():
        return False
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    return False


def _identity_of(pid: int) -> str:
    try:
        parts = {
            "machine": _line("/etc/machine-id"),
            "boot": _line("/proc/sys/kernel/random/boot_id"),
            "pid_namespace": os.readlink("/proc/self/ns/pid"),  # noqa: PTH115  the text, not a path
            "pid": pid,
            "start_ticks": start_ticks(pid),
            "hardware": _hardware(),
            "time_namespace": _namespace("time"),
        }
    except OSError:
        return ""
    return json.dumps(parts) if parts["machine"] else ""


def _hardware() -> str:
    """Return a digest of the addresses of the network interfaces that are devices; empty if there are none."""
    devices = (path for path in Path("/sys/class/net").glob("*") if (path / "device").exists())
    addresses = " ".join(sorted(_line(f"{path}/address") for path in devices))
    return hashlib.sha256(addresses.encode()).hexdigest()[:16] if addresses else ""


def _namespace(kind: str) -> str:
    """Return the namespace of this process; empty if the kernel has none of this kind."""
    try:
        return os.readlink(f"/proc/self/ns/{kind}")  # noqa: PTH115  the text, not a path
    except OSError:
        return ""


def _read(identity: str | None) -> _Identity | None:
    try:
        return _Identity(**json.loads(identity or ""))
    except (ValueError, TypeError):
        return None


def _line(path: str) -> str:
    return Path(path).read_text().strip()


def start_ticks(pid: int) -> int | None:
    """Return the start of a process, in ticks since boot; None if there is no process or it is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[19])
