"""`torc hpc match`."""

from dataclasses import dataclass

import click

from torc_client.cli.commands.hpc.choice import chosen
from torc_client.cli.commands.hpc.partitions import COLUMNS
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing
from torc_client.errors import TorcError
from torc_client.hpc.match import Need, ranked
from torc_client.spec.quantities import MEMORY, MEMORY_FACTORS, duration_seconds


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A partition and its place."""

    rank: int | None
    name: str
    cpus_per_node: int
    memory_mb: int
    gpus_per_node: int
    max_walltime_secs: int
    shared: bool
    requires_explicit_request: bool
    fits: bool
    why_not: str


@command(short_help="Rank a cluster's partitions for a job.")
@click.argument("name", required=False)
@click.option("--profile", "named", metavar="NAME", help="The same as NAME.")
@click.option("--cpus", type=click.IntRange(min=1), default=1, show_default=True, help="CPUs of the job.")
@click.option("--memory", default="1g", show_default=True, help="Memory of the job, such as 64g.")
@click.option("--walltime", default="1:00:00", show_default=True, help="How long, such as 1-12:00:00 or PT36H.")
@click.option("--gpus", type=click.IntRange(min=0), default=0, show_default=True, help="GPUs of the job.")
def match(  # noqa: PLR0917 - click calls it by keyword
    app: App, name: str | None, named: str | None, cpus: int, memory: str, walltime: str, gpus: int
) -> Listing:
    """Rank a cluster's partitions for a job; without NAME, of that of this machine. Exit code 1 if none fits.

    The best comes first. A small job had better share a node; partitions with GPUs are for jobs that need some.
    """
    del app
    profile = chosen(name or named)
    need = Need(cpus, _megabytes(memory), _seconds(walltime), gpus)
    matches = ranked(profile.cluster.partitions, need)
    if not any(not each.misfit for each in matches):
        reasons = "; ".join(f"{each.partition.name}: {each.misfit}" for each in matches)
        raise TorcError(f"No partition of {profile.name} has nodes for such a job.", reasons)
    items = [
        _Ranked(
            None if each.misfit else rank, each.partition.name, each.partition.cpus_per_node, each.partition.memory_mb,
            each.partition.gpus_per_node, each.partition.max_walltime_secs, each.partition.shared,
            each.partition.requires_explicit_request, not each.misfit, each.misfit,
        )
        for rank, each in enumerate(matches, 1)
    ]  # fmt: skip
    shown = [column for column in COLUMNS if column.member != "gpu_type"]
    columns = (Column("Rank", "rank", right=True), *shown, Column("Why not", "why_not"))
    return Listing(items, columns, "partition", "partitions", profile.cluster.display_name or profile.name)


def _megabytes(text: str) -> float:
    found = MEMORY.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is no amount of memory such as 64g", param_hint="--memory")
    # What Slurm calls MB has 2**20 bytes.
    return int(found[1]) * MEMORY_FACTORS[found[2].lower()] / 2**20


def _seconds(text: str) -> float:
    """Read a time as Slurm or ISO 8601 writes it."""
    if text.upper().startswith("P"):
        try:
            return float(duration_seconds(text))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--walltime") from error
    days, _, clock = text.rpartition("-")
    parts = clock.split(":")
    try:
        # As Slurm reads it: minutes alone, minutes and seconds, or hours first where there are days or three parts.
        hours_first = bool(days) or len(parts) == 3
        units = ((3600, 60, 1) if hours_first else (60, 1))[: len(parts)]
        return int(days or 0) * 86400 + sum(int(part) * unit for part, unit in zip(parts, units, strict=True))
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no time such as 4:00:00", param_hint="--walltime") from error
