"""How busy the partitions are, and when Slurm would start an allocation."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from torc_client.batch.shaping import PartitionLoad
from torc_client.batch.slurm.programs import SlurmError, run

_NODES = ("sinfo", "--exact", "--noheader", "--format=%R|%T|%D")
_WAITING = ("squeue", "--noheader", "--array", "--states=PENDING", "--format=%D|%P")
# A node that is powered down starts for an allocation; one with another sign after its state does not respond, is
# reserved for maintenance, or waits for an allocation.
_IDLE = frozenset({"idle", "idle~"})
_START = re.compile(r"\bto start at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")


def loads() -> dict[str, PartitionLoad]:
    """Return the nodes of each partition, and those that wait for them. Raises SlurmError."""
    return parsed(run(_NODES), run(_WAITING))


def parsed(sinfo: str, squeue: str) -> dict[str, PartitionLoad]:
    """Return the load of each partition in the output of `sinfo` and `squeue`."""
    nodes: dict[str, list[int]] = {}
    for line in sinfo.splitlines():
        name, state, number = [*line.strip().split("|"), "", ""][:3]
        if number.isdigit():
            of = nodes.setdefault(name, [0, 0])
            of[0] += int(number)
            of[1] += int(number) if state in _IDLE else 0
    waiting: dict[str, list[int]] = {}
    for line in squeue.splitlines():
        number, _, names = line.strip().partition("|")
        if number.isdigit():
            # An allocation may wait for one of several partitions.
            for name in names.split(","):
                of = waiting.setdefault(name, [0, 0])
                of[0] += 1
                of[1] += int(number)
    return {name: PartitionLoad(name, total, idle, *waiting.get(name, (0, 0))) for name, (total, idle) in nodes.items()}


def start_of(options: Mapping[str, str], extra: Sequence[str] = ()) -> datetime:
    """Return when Slurm would start an allocation with these options of sbatch; nothing is submitted.

    Raises SlurmError with the reason for an allocation that Slurm would refuse.
    """
    given = [f"--{name}={value}" for name, value in options.items()]
    text = run(("sbatch", "--test-only", *given, *extra, "--wrap=true"), with_messages=True)
    found = _START.search(text)
    if found is None:
        raise SlurmError("sbatch --test-only printed no start time")
    return datetime.fromisoformat(found[1]).astimezone()
