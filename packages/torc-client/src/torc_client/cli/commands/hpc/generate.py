"""`torc hpc generate`."""

import re
import socket
from pathlib import Path

import click
from msgspec.structs import replace as with_members

from torc_client.batch.slurm.cluster import as_toml, live_profile
from torc_client.batch.slurm.programs import SlurmError
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message, RawText
from torc_client.edge.output_files import write_text
from torc_client.errors import TorcError
from torc_client.option_types import UserPath

# Partitions in which allocations can be preempted at any time.
_STANDBY = ("standby", "stdby")


@command("generate", short_help="Write the profile of this machine's cluster.")
@click.option("-n", "--name", help="Name of the profile.  [default: the name of the cluster]")
@click.option("-d", "--display-name", help="Name for display.")
@click.option("-o", "--output", type=UserPath(), help="File to write.  [default: stdout]")
@click.option("--skip-stdby", is_flag=True, help="Leave out partitions for standby allocations.")
def generate_profile(
    app: App, name: str | None, display_name: str | None, output: str | None, skip_stdby: bool
) -> Message | RawText:
    """Write a profile of the cluster of this machine, as Slurm reports it, in the form of a settings file.

    Put it into `torc.toml` or `~/.config/torc/config.toml`, and adapt it: Slurm does not report which partitions need
    to be requested by name.
    """
    del app
    try:
        profile = live_profile()
    except SlurmError as error:
        raise TorcError(f"{error}.") from error
    cluster = profile.cluster
    title = display_name or cluster.display_name
    if skip_stdby:
        cluster = with_members(cluster, partitions=[each for each in cluster.partitions if not _is_standby(each.name)])
    short = name or re.sub(r"[^a-z0-9_-]+", "-", cluster.display_name.removesuffix(" (Slurm)").lower()).strip("-")
    text = as_toml(cluster, short or "cluster", title, host_pattern=_hosts())
    if output is None:
        return RawText(text)
    try:
        write_text(Path(output), text, replaces=False)
    except FileExistsError as error:
        raise TorcError(f"{output} exists.", "Write to another file, and copy the tables.") from error
    except OSError as error:
        raise TorcError(f"Cannot write {output}: {error.strerror}.") from error
    return Message(f"Wrote {output} with {len(cluster.partitions)} partitions.", {"file": output, "name": short})


def _is_standby(partition: str) -> bool:
    return any(word in partition.lower() for word in _STANDBY)


def _hosts() -> str | None:
    """Return a pattern for the host names of this domain, or None if the host name has no domain."""
    _, _, domain = socket.getfqdn().partition(".")
    return f"\\.{re.escape(domain)}$" if domain and not domain.startswith("local") else None
