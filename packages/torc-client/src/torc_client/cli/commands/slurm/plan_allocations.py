"""`torc slurm plan-allocations`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from torc_client.batch.generation import CannotGenerateError, Generated, generate, overhead_seconds
from torc_client.batch.planning import Group, GroupBy, Options, Strategy
from torc_client.batch.profile import Profile
from torc_client.batch.shaping import Advice, AllocationShape, PartitionLoad, Waits, advised, largest
from torc_client.batch.slurm.load import loads, start_of
from torc_client.batch.slurm.programs import SlurmError
from torc_client.batch.this_cluster import chosen
from torc_client.batch.walltime import walltime_text
from torc_client.cli.commands.slurm.spec_to_plan import plan_of, require_partition, without_schedulers
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.errors import TorcError
from torc_client.execution_plan.depth import levels_of
from torc_client.execution_plan.sources import of_spec
from torc_client.option_types import FiniteRange
from torc_client.spec.plan import Plan
from torc_client.spec.problems import Problems
from torc_client.spec.reading import read_document
from torc_client.spec.shape import check
from torc_client.text import count

_UNLIMITED = 10**9
_NO_ACCOUNT = "none"


@dataclass(frozen=True, slots=True)
class _Recommendation:
    """A row: the allocations that a group of jobs should have."""

    group_name: str
    partition: str
    num_allocations: int
    nodes_per_allocation: int
    total_nodes: int
    strategy: str
    reason: str
    walltime: str
    job_count: int
    sbatch_estimates: Mapping[str, Any] | None


_COLUMNS = (
    Column("Group", "group_name"),
    Column("Partition", "partition"),
    Column("Jobs", "job_count", right=True),
    Column("Allocations", "num_allocations", right=True),
    Column("Nodes each", "nodes_per_allocation", right=True),
    Column("Walltime", "walltime", right=True),
    Column("Strategy", "strategy"),
    Column("Reason", "reason", wraps=True),
)


@command("plan-allocations", short_help="Recommend few large or many small allocations for a spec.")
@click.argument("file", shell_complete=files)
@click.option("-a", "--account", help="Account for the questions to Slurm.  [default: as for `torc slurm generate`]")
@click.option("-p", "--partition", help="Partition of all allocations.  [default: the one that fits the jobs]")
@click.option("--profile", "profile_name", metavar="NAME", help="Cluster; see `torc hpc list`.  [default: this one]")
@click.option("--offline", is_flag=True, help="Do not ask Slurm; the profile has to be known.")
@click.option("--skip-test-only", is_flag=True, help="Do not ask Slurm when allocations would start.")
@click.option(
    "--group-by", type=click.Choice([each.value for each in GroupBy]), default=GroupBy.PARTITION.value,
    show_default=True, help="Jobs that share a scheduler.",
)  # fmt: skip
@click.option(
    "--walltime-strategy", type=click.Choice([each.value for each in Strategy]),
    default=Strategy.MAX_JOB_RUNTIME.value, show_default=True,
    help="Duration of allocations: that of the longest job, or the maximum of the partition.",
)  # fmt: skip
@click.option(
    "--walltime-multiplier", type=FiniteRange(min=0, min_open=True), default=1.5, show_default=True,
    help="Factor of the run times of jobs, for max-job-runtime.",
)  # fmt: skip
def plan_allocations(  # noqa: PLR0917 - click calls it by keyword
    app: App, file: str, account: str | None, partition: str | None, profile_name: str | None, offline: bool,
    skip_test_only: bool, group_by: str, walltime_strategy: str, walltime_multiplier: float,
) -> Report:  # fmt: skip
    """Compare few large with many small allocations for the jobs of the spec FILE (- reads stdin).

    The command asks Slurm for idle nodes and waiting allocations of the partitions, and when it would start one
    allocation with all nodes or the first of many small ones (`sbatch --test-only`). It requests and writes nothing.
    Schedulers that the spec already has are ignored.
    """
    del app
    profile = chosen(profile_name)
    require_partition(profile, partition)
    document = read_document(file)
    content = without_schedulers(document, overwrite=True)
    plan = plan_of(document, content)
    options = Options(
        GroupBy(group_by), Strategy(walltime_strategy), walltime_multiplier, _UNLIMITED, partition,
        overhead_seconds(plan.workflow.get("execution_config", {})),
    )  # fmt: skip
    account = account or plan.workflow.get("slurm_defaults", {}).get("account") or profile.default_account
    try:
        checked = check(content, "workflow", "", Problems())
        made = generate(checked, plan, profile, options, account=account or _NO_ACCOUNT)
    except CannotGenerateError as error:
        raise TorcError(*error.args) from error
    warnings = list(made.warnings)
    known = None if offline else _loads(warnings)
    rows = [
        _recommendation(group, scheduler, known, warnings, has_estimates=not skip_test_only, account=account)
        for group, scheduler in zip(made.plan.groups, made.schedulers, strict=True)
    ]
    for warning in warnings:
        say(f"Warning: {warning}")
    record = {
        "workflow_analysis": _analysis(plan, made),
        "cluster_state": [known[name] for name in _partitions(made) if known and name in known],
        "recommendations": rows,
        "warnings": warnings,
        "resource_groups": [_group_facts(group) for group in made.plan.groups],
        "profile_name": profile.name,
        "profile_display_name": profile.cluster.display_name or profile.name,
        "account": account,
    }
    return Report(record, Listing(rows, _COLUMNS, "group", "groups"), [_summary(profile, plan), _how(file, rows)])


def _loads(warnings: list[str]) -> Mapping[str, PartitionLoad] | None:
    try:
        return loads()
    except SlurmError as error:
        warnings.append(f"{error}, so the state of the cluster is not known")
        return None


def _recommendation(
    group: Group, scheduler: Mapping[str, Any], known: Mapping[str, PartitionLoad] | None, warnings: list[str], *,
    has_estimates: bool, account: str | None,
) -> _Recommendation:  # fmt: skip
    load = known.get(group.partition.name) if known is not None else None
    waits, estimates = None, None
    # What one node can do needs no choice, and what no allocation may have needs no question.
    if load is not None and has_estimates and group.allocations > 1 and largest(group) == group.allocations:
        waits, estimates = _asked(group, scheduler, account, warnings)
    advice: Advice = advised(group, load, waits)
    return _Recommendation(
        group.name, group.partition.name, advice.allocations, advice.nodes, advice.allocations * advice.nodes,
        advice.shape.value, advice.reason, walltime_text(group.walltime_seconds), len(group.jobs), estimates,
    )  # fmt: skip


def _asked(
    group: Group, scheduler: Mapping[str, Any], account: str | None, warnings: list[str]
) -> tuple[Waits | None, Mapping[str, Any] | None]:
    """Return when Slurm would start one allocation with all nodes, and one small one."""
    now = datetime.now(UTC)
    starts = {}
    for kind, nodes in (("large", group.allocations * group.job_nodes), ("small", group.job_nodes)):
        options = {
            "account": account,
            "partition": group.partition.name,
            "nodes": str(nodes),
            "time": str(scheduler["walltime"]),
            **{name: scheduler.get(name) for name in ("mem", "qos", "gres")},
        }
        extra = str(scheduler.get("extra") or "").split()
        try:
            starts[kind] = start_of({name: value for name, value in options.items() if value}, extra)
        except SlurmError as error:
            warnings.append(f"{group.name}: no estimate for {count('node', nodes)}: {error}")
            return None, None
    seconds = {kind: max(0.0, (start - now).total_seconds()) for kind, start in starts.items()}
    estimates = {
        f"{kind}_{member}": value
        for kind, start in starts.items()
        for member, value in (("starts_at", start.astimezone(UTC).isoformat()), ("wait_seconds", round(seconds[kind])))
    }
    return Waits(seconds["large"], seconds["small"]), estimates


def _partitions(made: Generated) -> list[str]:
    return list(dict.fromkeys(group.partition.name for group in made.plan.groups))


def _levels(plan: Plan) -> list[list[int]]:
    steps, _ = of_spec(plan)
    return levels_of(steps)


def _widest(plan: Plan) -> tuple[int, int]:
    """Return the level with most jobs, the first of them, and the number of its jobs."""
    sizes = [len(level) for level in _levels(plan)]
    widest = max(sizes, default=0)
    return (sizes.index(widest) if sizes else 0), widest


def _analysis(plan: Plan, made: Generated) -> dict[str, Any]:
    level, widest = _widest(plan)
    return {
        "total_jobs": plan.counts_before_expansion.get("jobs", len(plan.jobs)),
        "total_instances": len(plan.jobs),
        "dependency_depth": len(_levels(plan)),
        "max_parallelism": widest,
        "max_parallelism_level": level,
        "resource_groups": len(made.plan.groups),
        "ideal_nodes": sum(group.allocations * group.nodes for group in made.plan.groups),
    }


def _group_facts(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "partition": group.partition.name,
        "requirements": list(group.requirements),
        "job_count": len(group.jobs),
        "num_cpus": max(load.size.num_cpus for load in group.loads),
        "memory_mb": max(load.size.memory_mb for load in group.loads),
        "num_gpus": max(load.size.num_gpus for load in group.loads),
        "num_nodes": group.job_nodes,
        "runtime_seconds": max(load.size.runtime_seconds for load in group.loads),
        "ideal_nodes": group.allocations * group.nodes,
        "has_dependencies": group.is_deferred,
    }


def _summary(profile: Profile, plan: Plan) -> str:
    level, widest = _widest(plan)
    name = profile.cluster.display_name or profile.name
    return (
        f"{count('job', len(plan.jobs))} in {count('level', len(_levels(plan)))} of dependencies on {name};"
        f" {widest} at a time at most, in level {level}."
    )


def _how(file: str, rows: Sequence[_Recommendation]) -> str:
    """Return the command that requests these allocations."""
    call = f"torc slurm generate {file}"
    kinds = {row.strategy for row in rows}
    if kinds == {AllocationShape.MANY_SMALL}:
        return f"Request them with: {call} --max-allocations {max(row.num_allocations for row in rows)}"
    if AllocationShape.MANY_SMALL not in kinds and max(row.num_allocations for row in rows) == 1:
        return f"Request them with: {call} --single-allocation"
    most = max(row.num_allocations for row in rows if row.strategy != AllocationShape.SINGLE)
    return f"Request about as many with: {call} --max-allocations {most}; or change num_allocations and nodes there."
