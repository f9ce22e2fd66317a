"""`torc workflows correct-resources`."""

from typing import Any

import click

from torc_client.cli.commands.workflows.change_record import change_record
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import job_ids_option
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.errors import TorcError
from torc_client.limit_words import limit
from torc_client.option_types import FiniteRange
from torc_client.recovery.apply import apply_adjustments
from torc_client.recovery.corrections import Adjustment, ChosenAmounts, Direction, for_usage
from torc_client.recovery.diagnosis import codes_of, diagnose
from torc_client.recovery.multipliers import CORRECTION, Multipliers
from torc_client.recovery.outcomes import UNSUCCESSFUL_WITH_RESULT, outcomes_of
from torc_client.recovery.quantiles import Quantile

COLUMNS = (
    Column("Requirement", "name"),
    Column("Direction", "direction"),
    Column("Jobs", "job_names", lambda names: f"{len(names)}: {', '.join(names[:3])}{'...' * (len(names) > 3)}"),
    Column("Memory", "original_memory"),
    Column("New memory", "new_memory"),
    Column("Runtime", "original_runtime", limit),
    Column("New runtime", "new_runtime", limit),
    Column("CPUs", "original_cpus", right=True),
    Column("New CPUs", "new_cpus", right=True),
)
MULTIPLIER = FiniteRange(min=1)


@command("correct-resources", short_help="Adjust resource requirements to the measured use.")
@workflow_argument
@click.option(
    "--memory-multiplier",
    type=MULTIPLIER,
    default=CORRECTION.memory,
    show_default=True,
    help="Factor of the peak memory.",
)
@click.option(
    "--runtime-multiplier",
    type=MULTIPLIER,
    default=CORRECTION.runtime,
    show_default=True,
    help="Factor of the longest run time.",
)
@click.option(
    "--cpu-multiplier", type=MULTIPLIER, default=CORRECTION.cpu, show_default=True, help="Factor of the peak CPU use."
)
@click.option(
    "--quantile",
    type=click.Choice([each.value for each in Quantile]),
    default=Quantile.MOST.value,
    show_default=True,
    help="Quantile of the use of the jobs that share a requirement. Jobs above it may lack memory or time.",
)
@job_ids_option("Analyze only these jobs.")
@click.option("--requirements-id", type=int, help="Change only this record to --memory, --runtime and --num-cpus.")
@click.option("-m", "--memory", help="Memory of the record, such as 4g.")
@click.option("-r", "--runtime", help="Run time of the record as an ISO 8601 duration, such as PT30M.")
@click.option("--num-cpus", type=click.IntRange(min=1), help="CPUs of the record.")
@click.option("--no-downsize", is_flag=True, help="Raise requirements only; lower none.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
async def correct_resources(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    memory_multiplier: float,
    runtime_multiplier: float,
    cpu_multiplier: float,
    quantile: str,
    job_ids: tuple[list[int], ...],
    requirements_id: int | None,
    memory: str | None,
    runtime: str | None,
    num_cpus: int | None,
    no_downsize: bool,
    dry_run: bool,
) -> Report:
    """Change the resource requirements of a workflow to what its jobs used, with a margin.

    A requirement is raised if a job used more, or was killed because it lacked memory or time. It is lowered if all
    jobs that ran with it succeeded and used less. Jobs share requirements, so a change also applies to jobs that were
    not analyzed. Jobs without requirements are not changed. No job is retried: see `torc recover`.

    With --requirements-id, one record gets the given amounts, and the result says how many jobs share it.
    """
    chosen_amounts = ChosenAmounts(memory, runtime, num_cpus)
    if requirements_id is not None or chosen_amounts != ChosenAmounts():
        return await change_record(app, workflow_id, requirements_id, chosen_amounts, dry_run=dry_run)
    multipliers = Multipliers(memory_multiplier, runtime_multiplier, cpu_multiplier)
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=not dry_run)
        title = await named(client, workflow_id)
        workflow = await client.workflows.get_workflow(workflow_id)
        everything = await outcomes_of(client, workflow_id)
        chosen = {one for ids in job_ids for one in ids}
        _require_known(chosen, {outcome.job_id for outcome in everything})
        outcomes = [outcome for outcome in everything if not chosen or outcome.job_id in chosen]
        unsuccessful = [outcome for outcome in outcomes if outcome.status in UNSUCCESSFUL_WITH_RESULT]
        findings = diagnose(unsuccessful, codes_of(workflow))
        adjustments = for_usage(outcomes, findings, multipliers, downsizes=not no_downsize, quantile=Quantile(quantile))
        updated = 0 if dry_run else await apply_adjustments(client, workflow_id, adjustments)
    analyzed = sum(outcome.result is not None for outcome in outcomes)
    facts = {
        "status": "success",
        "workflow_id": workflow_id,
        "dry_run": dry_run,
        "memory_multiplier": memory_multiplier,
        "runtime_multiplier": runtime_multiplier,
        "cpu_multiplier": cpu_multiplier,
        "quantile": quantile,
        "no_downsize": no_downsize,
        "resource_requirements_updated": updated,
        "jobs_analyzed": analyzed,
        **_counts(adjustments),
        "adjustments": adjustments,
    }
    count = len({each.resource_requirements_id for each in adjustments})
    sentence = f"Results analyzed: {analyzed}. Requirements {'to change' if dry_run else 'changed'}: {count}."
    return Report(facts, Listing(adjustments, COLUMNS, "adjustment", "adjustments", title), [sentence])


def _counts(adjustments: list[Adjustment]) -> dict[str, Any]:
    counts = {}
    for direction, prefix in ((Direction.UPSCALE, ""), (Direction.DOWNSCALE, "downsize_")):
        matching = [each for each in adjustments if each.direction is direction]
        counts[f"{prefix}memory_corrections"] = sum(each.new_memory is not None for each in matching)
        counts[f"{prefix}runtime_corrections"] = sum(each.new_runtime is not None for each in matching)
        counts[f"{prefix}cpu_corrections"] = sum(each.new_cpus is not None for each in matching)
    return counts


def _require_known(job_ids: set[int], known: set[int]) -> None:
    unknown = sorted(job_ids - known)
    if unknown:
        raise TorcError(
            f"The workflow has no job {', '.join(map(str, unknown))}.", "`torc jobs list` shows the ids of its jobs."
        )
