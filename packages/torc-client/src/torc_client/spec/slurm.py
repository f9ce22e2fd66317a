"""Checks of Slurm allocations: defaults, schedulers, and whether all nodes are used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.quantities import is_walltime
from torc_client.spec.shape import Record

# Each scheduler sets these, or they are computed from the requirements of the jobs.
NOT_DEFAULTS = frozenset({"partition", "nodes", "walltime", "time", "mem", "gres", "name", "job-name"})


def check_defaults(defaults: Mapping[str, Any], problems: Problems) -> None:
    """Check that all allocations can have the default options of sbatch."""
    for option in defaults:
        if option.lower() in NOT_DEFAULTS:
            place = f"slurm_defaults.{option}"
            reason = "cannot be the same for all allocations"
            problems.add(Code.INVALID_SLURM_DEFAULT, place, reason, "set it in slurm_schedulers")


def check_schedulers(schedulers: Iterable[Record], defaults: Mapping[str, Any], problems: Problems) -> None:
    """Check that each scheduler has an account and a valid walltime."""
    for scheduler in schedulers:
        if "account" not in scheduler and "account" not in defaults:
            reason = "the field 'account' is missing"
            problems.add(Code.MISSING_ACCOUNT, scheduler[PLACE], reason, "add it here or to slurm_defaults")
        walltime = scheduler.get("walltime")
        if walltime is not None and not is_walltime(walltime):
            reason = f"{walltime!r} is not a valid time limit of Slurm"
            fix = "write hours:minutes:seconds, such as 04:00:00, or days-hours:minutes:seconds"
            problems.add(Code.INVALID_WALLTIME, f"{scheduler[PLACE]}.walltime", reason, fix)


@dataclass(frozen=True, slots=True)
class NodesOfJob:
    """The number of nodes that a job requires, and the scheduler that it names, if any."""

    job: str
    scheduler: str | None
    nodes: int


def check_nodes(
    schedulers: Mapping[str, Record],
    actions: Iterable[Record],
    jobs: Iterable[NodesOfJob],
    mode: str,
    problems: Problems,
) -> None:
    """Check that all nodes of an allocation would get work: each has a runner, or a job requires all of them.

    Jobs that can never run are problems. Nodes that would be idle are a warning.
    """
    widths = {(job.scheduler, job.nodes): job for job in jobs}
    for action in actions:
        name = action.get("scheduler", "")
        scheduler = schedulers.get(name)
        nodes = scheduler.get("nodes", 1) if scheduler and action.get("scheduler_type") == "slurm" else 1
        has_runner_per_node = action.get("start_one_worker_per_node", False)
        if has_runner_per_node and mode == "slurm":
            problems.add(
                Code.IDLE_NODES,
                f"{action[PLACE]}.start_one_worker_per_node",
                "in mode slurm, Slurm itself starts jobs on all nodes",
                "remove it, or set the mode of the execution_config to direct",
            )
        elif nodes > 1 and not has_runner_per_node:
            place, has = f"{action[PLACE]}.scheduler", f"its allocations have {nodes} nodes and one runner"
            other = next((job for (of, width), job in widths.items() if of == name and 1 < width != nodes), None)
            if other is not None:
                reason = f"{has}, and the job {other.job!r} of this scheduler requires {other.nodes} nodes"
                fix = f"change num_nodes to {nodes} or 1 (--skip-checks disables this check)"
                problems.add(Code.IDLE_NODES, place, reason, fix)
            elif mode != "slurm" and not any(width == nodes for _, width in widths):
                fix = f"set start_one_worker_per_node, or add resource requirements with num_nodes {nodes}"
                problems.warn(Code.IDLE_NODES, place, f"{has}, and no job requires {nodes} nodes", fix)
