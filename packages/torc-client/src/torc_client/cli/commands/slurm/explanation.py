"""The reasons of a plan of allocations, as text."""

from torc_client.batch.packing import jobs_at_a_time, waves
from torc_client.batch.planning import AllocationPlan, Group
from torc_client.batch.walltime import walltime_text
from torc_client.text import count


def explained(plan: AllocationPlan) -> str:
    """Return a paragraph for each scheduler: its jobs, how they run on its nodes, and what it costs."""
    return "\n".join(line for group in plan.groups for line in _lines(group))


def _lines(group: Group) -> list[str]:
    partition = group.partition
    nodes = f"of {count('node', group.nodes)} " if group.nodes > 1 else ""
    first = "its first job is ready" if len(group.gate) == 1 else f"its first {len(group.gate)} jobs are ready"
    when = f"when {first}" if group.is_deferred else "at the start"
    walltime, work = walltime_text(group.walltime_seconds), walltime_text(group.work_seconds)
    lines = [
        f"{group.name}: {count('allocation', group.allocations)} {nodes}in partition {partition.name}, {when}",
        f"  walltime {walltime} for {work} of work, {group.node_hours:.1f} node hours at most",
    ]
    units = group.allocations * group.nodes // group.job_nodes
    for load in group.loads:
        size = load.size
        each = f"{count('CPU', size.num_cpus)}, {size.memory_mb} MiB" + (
            f", {count('GPU', size.num_gpus)}" if size.num_gpus else ""
        )
        per_unit = -(-waves(partition, load) // units)
        where = "at a time on a node" if size.num_nodes == 1 else f"at a time on {size.num_nodes} nodes"
        lines.append(
            f"  {count('job', load.count)} of {each} and {walltime_text(size.runtime_seconds)}:"
            f" {jobs_at_a_time(partition, size)} {where}, in {count('wave', per_unit)}"
        )
    return lines
