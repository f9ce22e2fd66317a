"""The door for people: `torc run`, which joins the client's command line, and `torc-runner` for compute images.

Nothing heavy is imported before a command runs: help is quick.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from torc_client import startup
from torc_client.cli.framework.context import App, files
from torc_client.config import FORMATS, load
from torc_client.errors import TorcError
from torc_client.runner_exit_code import RunnerExitCode
from torc_runner.connection.lease import DEFAULT_LEASE_SECONDS
from torc_runner.settings import DEFAULT_OUTPUT_DIR, DEFAULT_POLL_SECONDS, KILL_GRACE_SECONDS, Settings
from torc_runner.version import __version__

if TYPE_CHECKING:
    from torc_runner.console.summary import Summary

_PATIENCE_SECONDS = 5.0

_EPILOG = f"""\b
Exit codes:
  0  every job succeeded
  3  finished, with failed or canceled jobs
  4  stopped before the end (Ctrl-C, time over, or nothing left that can run here)
  1  error
  2  usage

Ctrl-C or TERM stops in order: no new jobs, TERM to the running ones, KILL after {KILL_GRACE_SECONDS:.0f} seconds, and
their ends are reported. A second one kills at once. USR1 says that the node will be taken away soon: no new jobs.
"""


class _Duration(click.ParamType[float]):
    """An ISO 8601 duration, as seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it, or say how one is written."""
        from torc_client.spec.quantities import duration_seconds  # noqa: PLC0415 - help needs none of it

        try:
            return float(duration_seconds(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Moment(click.ParamType[datetime]):
    """A point in time; without an offset it is local."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it, or say how one is written."""
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            self.fail(f"{value!r} is no time: write one such as 2027-01-31T18:00:00Z", param, ctx)


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a runner, as one Settings."""
    declared = (
        click.option(
            "-j", "--max-parallel-jobs", type=click.IntRange(min=1), help="Run so many at once, whatever they need"
        ),
        click.option("--num-cpus", type=click.IntRange(min=1), help="CPUs to offer  [default: those usable here]"),
        click.option(
            "--memory-gb",
            type=click.FloatRange(min=0, min_open=True),
            help="Memory to offer, in GiB  [default: what is usable here]",
        ),
        click.option("--num-gpus", type=click.IntRange(min=0), help="GPUs to offer  [default: those found here]"),
        click.option(
            "--cpu-affinity-cpus-per-job",
            metavar="CPUS",
            type=click.IntRange(min=0),
            help="Bind each job to so many CPUs of its own; 0 for as many as it needs  [default: jobs are not bound]",
        ),
        click.option(
            "-p",
            "--poll-interval",
            "poll_interval_seconds",
            metavar="SECONDS",
            type=click.FloatRange(min=0, min_open=True),
            default=DEFAULT_POLL_SECONDS,
            show_default=True,
            help="Longest time that one request waits for news; news comes at once, whatever this is",
        ),
        click.option(
            "--time-limit",
            "time_limit_seconds",
            metavar="DURATION",
            type=_Duration(),
            help="Leave after so long, as ISO 8601 writes it (PT2H30M): no job starts that would not be ready then, "
            "and those that still run get TERM and then KILL in time",
        ),
        click.option(
            "--end-time",
            metavar="TIME",
            type=_Moment(),
            help="The same until a point in time, such as 2027-01-31T18:00:00Z",
        ),
        click.option(
            "--label",
            "labels",
            metavar="LABEL",
            multiple=True,
            help="Also run the jobs that ask for this label, and these first (repeat)",
        ),
        click.option("--persistent", is_flag=True, help="Stay when nothing is left to do, until stopped"),
        click.option("--exit-when-idle", is_flag=True, help="Leave as soon as nothing can be claimed"),
        click.option(
            "-o",
            "--output-dir",
            type=click.Path(file_okay=False, path_type=Path),
            default=DEFAULT_OUTPUT_DIR,
            show_default=True,
            help="Folder for the log and for what jobs print",
        ),
        click.option(
            "--max-stdio-mb",
            metavar="MIB",
            type=click.IntRange(min=1),
            envvar="TORC_MAX_STDIO_MB",
            help="Keep the first so many MiB of each file that a job prints to  [default: all of it]",
        ),
        click.option(
            "--lease-seconds",
            metavar="SECONDS",
            type=click.FloatRange(min=1),
            default=DEFAULT_LEASE_SECONDS,
            show_default=True,
            envvar="TORC_LEASE_SECONDS",
            help="The server gives this runner's jobs to others when it was silent for so long",
        ),
        click.option(
            "--strict-lease",
            is_flag=True,
            help="End jobs when the server was not heard for that long, so that no other copy ever runs beside them",
        ),
        click.option(
            "--skip-checks",
            is_flag=True,
            expose_value=False,
            help="Accepted for older scripts; errors in a spec are never skipped",
        ),
    )
    for decorate in reversed(declared):
        function = decorate(function)
    return function


@click.command("run", short_help="Run a workflow on this machine", epilog=_EPILOG)
@click.argument("target", metavar="SPEC|ID", shell_complete=files)
@_options
@click.pass_context
def run_command(context: click.Context, /, target: str, **options: Any) -> None:
    """Run a workflow's jobs on this machine until it is complete.

    SPEC is a workflow specification, from which a new workflow is created; ID is a workflow that exists. Jobs that
    were never started are initialized first. Any number of runners may work on one workflow.
    """
    context.exit(_run(context.find_object(App) or App(load({})), target, Settings(**options)))


_AD_HOC_EPILOG = """\b
Examples:
  torc exec -- python fit.py --fast
  torc exec -j 4 -c 'python fit.py 1' -c 'python fit.py 2'
  torc exec -C commands.txt --stdio combined
  torc exec -c 'python fit.py {seed} {rate}' --param seed=1:10 --param 'rate=[0.1, 0.01]'

