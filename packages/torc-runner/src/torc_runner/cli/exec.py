"""`torc exec`: run commands without a spec."""

import shlex
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

import click

from torc_client.cli.framework.context import App
from torc_client.config import load
from torc_client.runner_exit_code import RunnerExitCode
from torc_runner.cli.options import runner_options
from torc_runner.cli.run import run_target
from torc_runner.settings import Settings

_EPILOG = """\b
Examples:
  torc exec -- python fit.py --fast
  torc exec -j 4 -c 'python fit.py 1' -c 'python fit.py 2'
  torc exec -C commands.txt --stdio combined
  torc exec -c 'python fit.py {seed} {rate}' --param seed=1:10 --param 'rate=[0.1, 0.01]'

\b
Exit codes:
  0  every job succeeded
  1  a job failed, or an error
  4  stopped before the end (Ctrl-C, time over, or no job left that can run here)
  2  usage
"""
_MONITOR = click.Choice(["off", "summary", "time-series"])


class _ExecCommand(click.Command):
    """Requires -- before the words of a command, so that its options cannot be taken for those of `torc exec`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. Raises UsageError for words that do not follow --."""
        given = list(args)
        rest = super().parse_args(ctx, args)
        from torc_runner.ad_hoc import is_spec_file  # noqa: PLC0415 - help, which ends above, needs no spec language

        words = ctx.params["words"]
        if words and given[-len(words) - 1 : -len(words)] != ["--"] and not is_spec_file(words):
            raise click.UsageError(f"Put -- before the command: torc exec -- {shlex.join(words)}", ctx)
        return rest


# Options of torc come before the first word of a command: the rest belongs to the command.
@click.command(
    "exec",
    cls=_ExecCommand,
    short_help="Run commands without a spec",
    epilog=_EPILOG,
    context_settings={"allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, metavar="[-- COMMAND [ARGUMENTS]...]", type=click.UNPROCESSED)
@click.option("-c", "--command", "commands", metavar="COMMAND", multiple=True, help="A command for bash. (Repeatable.)")
@click.option(
    "-C", "--commands-file", metavar="FILE", help="File with a command in each line; # begins a comment, - is stdin."
)
@click.option(
    "--param",
    "parameters",
    metavar="NAME=VALUES",
    multiple=True,
    help="Run each command for each of these values. (Repeatable.)",
)
@click.option(
    "--link",
    type=click.Choice(["product", "zip"]),
    default="product",
    show_default=True,
    help="How to combine the values of several parameters.",
)
@click.option("-n", "--name", help="Name of the workflow.  [default: exec_ and the time]")
@click.option("--description", help="Description of the workflow.")
@click.option("--monitor", type=_MONITOR, help="Granularity of the measurements of jobs.  [default: summary]")
@click.option(
    "--monitor-compute-node", type=_MONITOR, help="Granularity of the measurements of this machine.  [default: off]"
)
@click.option("--generate-plots", is_flag=True, help="Draw plots of the samples of time-series.")
@click.option(
    "-i",
    "--sample-interval-seconds",
    metavar="SECONDS",
    type=click.IntRange(min=1),
    help="Time between two samples.  [default: 10]",
)
@click.option(
    "--stdio",
    type=click.Choice(["separate", "combined", "no-stdout", "no-stderr", "none"]),
    help="Output files of each job.  [default: separate]",
)
@click.option("--dry-run", is_flag=True, help="Print the spec as JSON; call no server.")
@runner_options
@click.pass_context
def exec_command(context: click.Context, /, *, dry_run: bool, **options: Any) -> None:
    """Run commands as the jobs of a new workflow on this machine, until all have ended.

    Write them after --, after -c, or in a file. With --label, the jobs have these labels. The workflow stays on the
    server, like any other.
    """
    from torc_runner.ad_hoc import AdHocOptions, specification  # noqa: PLC0415 - help needs no spec language

    app = context.find_object(App) or App(load({}))
    chosen = AdHocOptions(**{each.name: options.pop(each.name) for each in fields(AdHocOptions)})
    stamp = datetime.now().astimezone().strftime("%Y%m%d_%H%M%S")
    document = specification(chosen, stamp=stamp, labels=options["labels"])
    if dry_run:
        from torc_client.spec.formats import Format  # noqa: PLC0415 - only here
        from torc_client.spec.writing import write  # noqa: PLC0415 - only here

        click.echo(write(document, Format.JSON), nl=False)
        return
    code = run_target(app, document, Settings(**options), on_created=_report_creation(app))
    context.exit(RunnerExitCode.ERROR if code == RunnerExitCode.FINISHED_WITH_FAILURES else code)


def _report_creation(app: App) -> Callable[[int, int], None]:
    """Return a function that prints the id of the workflow in a line of its own, which scripts of Torc 1.0 read."""
    in_table = app.format == "table"
    return lambda workflow_id, _: click.echo(f"Created workflow {workflow_id}", err=not in_table)
