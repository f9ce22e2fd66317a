"""`torc slurm generate`."""

from pathlib import Path
from typing import Any

import click

from torc_client.batch.generation import CannotGenerateError, Generated, generate, overhead_seconds
from torc_client.batch.planning import MOST_ALLOCATIONS, GroupBy, Options, Strategy
from torc_client.batch.profile import Profile
from torc_client.cli.commands.hpc.choice import chosen
from torc_client.cli.commands.slurm.explanation import explained
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.results import Message, RawText, Record
from torc_client.edge.output_files import write_text
from torc_client.errors import TorcError
from torc_client.spec.formats import Format, format_of
from torc_client.spec.plan import Plan, make_plan
from torc_client.spec.problems import Problems, SpecError
from torc_client.spec.reading import Document, read_document
from torc_client.spec.shape import check
from torc_client.spec.writing import write
from torc_client.text import count


@command("generate", short_help="Add Slurm schedulers to a spec file.")
@click.argument("file", shell_complete=files)
@click.option("-a", "--account", help="Account that is charged.  [default: that of slurm_defaults, or of the cluster]")
@click.option("--profile", "profile_name", metavar="NAME", help="Cluster; see `torc hpc list`.  [default: this one]")
@click.option("-o", "--output", type=click.Path(), help="File to write.  [default: stdout]")
@click.option("--partition", help="Partition of all allocations.  [default: the one that fits the jobs]")
@click.option("--single-allocation", is_flag=True, help="Request one allocation with all nodes for each scheduler.")
@click.option(
    "--max-allocations", type=click.IntRange(min=1), default=MOST_ALLOCATIONS, show_default=True,
    help="Maximum number of allocations of a scheduler; more nodes are requested for each instead.",
)  # fmt: skip
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
    "--walltime-multiplier", type=click.FloatRange(min=0, min_open=True), default=1.5, show_default=True,
    help="Factor of the run times of jobs, for max-job-runtime.",
)  # fmt: skip
@click.option("--no-actions", is_flag=True, help="Add schedulers without the actions that request their nodes.")
@click.option(
    "--overwrite", is_flag=True, help="Replace the schedulers of the spec, and its actions that request nodes."
)
@click.option("--dry-run", is_flag=True, help="Print what would be added, and write nothing.")
@click.option("--explain", is_flag=True, help="Print the reasons for each scheduler on stderr.")
def generate_schedulers(  # noqa: PLR0917 - click calls it by keyword
    app: App, file: str, account: str | None, profile_name: str | None, output: str | None, partition: str | None,
    single_allocation: bool, max_allocations: int, group_by: str, walltime_strategy: str, walltime_multiplier: float,
    no_actions: bool, overwrite: bool, dry_run: bool, explain: bool,
) -> Record | Message | RawText:  # fmt: skip
    """Add Slurm schedulers to the spec FILE (- reads stdin), and actions that request their nodes.

    Jobs are assigned to the partitions of the cluster by their resource requirements. Each scheduler requests as many
    allocations as its jobs need, and the CPUs, memory, GPUs and time that they need on each node. Comments of FILE are
    lost.
    """
    del app
    profile = chosen(profile_name)
    if partition is not None and all(each.name != partition for each in profile.cluster.partitions):
        raise TorcError(f"{profile.name} has no partition {partition!r}.", "`torc hpc partitions` lists them.")
    if walltime_multiplier < 1:
        say(f"Warning: with --walltime-multiplier {walltime_multiplier:g}, allocations are shorter than their jobs.")
    document = read_document(file)
    content = _without_schedulers(document, overwrite=overwrite)
    plan = _plan(document, content)
    options = Options(
        GroupBy(group_by), Strategy(walltime_strategy), walltime_multiplier,
        1 if single_allocation else max_allocations, partition,
        overhead_seconds(plan.workflow.get("execution_config", {})),
    )  # fmt: skip
    try:
        checked = check(content, "workflow", "", Problems())
        made = generate(checked, plan, profile, options, account=account, with_actions=not no_actions)
    except CannotGenerateError as error:
        raise TorcError(*error.args) from error
    for warning in made.warnings:
        say(f"Warning: {warning}")
    if explain:
        say(explained(made.plan))
    facts = _facts(made, profile)
    if dry_run:
        return Record(facts | {"dry_run": True}, members=("scheduler_count", "action_count", "profile_display_name"))
    wanted = (format_of(output) if output else None) or document.format
    text = write(made.document, Format.JSON if wanted is Format.JSON5 else wanted)
    if output is None:
        return RawText(text)
    _write(Path(output), text)
    return Message(f"Wrote {output} with {_counted(made)}.", facts | {"file": output})


def _without_schedulers(document: Document, *, overwrite: bool) -> dict[str, Any]:
    content = document.value
    if not isinstance(content, dict):
        return {}
    actions = content.get("actions") or []
    requests = [each for each in actions if isinstance(each, dict) and each.get("action_type") == "schedule_nodes"]
    if not content.get("slurm_schedulers") and not requests:
        return content
    if not overwrite:
        raise TorcError(
            f"{document.source} already has Slurm schedulers, or actions that request nodes.",
            "Use --overwrite to replace them; other actions are kept.",
        )
    jobs = [
        {name: value for name, value in job.items() if name != "scheduler"} if isinstance(job, dict) else job
        for job in content.get("jobs") or []
    ]
    kept = {name: value for name, value in content.items() if name not in {"slurm_schedulers", "actions", "jobs"}}
    others = [each for each in actions if each not in requests]
    return {**kept, "jobs": jobs, **({"actions": others} if others else {})}


def _plan(document: Document, content: dict[str, Any]) -> Plan:
    try:
        return make_plan(document.source, content or document.value, complaints=document.complaints)
    except SpecError as error:
        raise error.with_positions(document.positions()) from error


def _facts(made: Generated, profile: Profile) -> dict[str, Any]:
    return {
        "dry_run": False,
        "scheduler_count": len(made.schedulers),
        "action_count": len(made.actions),
        "profile_name": profile.name,
        "profile_display_name": profile.cluster.display_name or profile.name,
        "slurm_schedulers": made.schedulers,
        "actions": made.actions,
        "warnings": made.warnings,
    }


def _counted(made: Generated) -> str:
    return f"{count('scheduler', len(made.schedulers))} and {count('action', len(made.actions))}"


def _write(path: Path, text: str) -> None:
    try:
        write_text(path, text)
    except OSError as error:
        raise TorcError(f"Cannot write {path}: {error.strerror}.") from error
