"""`torc hpc match`."""

from dataclasses import dataclass

import click
import msgspec

from torc_client.batch.matching import Need, nearest, ranked
from torc_client.batch.profile import Profile
from torc_client.batch.this_cluster import chosen
from torc_client.batch.walltime import walltime_seconds
from torc_client.cli.commands.hpc.partitions import COLUMNS
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.errors import TorcError
from torc_client.spec.quantities import memory_bytes


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A partition with its rank."""

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


@command(is_list=True, short_help="Rank the partitions of a cluster for a job.")
@click.argument("name", required=False)
@click.option("--profile", "named", metavar="NAME", help="Same as NAME.")
@click.option("--cpus", type=click.IntRange(min=1), default=1, show_default=True, help="CPUs of the job.")
@click.option("--memory", default="1g", show_default=True, help="Memory of the job, such as 64g.")
@click.option(
    "--walltime", default="1:00:00", show_default=True, help="Duration of the job, such as 1-12:00:00 or PT36H."
)
@click.option("--gpus", type=click.IntRange(min=0), default=0, show_default=True, help="GPUs of the job.")
def match(  # noqa: PLR0917 - click calls it by keyword
    app: App, name: str | None, named: str | None, cpus: int, memory: str, walltime: str, gpus: int
) -> Report:
    """Rank the partitions of a cluster for a job, best first. Without NAME, use the cluster of this machine.

    Small jobs prefer partitions with shared nodes. Jobs without GPUs avoid partitions with GPUs. The exit code is 1 if
    no partition fits.
    """
    del app
    profile = chosen(name or named)
    need = Need(cpus, _megabytes(memory), _seconds(walltime), gpus)
    matches = ranked(profile.cluster.partitions, need)
    fitting = [each.partition for each in matches if not each.misfit]
    if not fitting:
        raise _nothing_fits(profile, need)
    items = [
        _Ranked(
            None if each.misfit else rank, each.partition.name, each.partition.cpus_per_node, each.partition.memory_mb,
            each.partition.gpus_per_node, each.partition.max_walltime_secs, each.partition.shared,
            each.partition.requires_explicit_request, not each.misfit, each.misfit,
        )
        for rank, each in enumerate(matches, 1)
    ]  # fmt: skip
    shown = [column for column in COLUMNS if column.member != "gpu_type"]
    columns = (Column("Rank", "rank", right=True), *shown, Column("Why not", "why_not", wraps=True))
    record = {
        "requirements": {
            "cpus": cpus,
            "memory_mb": need.memory_mb,
            "walltime_secs": need.walltime_seconds,
            "gpus": gpus,
        },
        "matching_partitions": [
            msgspec.to_builtins(each) | {"cpus": each.cpus_per_node, "explicit": each.requires_explicit_request}
            for each in fitting
        ],
        "best_partition": fitting[0].name,
        "items": items,
    }  # fmt: skip
    return Report(
        record, Listing(items, columns, "partition", "partitions", profile.cluster.display_name or profile.name)
    )


def _nothing_fits(profile: Profile, need: Need) -> TorcError:
    close = nearest(profile.cluster.partitions, need)
    if close is None:
        return TorcError(f"{profile.name} has no partitions.", "Describe them in a settings file.")
    found = f"the nearest is {close.partition.name}: {close.misfit}"
    remedy = f"`torc hpc partitions {profile.name}` lists them."
    return TorcError(f"No partition of {profile.name} has nodes for this job; {found}.", remedy)


def _megabytes(text: str) -> float:
    try:
        return memory_bytes(text) / 2**20  # a MB of Slurm has 2**20 bytes
    except ValueError:
        raise click.BadParameter(f"{text!r} is not an amount of memory such as 64g", param_hint="--memory") from None


def _seconds(text: str) -> int:
    try:
        return walltime_seconds(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--walltime") from error
