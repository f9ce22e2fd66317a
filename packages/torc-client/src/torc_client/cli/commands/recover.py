"""`torc recover`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click
from msgspec import structs

from torc_client.batch.plan_facts import DryRunFacts
from torc_client.cli.commands.allocations.options import PATIENCE_SECONDS, require_reachable
from torc_client.cli.commands.recovery_choice_options import choice_of, choice_options
from torc_client.cli.commands.recovery_questions import AskingRenewal, CanceledByUserError
from torc_client.cli.commands.renewal_options import renewal_of, renewal_options, warn_without_slurm
from torc_client.cli.commands.without_effect import options_of_recovery, warn_of
from torc_client.cli.commands.workflows.correct_resources import MULTIPLIER
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.examples import epilog
from torc_client.cli.framework.options import no_prompts, workflow_argument
from torc_client.cli.framework.output import ask
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Message, Report
from torc_client.client import TorcClient
from torc_client.limit_words import limit
from torc_client.log_files.unchanged_outputs import BEFORE_RETRY, is_of_unchanged_output
from torc_client.option_types import UserPath
from torc_client.recovery import recover as recovery
from torc_client.recovery.by_group import by_group as grouped
from torc_client.recovery.choice import JobClass
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.execution_kind import ExecutionKind, execution_kind
from torc_client.recovery.multipliers import RECOVERY, Multipliers
from torc_client.recovery.recover import KNOWN_CAUSES, RecoveryPlan
from torc_client.text import count
from torc_client.workflow_operations.initialize import InputFilesMissingError, require_inputs_of
from torc_client.workflow_operations.temp_files import writers_sentence

_COLUMNS = (
    Column("Job", "job_id", right=True),
    Column("Name", "job_name"),
    Column("Cause", "cause"),
    Column("Retry", "retry"),
    Column("Why", "reason", wraps=True),
)
_COLUMNS_BY_GROUP = (
    Column("Group", "group"),
    Column("Cause", "cause"),
    Column("Jobs", "job_count", right=True),
    Column("Retry", "retry", lambda retry: "yes" if retry else "no"),
    Column("Why", "reason", wraps=True),
    Column("For example", "example_job_id", right=True),
)


_RECOVERY_OPTIONS = (
    click.option(
        "--memory-multiplier",
        type=MULTIPLIER,
        default=RECOVERY.memory,
        show_default=True,
        help="New memory of jobs that lacked memory: this factor times their peak or their requirement, if larger.",
    ),
    click.option(
        "--runtime-multiplier",
        type=MULTIPLIER,
        default=RECOVERY.runtime,
        show_default=True,
        help="New run time of jobs that lacked time: this factor times their run time or their requirement, if larger.",
    ),
    click.option("--retry-unknown", is_flag=True, help="Also retry jobs that failed for an unknown cause."),
    click.option(
        "--recovery-hook",
        metavar="COMMAND",
        help="Run COMMAND before such jobs are retried. The workflow's id is its last argument, and in"
        " TORC_WORKFLOW_ID.",
    ),
)


def recovery_options(function: Callable[..., object]) -> Callable[..., object]:
    """Add the options that choose which jobs are retried and with which requirements."""
    for option in reversed(_RECOVERY_OPTIONS):
        function = option(function)
    return function


@command(short_help="Raise memory or time limits of failed jobs and retry them.", epilog=epilog("recover"))
@workflow_argument
@click.option(
    "-o",
    "--output-dir",
    type=UserPath(file_okay=False, path_type=Path),
    default="torc_output",
    show_default=True,
    help="The runners' output folder. Results that they could not send are sent first.",
)
@recovery_options
@choice_options
@click.option("--dry-run", is_flag=True, help="Show why jobs failed and what would be done, and change nothing.")
@click.option("--force", is_flag=True, help="Also recover if input files of the jobs are missing.")
@renewal_options
@no_prompts
@options_of_recovery
async def recover(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    output_dir: Path,
    memory_multiplier: float,
    runtime_multiplier: float,
    retry_unknown: bool,
    recovery_hook: str | None,
    only: tuple[JobClass, ...],
    memory: tuple[tuple[int, str], ...],
    runtime: tuple[tuple[int, str], ...],
    by_group: bool,
    dry_run: bool,
    force: bool,
    partition: str | None,
    walltime: int | None,
    no_prompts: bool,
    **without_effect: object,
) -> Report | Message:
    """Find out why jobs failed, raise their limits, and make them and their dependents ready again.

    A job lacked memory if it used more than it required, or if it was killed long before the end of its run time. It
    lacked time if it used more than nine tenths of its run time, or was stopped at the end of it. Jobs that were
    stopped with their runner or with the workflow, or whose node died, are retried unchanged. The workflow, or all of
    its allocations, must have ended, and its runners must have left. At a terminal the command asks about each cause,
    unless --no-prompts is given.

    With --only, just these classes of jobs are retried, for example `--only oom:simulate_#`: a group has the jobs whose
    names differ only in their numbers. `--dry-run --by-group` shows the classes. The causes are oom, timeout, stopped,
    node_failure, unknown and canceled. --memory and --runtime replace computed values, for all jobs that share the
    resource requirements.

    For a workflow with Slurm schedulers, allocations for all jobs that have not run are planned and requested, as
    `torc slurm regenerate --submit` does.
    """
    warn_of(without_effect)
    multipliers = Multipliers(memory_multiplier, runtime_multiplier, RECOVERY.cpu)
    asks = not (dry_run or no_prompts or only)

    def choose_causes(findings: list[Finding]) -> set[Cause]:
        causes = _causes(retry_unknown=retry_unknown)
        return _ask(findings, causes) if asks else causes

    async with app.client(patience_seconds=PATIENCE_SECONDS) as client:
        workflow_id = await pick(client, workflow_id, changes=not dry_run, is_sure=no_prompts)
        title = await named(client, workflow_id)
        kind = await execution_kind(client, workflow_id)
        if kind is not ExecutionKind.SLURM:
            warn_without_slurm(workflow_id, partition, walltime)
        options = recovery.RecoveryOptions(
            multipliers, recovery_hook, output_dir, dry_run, ignores_missing_inputs=force,
            choice=choice_of(only, memory, runtime),
        )  # fmt: skip
        if kind is ExecutionKind.SLURM:
            if not dry_run:
                require_reachable(app)
            renewal = await renewal_of(app, client, workflow_id, partition, walltime, output_dir, say)
            asking = AskingRenewal(renewal, say, lambda preview: [*_planned(preview)])
            options = replace(options, output_dir=renewal.submit_options.output_folder)
            options = replace(options, renewal=asking if asks and ask.is_possible() else renewal)
        try:
            plan = await recovery.recover(client, workflow_id, options, choose_causes, report=say)
        except CanceledByUserError as canceled:
            return Message(canceled.message, {"workflow_id": workflow_id}, status="canceled")
        missing = await _missing_inputs(client, plan) if dry_run and not force else []
    sentences = [*missing, *_sentences(plan, dry_run=dry_run)]
    report = (
        _report_by_group(plan, sentences, title, dry_run=dry_run)
        if by_group
        else _report(plan, sentences, title, dry_run=dry_run)
    )
    return structs.replace(report, closing=[*_next(plan, kind, dry_run=dry_run)])


async def _missing_inputs(client: TorcClient, plan: RecoveryPlan) -> list[str]:
    """Return a sentence if the recovery would be refused because input files are missing."""
    if plan.restarts:
        try:
            await require_inputs_of(client, plan.workflow_id, plan.job_ids)
        except InputFilesMissingError as error:
            return [error.message]
    return []


def _causes(*, retry_unknown: bool) -> set[Cause]:
    return {*KNOWN_CAUSES, *((Cause.UNKNOWN,) if retry_unknown else ())}


def _ask(findings: list[Finding], causes: set[Cause]) -> set[Cause]:
    """Ask about each cause that was found. Without a terminal, return the causes that the options chose."""
    if not ask.is_possible():
        return causes
    chosen = set()
    for cause, what, question in (
        (Cause.OUT_OF_MEMORY, "lacked memory", "Raise it and retry?"),
        (Cause.TIMEOUT, "lacked time", "Raise it and retry?"),
        (Cause.NODE_FAILURE, "ran on a node that died", "Retry?"),
        (Cause.STOPPED, "stopped with the runner or workflow", "Retry?"),
        (Cause.UNKNOWN, "failed for an unknown cause", "Retry unchanged?"),
    ):
        names = [finding.outcome.job_name for finding in findings if finding.cause is cause]
        shown = f"{', '.join(names[:5])}{' ...' * (len(names) > 5)}"
        if names and ask.confirm(f"{count('job', len(names))} {what} ({shown}). {question}"):
            chosen.add(cause)
    return chosen


def _report_by_group(plan: RecoveryPlan, sentences: list[str], title: str, *, dry_run: bool) -> Report:
    found = grouped(plan, dry_run=dry_run)
    listing = Listing(found.groups, _COLUMNS_BY_GROUP, "group", "groups", title)
    return Report(found, listing, sentences)


def _report(plan: RecoveryPlan, sentences: list[str], title: str, *, dry_run: bool) -> Report:
    retried = {outcome.job_id for outcome in plan.selection.retried}
    diagnosis, summary = plan.diagnosis, plan.summary
    items = [_Line(each, "yes" if each.job_id in retried else "no") for each in diagnosis.failed_jobs]
    record = {
        "workflow_id": plan.workflow_id,
        "dry_run": dry_run,
        "memory_multiplier": plan.multipliers.memory,
        "runtime_multiplier": plan.multipliers.runtime,
        "result": summary,
        "diagnosis": diagnosis,
    }
    listing = Listing(items, _COLUMNS, "unsuccessful job", "unsuccessful jobs", title)
    return Report(record, listing, sentences)


def _sentences(plan: RecoveryPlan, *, dry_run: bool) -> Iterator[str]:
    summary = plan.summary
    if not plan.changes_something and not summary.other_failures:
        yield "No job failed: there is nothing to recover."
        return
    retried = count("job", len(summary.jobs_to_retry))
    if summary.jobs_to_retry:
        yield f"{retried} would be retried." if dry_run else f"{retried} ready to run again."
    if plan.writers:
        yield writers_sentence(plan.writers)
    if plan.stranded_jobs:
        yield f"The allocations of the workflow have ended, and left {count('ready job', plan.stranded_jobs)}."
    if plan.was_canceled:
        yield f"The workflow was canceled: jobs that were not started {'would run' if dry_run else 'can run'} now."
    for each in summary.adjustments:
        if each.new_memory:
            yield f"{each.name}: memory {each.original_memory} -> {each.new_memory}"
        if each.new_runtime:
            yield f"{each.name}: run time {limit(each.original_runtime)} -> {limit(each.new_runtime)}"
    if summary.other_failures:
        others = count("job", summary.other_failures)
        yield (
            f"{others} failed for an unknown cause; use --retry-unknown to retry such jobs too."
            if plan.choice.classes is None
            else f"{count('unsuccessful job', summary.other_failures)} not retried."
        )
    if any(is_of_unchanged_output(each.reason) for each in plan.findings):
        yield BEFORE_RETRY
    yield from _allocations(plan)


def _allocations(plan: RecoveryPlan) -> Iterator[str]:
    if plan.preview is not None:
        yield from _planned(plan.preview)
    if plan.renewed is not None and plan.renewed.submitted:
        requested = count("allocation", plan.renewed.allocations_submitted)
        later = plan.renewed.allocations_deferred
        yield f"Requested {requested}{f'; {later} more when other jobs have ended' if later else ''}."


def _next(plan: RecoveryPlan, kind: ExecutionKind, *, dry_run: bool) -> Iterator[str]:
    """Yield the command that is useful next, if there is one."""
    if plan.renewed is not None and plan.renewed.submitted:
        yield f"Next: torc watch {plan.workflow_id}"
    elif plan.renewed is not None or (plan.changes_something and not dry_run):
        yield f"Next: {kind.next_command(plan.workflow_id)}"


def _planned(preview: DryRunFacts) -> Iterator[str]:
    yield f"{count('allocation', preview.total_allocations)} would be planned:"
    for each in preview.planned_schedulers:
        allocations, jobs = count("allocation", each.num_allocations), count("job", each.job_count)
        yield f"{each.name}: {allocations} of {each.walltime} in partition {each.partition} for {jobs}"
    for warning in preview.warnings:
        yield f"Warning: {warning}"


class _Line:
    """An unsuccessful job, and whether it is retried."""

    def __init__(self, job: object, retry: str) -> None:
        self._job = job
        self.retry = retry

    def __getattr__(self, name: str) -> object:
        return getattr(self._job, name)
