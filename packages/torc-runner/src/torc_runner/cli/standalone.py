"""`torc-runner`: the program for compute images that hold only the runner."""

from typing import Any, NoReturn

import click

from torc_client import startup
from torc_client.cli.framework.context import App
from torc_client.config import FORMATS, load
from torc_client.edge import standard_streams
from torc_client.errors import TorcError
from torc_client.runner_exit_code import RunnerExitCode
from torc_client.suggested_commands import complete_commands, use_options
from torc_runner.cli.options import runner_options
from torc_runner.cli.run import EPILOG, exit_zero_option, run_target
from torc_runner.settings import Settings
from torc_runner.version import __version__


@click.command("torc-runner", epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("target", metavar="SPEC|ID")
@runner_options
@exit_zero_option
@click.option(
    "--url", metavar="URL", help="Server: http(s)://host:port/torc-service/v1 or unix:///path  [TORC_API_URL]"
)
@click.option("-f", "--format", type=click.Choice(FORMATS), help="Format of the results.")
@click.option("--skip-version-check", is_flag=True, help="Do not compare versions with the server.")
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
    exit_zero: bool,
    **options: Any,
) -> None:
    """Run a workflow's jobs on this node until it is complete.

    The same as `torc run`, for images that hold only the runner. A password comes from TORC_PASSWORD.
    """
    use_options(["--url", url] if url is not None else [])
    app = App(load({"api_url": url, "format": format}), skip_version_check=skip_version_check)
    context.exit(run_target(app, target, Settings(**options), exit_zero=exit_zero))


def main() -> None:
    """Run `torc-runner` and end the process."""
    startup.is_own_cli = True
    standard_streams.run(_run)


def _run() -> None:
    try:
        _runner_command()
    except TorcError as error:
        _fail(error)


def _fail(error: TorcError) -> NoReturn:
    click.echo(complete_commands(f"Error: {error.message}"), err=True)
    if error.hint:
        click.echo(complete_commands(error.hint), err=True)
    raise SystemExit(RunnerExitCode.ERROR)
