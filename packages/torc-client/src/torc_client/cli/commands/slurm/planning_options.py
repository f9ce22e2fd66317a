"""The options of commands that plan allocations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from torc_client.batch.planning import MOST_ALLOCATIONS, GroupBy, Options, Strategy
from torc_client.batch.profile import Profile
from torc_client.batch.this_cluster import chosen
from torc_client.cli.framework.output.show import say
from torc_client.errors import TorcError
from torc_client.option_types import FiniteRange

_OPTIONS = (
    click.option("--profile", metavar="NAME", help="Cluster; see `torc hpc list`.  [default: this one]"),
    click.option("--partition", help="Partition of all allocations.  [default: the one that fits the jobs]"),
    click.option("--single-allocation", is_flag=True, help="Request one allocation with all nodes for each scheduler."),
    click.option(
        "--max-allocations", type=click.IntRange(min=1), default=MOST_ALLOCATIONS, show_default=True,
        help="Maximum number of allocations of a scheduler; more nodes are requested for each instead.",
    ),
    click.option(
        "--group-by", type=click.Choice([each.value for each in GroupBy]), default=GroupBy.PARTITION.value,
        show_default=True, help="Jobs that share a scheduler.",
    ),
    click.option(
        "--walltime-strategy", type=click.Choice([each.value for each in Strategy]),
        default=Strategy.MAX_JOB_RUNTIME.value, show_default=True,
        help="Duration of allocations: that of the longest job, or the maximum of the partition.",
    ),
    click.option(
        "--walltime-multiplier", type=FiniteRange(min=0, min_open=True), default=1.5, show_default=True,
        help="Factor of the run times of jobs, for max-job-runtime.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanningChoice:
    """The cluster that allocations are planned for, and how."""

    profile: Profile
    options: Options


def planning_options(function: Callable[..., object]) -> Callable[..., object]:
    """Add the options. Their values are for `planning_choice`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def planning_choice(values: dict[str, Any], *, overhead_seconds: int) -> PlanningChoice:
    """Return what the options chose. Raises TorcError for an unknown cluster or partition."""
    profile = chosen(values["profile"])
    require_partition(profile, values["partition"])
    multiplier = values["walltime_multiplier"]
    if multiplier < 1:
        say(f"Warning: with --walltime-multiplier {multiplier:g}, allocations are shorter than their jobs.")
    options = Options(
        GroupBy(values["group_by"]),
        Strategy(values["walltime_strategy"]),
        multiplier,
        1 if values["single_allocation"] else values["max_allocations"],
        values["partition"],
        overhead_seconds,
    )
    return PlanningChoice(profile, options)


def require_partition(profile: Profile, partition: str | None) -> None:
    """Raise TorcError if the cluster does not have the partition."""
    if partition is not None and all(each.name != partition for each in profile.cluster.partitions):
        raise TorcError(f"{profile.name} has no partition {partition!r}.", "`torc hpc partitions` lists them.")
