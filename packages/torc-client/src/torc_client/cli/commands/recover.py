"""`torc recover`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from torc_client.cli.commands.workflows.correct_resources import MULTIPLIER
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.options import no_prompts, workflow_argument
from torc_client.cli.framework.results import Column, Listing, Report

if TYPE_CHECKING:
    from torc_client.recovery.corrections import Multipliers
    from torc_client.recovery.diagnosis import Cause, Finding
    from torc_client.recovery.recover import Plan

_COLUMNS = (
    Column("Job", "job_id", right=True),
    Column("Name", "job_name"),
    Column("Cause", "cause"),
    Column("Again", "again"),
    Column("Why", "reason"),
)


_RECOVERY_OPTIONS = (
    click.option(
        "--memory-multiplier",
        type=MULTIPLIER,
        default=1.5,
        show_default=True,
        help="Memory of jobs that lacked it: so much of the peak, or of what they required.",
    ),
    click.option(
        "--runtime-multiplier",
        type=MULTIPLIER,
        default=1.5,
        show_default=True,
        help="Run time of jobs that lacked it: so much of what they required.",
    ),
    click.option("--retry-unknown", is_flag=True, help="Run jobs again that failed for reasons of their own, too."),
    click.option(
        "--recovery-hook",
        metavar="COMMAND",
        help="Run this before such jobs, with the workflow's id behind it and in TORC_WORKFLOW_ID.",
    ),
)


def recovery_options(function: Callable[..., object]) -> Callable[..., object]:
    """Give a command what says how jobs get another chance."""
    for option in reversed(_RECOVERY_OPTIONS):
        function = option(function)
    return function


@command(short_help="Give jobs that failed what they lacked, and let them run again.", epilog=epilog("recover"))
@workflow_argument
@click.option(
    "-o",
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default="torc_output",
    show_default=True,
    help="The runners' output folder: results that they could not send are sent first.",
)
@recovery_options
@click.option("--dry-run", is_flag=True, help="Say why jobs failed and what would be done, and do nothing.")
@no_prompts
async def recover(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    output_dir: Path,
    memory_multiplier: float,
    runtime_multiplier: float,
    retry_unknown: bool,
    recovery_hook: str | None,
    dry_run: bool,
    no_prompts: bool,
) -> Report:
    """Look why jobs did not succeed, raise what they lacked, and make them ready again, with all that waits for them.

    A job lacked memory when it held more than it required or was killed well before its time was over; it lacked time
    when it used more than nine tenths of its own, or was ended for it. Jobs that were stopped with their runner or
    with the workflow run again as they are. The workflow has to be over, and its runners gone. At a terminal each
    kind of failure is asked about, unless --no-prompts is given.
    """
    from torc_client.cli.framework.output.show import say  # noqa: PLC0415 - help needs no rich
    from torc_client.cli.framework.picker import named, pick  # noqa: PLC0415 - nor the network
    from torc_client.recovery import recover as recovering  # noqa: PLC0415
    from torc_client.recovery.corrections import Multipliers  # noqa: PLC0415
    from torc_client.recovery.orphans import sync_status  # noqa: PLC0415
    from torc_client.recovery.scheduler import NoScheduler  # noqa: PLC0415
    from torc_client.recovery.unsent_results import send_leftovers  # noqa: PLC0415

    multipliers = Multipliers(memory_multiplier, runtime_multiplier)
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        if not dry_run:
            run_id = (await client.workflows.get_workflow_status(workflow_id)).run_id
            await send_leftovers(client, workflow_id, run_id or 0, output_dir, say)
        lost = await sync_status(client, workflow_id, NoScheduler(), dry_run=dry_run)
        if not (dry_run and lost):
            recovering.require_over(await client.workflows.get_workflow_status(workflow_id))
        findings = await recovering.findings_of(client, workflow_id)
        causes = _causes(retry_unknown=retry_unknown)
        if not (dry_run or no_prompts or app.format == "json"):
            causes = _asked(findings, causes)
        planned = await recovering.plan(client, workflow_id, findings, multipliers, causes)
        if not dry_run and planned.changes_something:
            hook = _hook(recovery_hook, workflow_id) if planned.retries_unknown else None
            await recovering.carry_out(client, planned, hook)
    return _report(planned, multipliers, title, dry_run=dry_run)


def _hook(command: str | None, workflow_id: int) -> "Callable[[], Awaitable[None]] | None":
    if command is None:
        return None
    from torc_client.recovery.hook import run_hook  # noqa: PLC0415 - help needs no hook

    return lambda: run_hook(command, workflow_id)


def _causes(*, retry_unknown: bool) -> "set[Cause]":
    from torc_client.recovery.diagnosis import Cause  # noqa: PLC0415 - help needs no records
    from torc_client.recovery.recover import KNOWN_CAUSES  # noqa: PLC0415

    return {*KNOWN_CAUSES, *((Cause.UNKNOWN,) if retry_unknown else ())}


def _asked(findings: "list[Finding]", causes: "set[Cause]") -> "set[Cause]":
    """Ask about each kind of failure that there is; without anybody there, what was wished stays."""
    from torc_client.cli.framework.output import ask  # noqa: PLC0415 - help needs no rich
    from torc_client.recovery.diagnosis import Cause  # noqa: PLC0415
    from torc_client.recovery.wording import jobs  # noqa: PLC0415

    if not ask.is_possible():
        return causes
    chosen = set()
    for cause, singular, plural, question in (
        (Cause.OUT_OF_MEMORY, "lacked memory", "lacked memory", "raise it, and run again?"),
        (Cause.TIMEOUT, "lacked time", "lacked time", "raise it, and run again?"),
        (Cause.STOPPED, "was stopped", "were stopped", "run again?"),
        (Cause.UNKNOWN, "failed for a reason of its own", "failed for reasons of their own", "run again as it is?"),
    ):
        names = [finding.end.job_name for finding in findings if finding.cause is cause]
        told = f"{', '.join(names[:5])}{' ...' * (len(names) > 5)}"
        if names and ask.confirm(f"{jobs(len(names), singular, plural)} ({told}): {question}"):
            chosen.add(cause)
    return chosen


def _report(planned: "Plan", multipliers: "Multipliers", title: str, *, dry_run: bool) -> Report:
    again = {end.job_id for end in planned.selection.again}
    diagnosis, outcome = planned.diagnosis, planned.outcome
    items = [_Line(each, "yes" if each.job_id in again else "no") for each in diagnosis.failed_jobs]
    record = {
        "workflow_id": planned.workflow_id,
        "dry_run": dry_run,
        "memory_multiplier": multipliers.memory,
        "runtime_multiplier": multipliers.runtime,
        "result": outcome,
        "diagnosis": diagnosis,
    }
    listing = Listing(items, _COLUMNS, "job without success", "jobs without success", title)
    return Report(record, listing, list(_sentences(planned, dry_run=dry_run)))


def _sentences(planned: "Plan", *, dry_run: bool) -> "list[str]":
    from torc_client.recovery.wording import jobs  # noqa: PLC0415 - help needs no words

    outcome = planned.outcome
    count = len(outcome.jobs_to_retry)
    if not planned.changes_something and not outcome.other_failures:
        return ["Every job succeeded: there is nothing to recover."]
    again = jobs(count, *(("would run", "would run") if dry_run else ("is ready to run", "are ready to run")))
    said = [f"{again} again."]
    if planned.was_canceled:
        said.append(f"The workflow was canceled: what was not begun {'would go' if dry_run else 'goes'} on.")
    for each in outcome.adjustments:
        if each.new_memory:
            said.append(f"{each.name}: memory {each.original_memory} -> {each.new_memory}")
        if each.new_runtime:
            said.append(f"{each.name}: run time {each.original_runtime} -> {each.new_runtime}")
    if outcome.other_failures:
        others = jobs(outcome.other_failures, "failed for a reason of its own", "failed for reasons of their own")
        said.append(f"{others}; --retry-unknown runs {'it' if outcome.other_failures == 1 else 'them'} again, too.")
    if planned.changes_something and not dry_run:
        said.append(f"Next: torc run {planned.workflow_id}")
    return said


class _Line:
    """A failed job, and whether it runs again."""

    def __init__(self, job: object, again: str) -> None:
        self._job = job
        self.again = again

    def __getattr__(self, name: str) -> object:
        return getattr(self._job, name)
