"""`torc workflows check-resources`, which is also `torc reports check-resource-utilization`."""

import click

from torc_client.api.enums import JobStatus
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.client import TorcClient
from torc_client.limit_words import limit
from torc_client.recovery.apply import apply_adjustments
from torc_client.recovery.corrections import Adjustment, for_usage
from torc_client.recovery.multipliers import CORRECTION
from torc_client.recovery.outcomes import UNSUCCESSFUL_WITH_RESULT, JobOutcome, outcomes_of
from torc_client.recovery.utilization import MIN_PERCENT_OVER, over_used, resource_uses, usage_line
from torc_client.text import count

_COLUMNS = (
    Column("Job", "job_id", right=True),
    Column("Name", "job_name"),
    Column("Resource", "resource_type"),
    Column("Required", "specified", limit, right=True),
    Column("Peak", "peak_used", limit, right=True),
    Column("Over", "over_utilization", right=True),
)


@command(short_help="List jobs that used more than they required.")
@workflow_argument
@click.option("-r", "--run-id", type=int, help="Analyze this run.  [default: the last result of each job]")
@click.option("-a", "--all", "shows_all", is_flag=True, help="Also list use below the requirements.")
@click.option("--include-failed", is_flag=True, help="Also analyze jobs that did not succeed.")
@click.option(
    "--min-over-utilization",
    type=float,
    default=MIN_PERCENT_OVER,
    show_default=True,
    metavar="PERCENT",
    help="Minimum excess to list.",
)
@click.option("--correct", is_flag=True, help="Raise the requirements, like correct-resources --no-downsize.")
async def check_resources(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    run_id: int | None,
    shows_all: bool,
    include_failed: bool,
    min_over_utilization: float,
    correct: bool,
) -> Report:
    """List jobs that used more memory, CPUs or time than they required.

    Runners measure memory and CPUs if the workflow enables resource_monitor; run times are always measured. Jobs
    without requirements are not listed.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        current = (await client.workflows.get_workflow_status(workflow_id)).run_id
        wanted = {JobStatus.COMPLETED, *(UNSUCCESSFUL_WITH_RESULT if include_failed else ())}
        outcomes = await outcomes_of(client, workflow_id, run_id=run_id)
        outcomes = [each for each in outcomes if each.result is not None and each.result.status in wanted]
        adjustments = await _corrected(client, workflow_id, outcomes) if correct else []
    found = list(resource_uses(outcomes))
    over = over_used(found, min_over_utilization)
    shown = sorted(found, key=lambda use: -use.percent_over) if shows_all else over
    exceeded = set(over)
    record = {
        "workflow_id": workflow_id,
        "run_id": current if run_id is None else run_id,
        "total_results": len(outcomes),
        "over_utilization_count": len(over),
        "violations": [usage_line(each) for each in over],
        **({"within_limits": [usage_line(each) for each in shown if each not in exceeded]} if shows_all else {}),
        **({"adjustments": adjustments} if correct else {}),
    }
    sentence = _sentence(len(over), len(found), len(outcomes), include_failed=include_failed)
    hints = [f"{each.name}: raised for {count('job', len(each.job_ids))}." for each in adjustments]
    if over and not correct:
        hints.append(f"Adjust the requirements: torc workflows correct-resources {workflow_id}")
    return Report(record, Listing(shown, _COLUMNS, "quantity", "quantities", title), [sentence, *hints])


def _sentence(over: int, measured: int, jobs: int, *, include_failed: bool) -> str:
    """Return how many of the measured quantities of jobs exceed the requirements."""
    if measured:
        return f"Above the requirements: {over} of {count('measured quantity', measured, 'measured quantities')}."
    if jobs:
        return f"{count('job', jobs)} ended, and none has both a requirement and a measured use to compare."
    if include_failed:
        return "No job has ended in this run."
    return "No job has succeeded in this run; --include-failed also analyzes failed jobs."


async def _corrected(client: TorcClient, workflow_id: int, outcomes: list[JobOutcome]) -> list[Adjustment]:
    adjustments = for_usage(outcomes, [], CORRECTION, downsizes=False)
    await apply_adjustments(client, workflow_id, adjustments)
    return adjustments
