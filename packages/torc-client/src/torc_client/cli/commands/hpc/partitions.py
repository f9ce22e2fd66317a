"""`torc hpc partitions`."""

import click

from torc_client.batch.this_cluster import chosen
from torc_client.batch.walltime import walltime_text
from torc_client.cli.framework import shapes
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing


def gb_in_words(megabytes: float) -> str:
    """Return an amount of memory in GiB. A MB of Slurm has 2**20 bytes."""
    return f"{megabytes / 1024:.0f}"


COLUMNS = (
    Column("Partition", "name"),
    Column("CPUs", "cpus_per_node", right=True),
    Column("Memory GiB", "memory_mb", gb_in_words, right=True),
    Column("GPUs", "gpus_per_node", right=True),
    Column("GPU type", "gpu_type"),
    Column("Max walltime", "max_walltime_secs", walltime_text, right=True),
    Column("Shared", "shared"),
    Column("By name only", "requires_explicit_request"),
)


@command(short_help="List the partitions of a cluster.")
@click.argument("name", required=False)
@click.option("--gpu", is_flag=True, help="Only partitions with GPUs.")
@click.option("--cpu", is_flag=True, help="Only partitions without GPUs.")
@click.option("--shared", is_flag=True, help="Only partitions with shared nodes.")
def partitions(app: App, name: str | None, gpu: bool, cpu: bool, shared: bool) -> Listing:
    """List the partitions of a cluster. Without NAME, use the cluster of this machine. Numbers are per node."""
    del app
    if gpu and cpu:
        raise click.UsageError("--gpu and --cpu exclude each other.")
    profile = chosen(name)
    items = [
        each
        for each in profile.cluster.partitions
        if not (gpu and not each.gpus_per_node) and not (cpu and each.gpus_per_node) and (each.shared or not shared)
    ]
    return Listing(
        items, COLUMNS, "partition", "partitions", profile.cluster.display_name or profile.name,
        "No partition matches --gpu, --cpu or --shared.", shape=shapes.PARTITION,
    )  # fmt: skip
