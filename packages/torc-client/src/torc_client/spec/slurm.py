"""What a spec says about allocations: defaults, schedulers, and whether their nodes can be used."""

from collections.abc import Iterable, Mapping
from typing import Any

from torc_client.spec.expansion import PLACE
from torc_client.spec.problems import Problems
from torc_client.spec.quantities import is_walltime
from torc_client.spec.shape import Record

# Said by each scheduler, or made of what the jobs need.
NOT_DEFAULTS = frozenset({"partition", "nodes", "walltime", "time", "mem", "gres", "name", "job-name"})


def check_defaults(defaults: Mapping[str, Any], problems: Problems) -> None:
    """See that the options of sbatch are such that every allocation can have them."""
    for option in defaults:
        if option.lower() in NOT_DEFAULTS:
            problems.add(
                f"slurm_defaults.{option}", "cannot be the same for all allocations; say it in slurm_schedulers"
            )


def check_schedulers(schedulers: Iterable[Record], defaults: Mapping[str, Any], problems: Problems) -> None:
    """See that somebody pays for each, and that it has an end."""
    for scheduler in schedulers:
        if "account" not in scheduler and "account" not in defaults:
            problems.add(scheduler[PLACE], "the field 'account' is missing; add it here or to slurm_defaults")
        walltime = scheduler.get("walltime")
        if walltime is not None and not is_walltime(walltime):
            remedy = "write hours:minutes:seconds, such as 04:00:00, or days-hours:minutes:seconds"
            problems.add(f"{scheduler[PLACE]}.walltime", f"{walltime!r} is no time limit of Slurm; {remedy}")


def check_nodes(
    schedulers: Mapping[str, Record],
    actions: Iterable[Record],
    nodes_of_jobs: frozenset[int],
    mode: str,
    problems: Problems,
) -> None:
    """See that all nodes of an allocation would get work: from a runner on each, or from a job on all of them."""
    for action in actions:
        scheduler = schedulers.get(action.get("scheduler", ""))
        nodes = scheduler.get("nodes", 1) if scheduler else 1
        each = action.get("start_one_worker_per_node", False)
        if each and mode == "slurm":
            problems.add(
                f"{action[PLACE]}.start_one_worker_per_node",
                "Slurm starts jobs on all nodes by itself; take it out, or set the execution_config's mode to direct",
            )
        elif nodes > 1 and not each and nodes not in nodes_of_jobs:
            problems.add(
                f"{action[PLACE]}.scheduler",
                f"its allocations have {nodes} nodes, one runner, and no job that needs {nodes}; set "
                "start_one_worker_per_node, or give a job such resource requirements (--skip-checks leaves this out)",
            )


def heterogeneous(schedulers: Iterable[Record]) -> bool:
    """Tell whether allocations differ in what they offer."""
    fields = ("partition", "mem", "gres", "nodes")
    offers = {tuple(scheduler.get(field) for field in fields) for scheduler in schedulers}
    return len(offers) > 1
