"""The rows of partitions and of the queue of this user. Pure."""

from collections.abc import Mapping

from torc_client.batch.profile import Partition
from torc_client.batch.system import PartitionNodes, QueuedJob
from torc_client.batch.walltime import walltime_text
from torc_dash.node_tables import Row
from torc_dash.table_definitions import NOTHING, code, number, text, yes_or_no
from torc_dash.tables import Cell, CellKind

PARTITIONS = (
    "Partition", "Nodes idle", "Nodes in use", "Nodes", "CPUs", "Memory GiB", "GPUs", "Longest walltime", "Shared",
)  # fmt: skip
QUEUE = ("Job", "Name", "Partition", "State", "Why, or where", "Starts", "Time left", "Nodes")


def partition_row(partition: Partition, nodes: Mapping[str, PartitionNodes]) -> Row:
    """Return the row of a partition. CPUs, memory and GPUs are those of a node."""
    now = nodes.get(partition.name)
    gpus = f"{partition.gpus_per_node} {partition.gpu_type or ''}".strip()
    return (
        text(partition.name if now is None or now.is_up else f"{partition.name} (down)"),
        number(None if now is None else now.idle),
        number(None if now is None else now.allocated),
        number(None if now is None else now.total),
        number(partition.cpus_per_node),
        Cell(f"{partition.memory_mb / 1024:.0f}", CellKind.NUMBER),
        text(gpus) if partition.gpus_per_node else NOTHING,
        Cell(walltime_text(partition.max_walltime_secs), CellKind.NUMBER),
        yes_or_no(partition.shared),
    )


def queue_row(job: QueuedJob) -> Row:
    """Return the row of a job in the queue, in Slurm's words."""
    return (
        code(job.id),
        text(job.name),
        text(job.partition),
        text(job.state.lower()),
        text(job.reason or None),
        text(job.start or None),
        Cell(job.left, CellKind.NUMBER),
        text(job.nodes),
    )
