"""Checks of Slurm allocations: defaults, schedulers, and whether all nodes are used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from torc_client.batch.slurm.reserved_options import conflicts, reason_against
from torc_client.spec.amounts import check_walltime
from torc_client.spec.codes import Code
from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# Each scheduler sets these, or they are computed from the requirements of the jobs.
NOT_DEFAULTS = frozenset({"partition", "nodes", "walltime", "time", "mem", "gres", "name", "job-name"})


def check_defaults(defaults: Mapping[str, Any], problems: Problems) -> None:
    """Check that all allocations can have the default options of sbatch."""
    for option in defaults:
        if option.lower() in NOT_DEFAULTS:
            place = f"slurm_defaults.{option}"
            cause = "cannot be the same for all allocations"
            problems.add(Code.INVALID_SLURM_DEFAULT, place, cause, "set it in slurm_schedulers")
        elif (reason := reason_against(option)) is not None:
            problems.add(Code.INVALID_SLURM_DEFAULT, f"slurm_defaults.{option}", reason, "remove it")


def check_schedulers(schedulers: Iterable[Record], defaults: Mapping[str, Any], problems: Problems) -> None:
    """Check that each scheduler has an account and a valid walltime."""
    for scheduler in schedulers:
        if "account" not in scheduler and "account" not in defaults:
            reason = "the field 'account' is missing"
            problems.add(Code.MISSING_ACCOUNT, scheduler[PLACE], reason, "add it here or to slurm_defaults")
        chained = bool(scheduler.get("serialize_allocations"))
        for reason in conflicts({}, scheduler.get("extra", ""), one_at_a_time=chained):
            problems.add(Code.INVALID_SLURM_DEFAULT, f"{scheduler[PLACE]}.extra", reason, "remove it")
        walltime = scheduler.get("walltime")
        if walltime is not None:
            check_walltime(walltime, f"{scheduler[PLACE]}.walltime", problems)


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
    """Check that each job fits the nodes of its scheduler, and that all nodes of an allocation would get work.

    Jobs that can never run are problems. Nodes that would be idle are a warning.
    """
    widths = {(job.scheduler, job.nodes): job for job in jobs}
    for name, scheduler in schedulers.items():
        _check_width(scheduler, [job for (of, _), job in widths.items() if of == name], problems)
    most_nodes = max((width for _, width in widths), default=1)
    for action in actions:
        scheduler = schedulers.get(action.get("scheduler", ""), {})
        nodes = scheduler.get("nodes", 1) if action.get("scheduler_type") == "slurm" else 1
        place = f"{action[PLACE]}.start_one_worker_per_node"
        has_runner_per_node = action.get("start_one_worker_per_node", False)
        if has_runner_per_node and mode != "direct":
            fix = "remove it, or set the mode of the execution_config to direct"
            problems.add(Code.IDLE_NODES, place, f"in mode {mode}, one runner starts jobs on all nodes", fix)
        elif has_runner_per_node and most_nodes > 1:
            reason = f"each runner has one node, so it runs no job that requires {most_nodes} nodes"
            problems.warn(Code.IDLE_NODES, place, reason, "use another action for these jobs")
        elif nodes > 1 and not has_runner_per_node and mode == "direct" and not any(w == nodes for _, w in widths):
            reason = f"its allocations have {nodes} nodes and one runner, and no job requires {nodes} nodes"
            fix = f"set start_one_worker_per_node, or add resource requirements with num_nodes {nodes}"
            problems.warn(Code.IDLE_NODES, f"{action[PLACE]}.scheduler", reason, fix)


def _check_width(scheduler: Record, bound: Iterable[NodesOfJob], problems: Problems) -> None:
    """Check that the jobs of a scheduler need one of the nodes of an allocation, or all of them."""
    nodes, place = scheduler.get("nodes", 1), f"{scheduler[PLACE]}.nodes"
    other = next((job for job in bound if 1 < job.nodes != nodes), None)
    if other is None:
        return
    needs = f"the job {other.job!r} of this scheduler requires {other.nodes} nodes"
    if nodes > 1:
        fix = f"change num_nodes to {nodes} or 1 (--skip-checks disables this check)"
        problems.add(Code.IDLE_NODES, place, f"its allocations have {nodes} nodes, and {needs}", fix)
    else:  # Torc 1.0 generates such schedulers
        fix = f"change nodes to {other.nodes}, or num_nodes to 1"
        problems.warn(Code.IDLE_NODES, place, f"its allocations have one node, and {needs}", fix)
