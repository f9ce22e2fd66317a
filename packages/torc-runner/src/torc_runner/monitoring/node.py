"""The CPU time and memory that all processes of this machine use."""

import os
from pathlib import Path
from typing import Final

from msgspec import Struct

PROC: Final = Path("/proc")

_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
_IDLE, _WAITING_FOR_DISK = 3, 4
_COUNTED: Final = 8
"""The columns after these, of guests, are included in the first ones."""


class NodeSample(Struct, frozen=True):
    """CPU time of the machine since its start, and its memory now."""

    cpu_seconds: float
    memory_bytes: int
    total_bytes: int


def measure_node(proc: Path = PROC) -> NodeSample:
    """Measure the machine. Raises OSError or ValueError if /proc cannot be read."""
    with (proc / "stat").open() as stat:
        ticks = [int(word) for word in stat.readline().split()[1:]]
    busy = sum(ticks[:_COUNTED]) - ticks[_IDLE] - ticks[_WAITING_FOR_DISK]
    lines = (line.split() for line in (proc / "meminfo").read_text().splitlines())
    kib = {words[0]: int(words[1]) for words in lines if words[0] in {"MemTotal:", "MemAvailable:"}}
    total, available = kib.get("MemTotal:", 0), kib.get("MemAvailable:", 0)
    return NodeSample(busy / _TICKS_A_SECOND, (total - available) * 1024, total * 1024)