\b
Exit codes:
  0  every job succeeded
  1  a job failed, or an error
  4  stopped before the end (Ctrl-C, time over, or nothing left that can run here)
  2  usage
"""
_MONITOR = click.Choice(["off", "summary", "time-series"])


# Options of torc stand before the first word of a command: what follows is the command's.
@click.command(
    "exec",
    short_help="Run commands that stand in no spec",
    epilog=_AD_HOC_EPILOG,
    context_settings={"allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, metavar="[--] [COMMAND [ARGUMENTS]...]", type=click.UNPROCESSED)
@click.option("-c", "--command", "commands", metavar="COMMAND", multiple=True, help="A command for bash (repeat)")
@click.option("-C", "--commands-file", metavar="FILE", help="A command in each line, # begins a comment; - is stdin")
@click.option(
    "--param", "parameters", metavar="NAME=VALUES", multiple=True, help="Run each command for each of these values"
)
@click.option(
    "--link",
    type=click.Choice(["product", "zip"]),
    default="product",
    show_default=True,
    help="How the values of several parameters go together",
)
@click.option("-n", "--name", help="What the workflow is called  [default: exec_ and the time]")
@click.option("--description", help="What it is for")
@click.option("--monitor", type=_MONITOR, help="How much is measured of jobs  [default: summary]")
@click.option("--monitor-compute-node", type=_MONITOR, help="How much is measured of this machine  [default: off]")
@click.option("--generate-plots", is_flag=True, help="Draw what was measured")
@click.option(
    "-i",
    "--sample-interval-seconds",
    metavar="SECONDS",
    type=click.IntRange(min=1),
    help="Time between two samples  [default: 10]",
)
@click.option(
    "--stdio",
    type=click.Choice(["separate", "combined", "no-stdout", "no-stderr", "none"]),
    help="Which files keep what jobs print  [default: separate]",
)
@click.option("--dry-run", is_flag=True, help="Print the spec of it; ask no server")
@_options
@click.pass_context
def exec_command(context: click.Context, /, *, dry_run: bool, **options: Any) -> None:
    """Run commands as the jobs of a new workflow on this machine, until all have ended.

    They stand behind --, after -c, or in a file. The workflow stays on the server, as any other.
    """
    from torc_runner.ad_hoc import AdHocOptions, specification  # noqa: PLC0415 - help needs no spec language

    app = context.find_object(App) or App(load({}))
    wanted = AdHocOptions(**{each.name: options.pop(each.name) for each in fields(AdHocOptions)})
    document = specification(wanted, stamp=datetime.now().astimezone().strftime("%Y%m%d_%H%M%S"))
    if dry_run:
        from torc_client.spec.formats import Format  # noqa: PLC0415 - only here
        from torc_client.spec.writing import write  # noqa: PLC0415

        click.echo(write(document, Format.JSON if app.format == "json" else Format.YAML), nl=False)
        return
    code = _run(app, document, Settings(**options))
    context.exit(RunnerExitCode.ERROR if code == RunnerExitCode.FINISHED_WITH_FAILURES else code)


@click.command("torc-runner", epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("target", metavar="SPEC|ID")
@_options
@click.option(
    "--url", metavar="URL", help="Server: http(s)://host:port/torc-service/v1 or unix:///path  [TORC_API_URL]"
)
@click.option("-f", "--format", type=click.Choice(FORMATS), help="How the results are shown")
@click.option("--skip-version-check", is_flag=True, help="Do not compare versions with the server")
@click.version_option(__version__, prog_name="torc-runner", message="%(prog)s %(version)s")
@click.pass_context
def _runner_command(
    context: click.Context,
    /,
    target: str,
    *,
    url: str | None,
    format: str | None,
    skip_version_check: bool,
    **options: Any,
) -> None:
    """Run a workflow's jobs on this node until it is complete.

    The same as `torc run`, for images that hold only the runner. A password comes from TORC_PASSWORD.
    """
    app = App(load({"api_url": url, "format": format}), skip_version_check=skip_version_check)
    context.exit(_run(app, target, Settings(**options)))


def main() -> None:
    """Run `torc-runner` and end the process."""
    startup.is_own_cli = True
    try:
        _runner_command()
    except TorcError as error:
        _fail(error)


def _fail(error: TorcError) -> NoReturn:
    click.echo(f"Error: {error.message}", err=True)
    if error.hint:
        click.echo(error.hint, err=True)
    raise SystemExit(RunnerExitCode.ERROR)


def _run(app: App, target: str | Mapping[str, Any], settings: Settings) -> int:
    from torc_runner.console.results import next_steps, show  # noqa: PLC0415 - help needs no rich

    app.require_format_for_records()
    summary = asyncio.run(_run_workflow(app, target, settings))
    show(summary, app.format)
    if app.format == "table":
        for step in next_steps(summary, database=app.standalone.database if app.standalone else None):
            click.echo(step, err=True)
    return summary.exit_code


async def _run_workflow(app: App, target: str | Mapping[str, Any], settings: Settings) -> "Summary":
    from torc_runner.console.progress import progress  # noqa: PLC0415 - help needs neither rich nor the network
    from torc_runner.run_workflow import run_workflow  # noqa: PLC0415
    from torc_runner.target import understand, workflow_of  # noqa: PLC0415

    wanted = understand(target)
    async with app.client(patience_seconds=_PATIENCE_SECONDS) as client:
        with app.bar("Creating the workflow") as advance:
            workflow_id = await workflow_of(client, wanted, lambda done, total: advance(done, total, ""))
        if not isinstance(wanted, int):
            click.echo(f"Created workflow {workflow_id}; jobs: {len(wanted.jobs)}.", err=True)
        with progress() as (echo, display):
            return await run_workflow(client, workflow_id, settings, echo=echo, show=display)
