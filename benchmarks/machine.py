"""The environment of a measurement: the machine, its load, and versions."""

import os
import platform
import sqlite3
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

_QUIET_LOAD_A_CPU = 0.25
_DISTRIBUTIONS = ("torc-server", "torc-runner", "torc-client", "aiohttp", "msgspec", "marshmallow", "aiosqlite")


def describe(directory: Path) -> dict[str, Any]:
    """Return processor, usable CPUs, memory, system, the file system of `directory`, load and versions."""
    load = os.getloadavg()[0]
    cpus = len(os.sched_getaffinity(0))
    return {
        "processor": _field("/proc/cpuinfo", "model name") or platform.machine(),
        "cpus": cpus,
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()}",
        "file_system": file_system(directory),
        "load_before": round(load, 2),
        "was_quiet": load <= _QUIET_LOAD_A_CPU * cpus,
        "revision": _revision(),
        "versions": versions(),
    }


def sentence(machine: dict[str, Any]) -> str:
    """Return the same as one line."""
    quiet = "quiet" if machine["was_quiet"] else "NOT QUIET"
    return (
        f"{machine['processor']}, {machine['cpus']} CPUs usable, {machine['memory_bytes'] / 1024**3:.0f} GiB,"
        f" {machine['system']}, {machine['file_system']}, Python {machine['versions']['python']},"
        f" SQLite {machine['versions']['sqlite']}, load {machine['load_before']} before the start ({quiet})"
    )


def versions() -> dict[str, str]:
    """Return the versions of Python, SQLite and the distributions of server, runner and client."""
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def file_system(path: Path) -> str:
    """Return the type of the file system of `path`."""
    best, kind = "", "unknown"
    for line in _lines("/proc/mounts"):
        _, mount_point, this_kind, *_ = line.split(" ")
        inside = path.is_relative_to(mount_point)
        if inside and len(mount_point) >= len(best):
            best, kind = mount_point, this_kind
    return kind


def _revision() -> str:
    words = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _field(path: str, name: str) -> str | None:
    return next((line.partition(":")[2].strip() for line in _lines(path) if line.startswith(name)), None)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
