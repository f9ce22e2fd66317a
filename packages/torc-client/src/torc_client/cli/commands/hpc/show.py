"""`torc hpc list`, `torc hpc detect` and `torc hpc show`."""

from dataclasses import dataclass

import click
import msgspec

from torc_client.batch.profile import profiles
from torc_client.cli.commands.hpc.choice import chosen, here
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing, Record
from torc_client.errors import TorcError


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A row of `torc hpc list`."""

    name: str
    display_name: str
    partition_count: int
    default_account: str | None
    is_here: bool
    source: str


_COLUMNS = (
    Column("Name", "name"),
    Column("Cluster", "display_name"),
    Column("Partitions", "partition_count", right=True),
    Column("Account", "default_account"),
    Column("Here", "is_here"),
    Column("Described in", "source"),
)


@command("list", short_help="List clusters.")
def list_profiles(app: App) -> Listing:
    """List known clusters: those that torc includes, and those in your settings files."""
    del app
    items = [
        _Cluster(
            each.name, each.cluster.display_name or each.name, len(each.cluster.partitions), each.default_account,
            each.is_here(), each.source,
        )
        for each in profiles().values()
    ]  # fmt: skip
    return Listing(items, _COLUMNS, "cluster", "clusters")


@command(short_help="Show the cluster of this machine.")
def detect(app: App) -> Record:
    """Show the known cluster of this machine, detected by an environment variable or the host name.

    The exit code is 1 if the machine is not part of a known cluster.
    """
    del app
    profile = here()
    if profile is None:
        raise TorcError(
            "This machine is not part of a known cluster.",
            "`torc hpc list` shows known clusters. Describe yours in [client.hpc.custom_profiles] of a settings file.",
        )
    return Record({"name": profile.name, "display_name": profile.cluster.display_name, "source": profile.source})


@command(short_help="Show a cluster.")
@click.argument("name", required=False)
def show(app: App, name: str | None) -> Record:
    """Show a cluster. Without NAME, show the cluster of this machine."""
    profile = chosen(name)
    facts = msgspec.to_builtins(profile.cluster) | {
        "name": profile.name,
        "source": profile.source,
        "default_account": profile.default_account,
    }
    if app.format == "table":
        facts["partitions"] = ", ".join(partition.name for partition in profile.cluster.partitions)
    return Record(facts, f"Cluster {profile.name}")
