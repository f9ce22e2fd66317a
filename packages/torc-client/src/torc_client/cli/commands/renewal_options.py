"""The options of commands that request further allocations for a Slurm workflow."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from torc_client.batch.planning import Options
from torc_client.batch.profile import Profile
from torc_client.batch.regeneration import Regeneration
from torc_client.batch.this_cluster import chosen
from torc_client.batch.working_folder import in_folder_of
from torc_client.cli.commands.allocations.options import submit_options
from torc_client.cli.commands.slurm.planning_options import require_partition
from torc_client.cli.framework.amounts import Walltime
from torc_client.cli.framework.context import App
from torc_client.cli.framework.output.show import say
from torc_client.client import TorcClient
from torc_client.recovery.renewal import Renewal

_OPTIONS = (
    click.option("--partition", help="Partition of new allocations of a Slurm workflow."),
    click.option("--walltime", type=Walltime(), help="Duration of new allocations of a Slurm workflow."),
)


def renewal_options(function: Callable[..., object]) -> Callable[..., object]:
    """Add the options. Their values are for `renewal_of`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def warn_without_slurm(workflow_id: int, partition: str | None, walltime: int | None) -> None:
    """Print a warning for each of the options that was used for a workflow without Slurm schedulers."""
    for flag, value in (("--partition", partition), ("--walltime", walltime)):
        if value is not None:
            say(f"Warning: {flag} has no effect: workflow {workflow_id} has no Slurm scheduler.")


async def renewal_of(  # noqa: PLR0917 - the options of the command and what it is about
    app: App, client: TorcClient, workflow_id: int, partition: str | None, walltime: int | None, output_dir: Path,
    report: Callable[[str], None],
) -> Renewal:  # fmt: skip
    """Return how allocations are planned again and requested, in the folder of the workflow. Raises TorcError.

    The cluster is looked up when it is needed.
    """
    how = Regeneration(Options(partition=partition), walltime_seconds=walltime)
    options = submit_options(
        app, output_dir, poll_interval_seconds=None, max_parallel_jobs=None, claim_backoff_max_seconds=None
    )  # fmt: skip
    options = await in_folder_of(client, await client.workflows.get_workflow(workflow_id), options, report)
    return Renewal(partial(_profile, partition), how, options, report)


def _profile(partition: str | None) -> Profile:
    profile = chosen(None)
    require_partition(profile, partition)
    return profile
