"""Whether the partitions of a cluster allow the allocations of a scheduler. Pure.

A batch system would refuse the others, or would never start them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from torc_client.batch.profile import Partition
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.walltime import walltime_text
from torc_client.text import count

# Further options override those of the scheduler, and are not read here.
_OVERRIDES = re.compile(r"(?:^|\s)(?:--(?:partition|time|nodes|mem|reservation)\b|-[ptN])")


def refusal(scheduler: BatchScheduler, partitions: Sequence[Partition]) -> str:
    """Return what no partition allows of a scheduler's allocations, as a sentence without a full stop.

    It is empty if a partition that the scheduler names allows them, and if the partition is not known.
    """
    if not partitions or _OVERRIDES.search(scheduler.extra):
        return ""
    wanted = [name for name in scheduler.options.get("partition", "").split(",") if name]
    named = [each for each in partitions if each.name in wanted]
    if wanted and not named:
        listed = ", ".join(each.name for each in partitions)
        return f"{scheduler.name} names partition {wanted[0]!r}, which does not exist; there are {listed}"
    # Without a name, the cluster chooses: its default, or one that fits.
    among = named or [each for each in partitions if each.is_default] or list(partitions)
    reasons = {each.name: _exceeded(scheduler, each) for each in among}
    if not all(reasons.values()):
        return ""
    listed = "; ".join(f"partition {name} {reason}" for name, reason in list(reasons.items())[:5])
    return f"{scheduler.name} is beyond the limits: {listed}"


def within_nodes(scheduler: BatchScheduler, partitions: Sequence[Partition]) -> BatchScheduler:
    """Return a scheduler that sets no memory with the most that a node of its partitions has."""
    sets_memory = any(name == "mem" or name.startswith("mem-per-") for name in scheduler.options)
    if not partitions or sets_memory or _OVERRIDES.search(scheduler.extra):
        return scheduler
    wanted = scheduler.options.get("partition", "").split(",")
    among = [each for each in partitions if each.name in wanted] or partitions
    return replace(scheduler, node=replace(scheduler.node, memory_mb=max(each.memory_mb for each in among)))


def _exceeded(scheduler: BatchScheduler, partition: Partition) -> str:
    node, seconds, reasons = scheduler.node, scheduler.walltime_seconds, []
    if seconds is not None and seconds > partition.max_walltime_secs:
        reasons.append(f"{walltime_text(partition.max_walltime_secs)} for {walltime_text(seconds)}")
    most = partition.most_nodes
    if most is not None and scheduler.nodes > most:
        reasons.append(f"{count('node', most)} for {scheduler.nodes}")
    if scheduler.nodes < partition.min_nodes:
        reasons.append(f"no less than {count('node', partition.min_nodes)}")
    if node.memory_mb is not None and node.memory_mb > partition.memory_mb:
        reasons.append(f"{partition.memory_mb} MB on a node for {node.memory_mb}")
    if node.num_cpus is not None and node.num_cpus > partition.cpus_per_node:
        reasons.append(f"{count('CPU', partition.cpus_per_node)} on a node for {node.num_cpus}")
    if node.num_gpus is not None and node.num_gpus > partition.gpus_per_node:
        reasons.append(f"{count('GPU', partition.gpus_per_node)} on a node for {node.num_gpus}")
    return f"allows {', '.join(reasons)}" if reasons else ""
