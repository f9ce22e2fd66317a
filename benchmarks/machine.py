"""What a measurement was made on."""

import os
import platform
from pathlib import Path


def describe() -> str:
    """Give processor, usable CPUs, memory, system and load in a line."""
    processor = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown"
    )
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (
        f"{processor}, {len(os.sched_getaffinity(0))} CPUs usable, {memory_bytes / 1024**3:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
