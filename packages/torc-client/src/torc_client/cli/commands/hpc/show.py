"""`torc hpc list`, `torc hpc detect` and `torc hpc show`."""

from dataclasses import dataclass
from typing import Any

import click
import msgspec

from torc_client.batch.profile import Profile, profiles
from torc_client.batch.this_cluster import chosen, here
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing, Record, Text


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A row of `torc hpc list`."""

    name: str
    display_name: str
    partition_count: int
    default_account: str | None
    is_here: bool
    source: str
    display: str
    partitions: int
    detected: bool


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
            each.is_here(), each.source, each.cluster.display_name or each.name, len(each.cluster.partitions),
            each.is_here(),
        )
        for each in profiles().values()
    ]  # fmt: skip
    return Listing(items, _COLUMNS, "cluster", "clusters")


@command(short_help="Show the cluster of this machine.")
def detect(app: App) -> Record | Text:
    """Show the cluster of this machine, detected by an environment variable, the host name, or Slurm.

    If there is none, JSON output is null.
    """
    del app
    profile = here()
    if profile is None:
        return Text(
            "This machine is not part of a known cluster, and Slurm is not installed here. `torc hpc list` shows known"
            " clusters. Describe yours in [client.hpc.custom_profiles] of a settings file.",
            None,
        )
    return Record(_facts(profile), members=("name", "display_name", "source"))


@command(short_help="Show a cluster.")
@click.argument("name", required=False)
def show(app: App, name: str | None) -> Record:
    """Show a cluster. Without NAME, show the cluster of this machine."""
    profile = chosen(name)
    facts = _facts(profile)
    if app.format == "table":
        facts["partitions"] = ", ".join(partition.name for partition in profile.cluster.partitions)
    return Record(facts, f"Cluster {profile.name}")


def _facts(profile: Profile) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(profile.cluster)
    return facts | {
        "name": profile.name,
        "source": profile.source,
        "default_account": profile.default_account,
    }
