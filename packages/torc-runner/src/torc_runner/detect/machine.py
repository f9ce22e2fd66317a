"""CPUs and memory that this process may use: those of the machine, limited by affinity and control groups.

A control group limits all groups below it, so every group from ours up to the root counts. Both generations are read:
`cpu.max`, `memory.max` and `memory.high` of version 2, `cpu.cfs_quota_us` and `memory.limit_in_bytes` of version 1.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from torc_runner.machine.capacity import Resources

CGROUP_ROOT = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")


def detect(num_gpus: int = 0) -> Resources:
    """Return the resources that this process may use. GPUs are detected in gpus.py."""
    own_groups = _read(OWN_CGROUPS) or ""
    return Resources(
        num_cpus=usable_cpus(len(os.sched_getaffinity(0)), CGROUP_ROOT, own_groups),
        memory_bytes=usable_memory_bytes(
            os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), CGROUP_ROOT, own_groups
        ),
        num_gpus=num_gpus,
    )


def usable_cpus(num_affine: int, cgroup_root: Path, own_groups: str) -> int:
    """Return the CPUs of the affinity mask, limited by quotas, rounded down, at least 1."""
    groups = list(groups_of(cgroup_root, own_groups, "cpu"))
    written = [(_read(group / "cpu.max") or "").split() for group in groups] + [
        _first_generation_quota(group) for group in groups
    ]
    quotas = [
        int(words[0]) / int(words[1])
        for words in written
        if len(words) == 2 and words[0].isdigit() and words[1].isdigit() and int(words[1]) > 0
    ]
    return max(1, int(min([num_affine, *quotas])))


def usable_memory_bytes(total_bytes: int, cgroup_root: Path, own_groups: str) -> int:
    """Return the memory of the machine, limited by control groups."""
    limits = [total_bytes]
    for group in groups_of(cgroup_root, own_groups, "memory"):
        for name in ("memory.max", "memory.high", "memory.limit_in_bytes"):
            text = (_read(group / name) or "").strip()
            if text.isdigit():  # not "max"
                limits.append(int(text))
    return min(limits)


def _first_generation_quota(group: Path) -> list[str]:
    return [(_read(group / name) or "").strip() for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us")]


def groups_of(cgroup_root: Path, own_groups: str, controller: str) -> Iterator[Path]:
    """Yield our group and all groups above it, in the hierarchies that may limit `controller`.

    `own_groups` has lines `number:controllers:path`; version 2 names no controllers. In a container the path may
    lie outside of what is mounted: the mounted root still shows the limits, so it is always included.
    """
    for line in own_groups.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            bases = (cgroup_root, cgroup_root / "unified")
        elif controller in controllers.split(","):
            bases = (cgroup_root / controllers, cgroup_root / controller)
        else:
            continue
        for base in bases:
            group = base / path.strip("/")
            while group != base and base in group.parents:
                yield group
                group = group.parent
            yield base


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None
