"""`torc run`: run a workflow on this machine."""

import platform
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from torc_client import interruptions
from torc_client.api.enums import StdioMode
from torc_client.cli.framework.context import App, files
from torc_client.config import load
from torc_client.edge.standard_streams import streams
from torc_client.edge.terminal_text import inert
from torc_client.errors import TorcError
from torc_client.for_terminal import for_terminal
from torc_client.runner_exit_code import RunnerExitCode
from torc_client.suggested_commands import complete_commands
from torc_client.text import count
from torc_runner.cli.options import STOPPING, runner_options
from torc_runner.cli.scope import ALL_JOBS, Scope, scope_options
from torc_runner.settings import Settings

if TYPE_CHECKING:
    from torc_runner.console.summary import Summary

_PATIENCE_SECONDS = 5.0

EPILOG = f"""\b
Exit codes:
  0  every job succeeded
  3  finished, with failed or canceled jobs
  4  stopped before the end (Ctrl-C, time over, or no job left that can run here)
  1  error
  2  usage

{STOPPING}"""


exit_zero_option = click.option(
    "--exit-zero",
    is_flag=True,
    help="Exit with 0 instead of 3 or 4, as Torc 1.0 does: also after failed jobs, or before the end.",
)
_NO_ERRORS = {RunnerExitCode.FINISHED_WITH_FAILURES, RunnerExitCode.STOPPED}


@click.command("run", short_help="Run a workflow on this machine", epilog=EPILOG)
@click.argument("target", metavar="SPEC|ID", required=False, shell_complete=files)
@runner_options
@scope_options
@exit_zero_option
@click.pass_context
def run_command(
    context: click.Context,
    /,
    target: str | None,
    *,
    exit_zero: bool,
    retries_failed: bool,
    targets: tuple[str, ...],
    **options: Any,
) -> None:
    """Run a workflow's jobs on this machine until it is complete.

    SPEC is a workflow specification, from which a new workflow is created; ID is a workflow that exists. Without both,
    choose a workflow in the terminal. Jobs that were never started are initialized first. With --target, the others
    stay disabled until a run without it; the exit code and the results are those of the target. Any number of runners
    may work on one workflow.
    """
    app = context.find_object(App) or App(load({}))
    if target is None and not app.can_ask:
        raise click.MissingParameter(param_hint="'SPEC|ID'", param_type="argument")
    scope = Scope(retries_failed, targets)
    context.exit(run_target(app, target, Settings(**options), exit_zero=exit_zero, scope=scope))


def report_creation(workflow_id: int, num_jobs: int) -> None:
    """Print that a workflow was created."""
    click.echo(f"Created workflow {workflow_id} with {count('job', num_jobs)}.", err=True)


def run_target(
    app: App,
    target: str | Mapping[str, Any] | None,
    settings: Settings,
    *,
    exit_zero: bool = False,
    scope: Scope = ALL_JOBS,
    on_created: Callable[[int, int], None] = report_creation,
    first_contact_seconds: float | None = None,
    is_watched: bool = False,
) -> int:
    """Run a workflow and print its results. Return the exit code. Raises TorcError.

    `target` is the path of a spec, the id of a workflow, or a spec; None for a workflow that the user chooses. With
    `exit_zero`, only errors have another exit code than 0. `on_created` is called with the id of a new workflow and its
    number of jobs. `first_contact_seconds` is that of `App.connect`. A run that `is_watched` does not say what to do
    about failed jobs, as the watch does it.
    """
    system = platform.system()
    if system != "Linux":
        raise TorcError(
            f"Jobs run on Linux only; this is {system}.",
            "Start the runner on a Linux machine or in a Linux container. All other commands work here.",
        )
    from torc_runner.console.results import next_steps, show  # noqa: PLC0415 - help needs no rich
    from torc_runner.console.summary import StoppedWithoutServerError  # noqa: PLC0415 - the same

    app.require_format_for_records()
    app.keep_database_in(settings.output_dir)
    streams.ignore_failures()
    try:
        summary = interruptions.run(_run(app, target, settings, on_created, first_contact_seconds, scope))
    except interruptions.Interrupted as interrupted:
        click.echo("Error: Interrupted.", err=True)
        return interrupted.exit_code
    except StoppedWithoutServerError as stopped:
        click.echo(complete_commands(f"{stopped.message}\n{stopped.hint}"), err=True)
        return RunnerExitCode.STOPPED
    # The commands of `torc exec` come as a spec.
    show(summary, app.format, is_ad_hoc=isinstance(target, Mapping))
    if app.format == "table" and not is_watched:
        for step in next_steps(summary, names_output=isinstance(target, Mapping) and _keeps_output(target)):
            click.echo(for_terminal(complete_commands(step), sys.stderr), err=True)
    failure = streams.failure()
    if failure is not None and not failure.has_no_reader:
        click.echo(f"Warning: the results are not shown: {failure}", err=True)
    return RunnerExitCode.SUCCEEDED if exit_zero and summary.exit_code in _NO_ERRORS else summary.exit_code


def _keeps_output(document: Mapping[str, Any]) -> bool:
    """Return whether a spec of `torc exec` does not turn the output files of its jobs off."""
    config: Mapping[str, Any] = document.get("execution_config") or {}
    return (config.get("stdio") or {}).get("mode") != StdioMode.NONE


async def _run(  # noqa: PLR0917 - all that the command has
    app: App,
    target: str | Mapping[str, Any] | None,
    settings: Settings,
    on_created: Callable[[int, int], None],
    first_contact_seconds: float | None,
    scope: Scope,
) -> "Summary":
    from torc_runner.console.progress import progress  # noqa: PLC0415 - help needs neither rich nor the network
    from torc_runner.run_workflow import run_workflow  # noqa: PLC0415 - the same
    from torc_runner.server_check import adapted  # noqa: PLC0415 - the same
    from torc_runner.target import parse_target, workflow_of  # noqa: PLC0415 - the same

    wanted = None if target is None else parse_target(target)
    plan = None if wanted is None or isinstance(wanted, int) else wanted
    if plan is not None:
        scope.check(plan, target)
        if isinstance(target, str):
            for line in plan.warning_lines():
                click.echo(inert(line), err=True)
    async with app.client(patience_seconds=_PATIENCE_SECONDS, first_contact_seconds=first_contact_seconds) as client:
        settings = replace(settings, is_alone=app.standalone is not None)
        settings = await adapted(client, settings)  # before a workflow is created
        if wanted is None:
            wanted = await app.choose_workflow(client)
        with app.bar("Creating the workflow") as advance:
            workflow_id = await workflow_of(client, wanted, lambda done, total: advance(done, total, ""))
        if plan is not None:
            on_created(workflow_id, len(plan.jobs))
        part = await scope.prepare(client, workflow_id, settings.output_dir, is_new=plan is not None)
        settings = replace(settings, part=part)
        with progress() as report:
            async with report.following(client, workflow_id):
                summary = await run_workflow(client, workflow_id, settings, echo=report.echo, show=report.show)
                return replace(summary, num_ran_here=report.num_ended)
