"""`torc-runner`: the program for compute images that hold only the runner."""

import os
from pathlib import Path
from typing import Any

import click

from torc_client.cli.framework.context import App
from torc_client.config import FORMATS, load
from torc_client.defaults import WAIT_FOR_HEALTHY_DATABASE_MINUTES
from torc_client.option_types import UserPath
from torc_client.suggested_commands import use_options
from torc_runner.cli.options import runner_options
from torc_runner.cli.program import run_program
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
@click.option(
    "--token-file",
    metavar="FILE",
    type=UserPath(dir_okay=False, path_type=Path),
    help="File with the token for the server.  [TORC_TOKEN_FILE]",
)
@click.option("-f", "--format", type=click.Choice(FORMATS), help="Format of the results.")
@click.option("--skip-version-check", is_flag=True, help="Do not compare versions with the server.")
@click.option("--watched", "is_watched", is_flag=True, hidden=True, help="`torc watch` reports the failed jobs.")
@click.version_option(__version__, prog_name="torc-runner", message="%(prog)s %(version)s")
@click.pass_context
def _runner_command(
    context: click.Context,
    /,
    target: str,
    *,
    url: str | None,
    token_file: Path | None,
    format: str | None,
    skip_version_check: bool,
    exit_zero: bool,
    is_watched: bool,
    **options: Any,
) -> None:
    """Run a workflow's jobs on this node until it is complete.

    The same as `torc run`, for images that hold only the runner. A password comes from TORC_PASSWORD. A token is valid
    for one workflow. In an allocation of Slurm, the runner waits at its start for 20 minutes for a server that does not
    answer.
    """
    if token_file is not None:
        os.environ["TORC_TOKEN_FILE"] = str(token_file.absolute())
    use_options(["--url", url] if url is not None else [])
    app = App(load({"api_url": url, "format": format}), skip_version_check=skip_version_check)
    exit_code = run_target(
        app,
        target,
        Settings(**options),
        exit_zero=exit_zero,
        first_contact_seconds=_first_contact_seconds(),
        is_watched=is_watched,
    )
    context.exit(exit_code)


def _first_contact_seconds() -> float | None:
    """Return the time for which a runner in an allocation waits at its start for the server. None outside of one."""
    from datetime import UTC, datetime  # noqa: PLC0415 - help needs no knowledge of allocations

    from torc_client.batch.surrounding import own_allocation  # noqa: PLC0415 - the same
    from torc_runner.allocation_session import first_contact_seconds  # noqa: PLC0415 - the same

    allocation = own_allocation(os.environ)
    if allocation is None:
        return None
    return first_contact_seconds(allocation, 60.0 * WAIT_FOR_HEALTHY_DATABASE_MINUTES, datetime.now(UTC))


def main() -> None:
    """Run `torc-runner` and end the process."""
    run_program(_runner_command)
