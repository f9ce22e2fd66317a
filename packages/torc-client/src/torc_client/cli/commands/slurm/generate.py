"""`torc slurm generate`."""

from pathlib import Path
from typing import Any

import click

from torc_client.batch.generation import CannotGenerateError, Generated, generate, overhead_seconds
from torc_client.batch.profile import Profile
from torc_client.cli.commands.slurm.explanation import explained
from torc_client.cli.commands.slurm.planning_options import planning_choice, planning_options
from torc_client.cli.commands.slurm.spec_to_plan import plan_of, without_schedulers
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.results import Message, RawText, Record
from torc_client.edge.output_files import write_text
from torc_client.errors import TorcError
from torc_client.option_types import UserPath
from torc_client.spec.formats import Format, format_of
from torc_client.spec.problems import Problems
from torc_client.spec.reading import read_document
from torc_client.spec.shape import check
from torc_client.spec.writing import write
from torc_client.text import count


@command("generate", short_help="Add Slurm schedulers to a spec file.")
@click.argument("file", shell_complete=files)
@click.option("-a", "--account", help="Account that is charged.  [default: that of slurm_defaults, or of the cluster]")
@click.option("-o", "--output", type=UserPath(), help="File to write.  [default: stdout]")
@planning_options
@click.option("--no-actions", is_flag=True, help="Add schedulers without the actions that request their nodes.")
@click.option(
    "--overwrite", is_flag=True, help="Replace the schedulers of the spec, and its actions that request nodes."
)
@click.option("--dry-run", is_flag=True, help="Print what would be added, and write nothing.")
@click.option("--explain", is_flag=True, help="Print the reasons for each scheduler on stderr.")
def generate_schedulers(  # noqa: PLR0917 - click calls it by keyword
    app: App, file: str, account: str | None, output: str | None, no_actions: bool, overwrite: bool, dry_run: bool,
    explain: bool, **planning: Any,
) -> Record | Message | RawText:  # fmt: skip
    """Add Slurm schedulers to the spec FILE (- reads stdin), and actions that request their nodes.

    Jobs are assigned to the partitions of the cluster by their resource requirements. Each scheduler requests as many
    allocations as its jobs need, and the CPUs, memory, GPUs and time that they need on each node. Comments of FILE are
    lost.
    """
    del app
    document = read_document(file)
    content = without_schedulers(document, overwrite=overwrite)
    plan = plan_of(document, content)
    overhead = overhead_seconds(plan.workflow.get("execution_config", {}))
    choice = planning_choice(planning, overhead_seconds=overhead)
    profile = choice.profile
    try:
        checked = check(content, "workflow", "", Problems())
        made = generate(checked, plan, profile, choice.options, account=account, with_actions=not no_actions)
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
