"""`torc-slurm-job-runner`: the program that runs in an allocation of Slurm."""

import os
from pathlib import Path
from typing import Any

import click

from torc_client import defaults, interruptions
from torc_client.cli.framework.context import App
from torc_client.config import LOG_LEVELS, load
from torc_client.errors import TorcError
from torc_client.option_types import FiniteRange, UserPath
from torc_client.suggested_commands import use_options
from torc_runner.cli.options import labels_of
from torc_runner.cli.program import run_program
from torc_runner.connection.lease import DEFAULT_LEASE_SECONDS
from torc_runner.settings import DEFAULT_POLL_SECONDS, Settings
from torc_runner.version import __version__

EPILOG = """\b
Exit codes:
  0  the runner has done its work, also if jobs failed
  1  error
  2  usage

Slurm ends an allocation with TERM. The runner then ends its jobs and reports their ends before KillWait is over. USR1
announces the end: no new jobs start."""


@click.command("torc-slurm-job-runner", epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("url")
@click.argument("workflow_id", metavar="WORKFLOW", type=int)
@click.argument("output_dir", metavar="OUTPUT", type=UserPath(file_okay=False, path_type=Path))
@click.option(
    "--max-parallel-jobs",
    type=click.IntRange(min=1),
    help="Run at most this number of jobs at once, regardless of their resources.",
)
@click.option(
    "-p",
    "--poll-interval",
    "poll_interval_seconds",
    metavar="SECONDS",
    type=FiniteRange(min=0, min_open=True),
    default=DEFAULT_POLL_SECONDS,
    show_default=True,
    help="Longest time for which the server holds a request open; it answers at once when there is work.",
)
@click.option(
    "--claim-backoff-max-secs",
    metavar="SECONDS",
    type=FiniteRange(min=0),
    expose_value=False,
    help="Accepted for scripts of Torc 1.0, and ignored.",
)
@click.option(
    "--is-subtask", is_flag=True, expose_value=False, help="Accepted for scripts of Torc 1.0: Slurm names the tasks."
)
@click.option(
    "--label",
    "labels",
    metavar="LABEL[,LABEL...]",
    multiple=True,
    callback=labels_of,
    help="Only run jobs with labels, of which this runner has all. (Repeatable.)",
)
@click.option("--persistent", is_flag=True, help="Stay without work until the workflow is complete or canceled.")
@click.option(
    "--wait-for-healthy-database-minutes",
    "patience_minutes",
    metavar="MINUTES",
    type=FiniteRange(min=0),
    default=float(defaults.WAIT_FOR_HEALTHY_DATABASE_MINUTES),
    show_default=True,
    help="Time for which the runner waits at its start for a server that does not answer.",
)
@click.option(
    "--startup-delay-seconds",
    "startup_seconds",
    metavar="SECONDS",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Start after a part of this time, which differs between runners.",
)
@click.option("--submission", "submission_id", metavar="ID", type=int, help="Submission that requested the allocation.")
@click.option(
    "--token-file",
    metavar="FILE",
    type=UserPath(dir_okay=False, path_type=Path),
    help="File with the token for the server.  [TORC_TOKEN_FILE]",
)
@click.option("--password", help="Password. Other users can see command lines: prefer TORC_PASSWORD.")
@click.option("--tls-ca-cert", metavar="FILE", help="Trust this certificate authority too.  [TORC_TLS_CA_CERT]")
@click.option("--tls-insecure", is_flag=True, help="Trust any certificate, for tests only.  [TORC_TLS_INSECURE]")
@click.option(
    "--log-level", type=click.Choice(LOG_LEVELS), expose_value=False, help="Accepted for scripts of Torc 1.0."
)
@click.option(
    "--lease-seconds",
    metavar="SECONDS",
    type=FiniteRange(min=1),
    default=DEFAULT_LEASE_SECONDS,
    show_default=True,
    envvar="TORC_LEASE_SECONDS",
    help="The server gives this runner's jobs to other runners after this time without a call.",
)
@click.version_option(__version__, prog_name="torc-slurm-job-runner", message="%(prog)s %(version)s")
def _slurm_runner_command(
    url: str,
    workflow_id: int,
    *,
    patience_minutes: float,
    startup_seconds: int,
    submission_id: int | None,
    token_file: Path | None,
    password: str | None,
    tls_ca_cert: str | None,
    tls_insecure: bool,
    **options: Any,
) -> None:
    """Run the jobs of WORKFLOW in the allocation of Slurm in which this program was started.

    URL is that of the server. The log and the output of jobs go to the folder OUTPUT. `torc submit` writes scripts that
    run this program.
    """
    variables = {"TORC_TOKEN_FILE": token_file, "TORC_TLS_CA_CERT": tls_ca_cert}
    os.environ.update({name: str(value) for name, value in variables.items() if value is not None})
    if tls_insecure:
        os.environ["TORC_TLS_INSECURE"] = "true"
    use_options(["--url", url])
    app = App(load({"api_url": url}), password)
    runner = _SlurmRunner(app, workflow_id, Settings(**options), submission_id, 60 * patience_minutes)
    try:
        interruptions.run(runner.run(startup_seconds))
    except interruptions.Interrupted as interrupted:
        raise SystemExit(interrupted.exit_code) from None


class _SlurmRunner:
    """One call of the program."""

    def __init__(
        self, app: App, workflow_id: int, settings: Settings, submission_id: int | None, patience_seconds: float
    ) -> None:
        self._app = app
        self._workflow_id = workflow_id
        self._settings = settings
        self._submission_id = submission_id
        self._patience_seconds = patience_seconds

    async def run(self, startup_seconds: int) -> None:
        """Wait for a part of the time, and run jobs. Raises TorcError."""
        import asyncio  # noqa: PLC0415 - help needs no event loop
        import logging  # noqa: PLC0415 - the same
        from datetime import UTC, datetime  # noqa: PLC0415 - the same

        from torc_client.batch.surrounding import own_allocation  # noqa: PLC0415 - the same
        from torc_runner.allocation_session import first_contact_seconds, startup_delay  # noqa: PLC0415 - the same
        from torc_runner.run_workflow import run_workflow  # noqa: PLC0415 - the same

        allocation = own_allocation(os.environ)
        if allocation is None:
            raise TorcError(
                "This process is not in an allocation of Slurm: SLURM_JOB_ID or SLURMD_NODENAME is not set.",
                "Submit the workflow with `torc submit`, or run it on this machine with `torc run`.",
            )
        await asyncio.sleep(startup_delay(allocation, startup_seconds))
        patience_seconds = self._patience_seconds
        async with self._app.client(
            patience_seconds=patience_seconds,
            first_contact_seconds=first_contact_seconds(allocation, patience_seconds, datetime.now(UTC)),
        ) as client:
            client.report_waits(None)  # the log of the runner reports outages
            await run_workflow(
                client,
                self._workflow_id,
                self._settings,
                echo=logging.NullHandler(),
                show=lambda _: None,
                submission_id=self._submission_id,
            )


def slurm_main() -> None:
    """Run `torc-slurm-job-runner` and end the process."""
    run_program(_slurm_runner_command)
