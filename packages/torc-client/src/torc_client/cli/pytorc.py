"""`pytorc`: the commands of jobs that `map_function_to_jobs` makes.

They read TORC_API_URL, TORC_WORKFLOW_ID and TORC_JOB_ID.
"""

import os
from typing import NoReturn

import click

from torc_client import job_variables
from torc_client.cli.framework import failures
from torc_client.errors import TorcError
from torc_client.version import __version__


@click.group("pytorc", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pytorc", message="%(prog)s %(version)s")
def _pytorc() -> None:
    """Call Python functions in Torc jobs that `map_function_to_jobs` created."""


@_pytorc.command("run-function")
def _run_function() -> None:
    """Call the function of this job and store its return value."""
    _require_job()
    from torc_client.mapping.published import run_function

    run_function()


@_pytorc.command("run-postprocess")
def _run_postprocess() -> None:
    """Call the function that combines the stored values, and store its return value."""
    _require_job()
    from torc_client.mapping.published import run_postprocess

    run_postprocess()


def main() -> NoReturn:
    """Run `pytorc` and end the process. An exception of a function is shown with its traceback."""
    try:
        _pytorc(standalone_mode=False)
    except BaseException as error:  # noqa: BLE001 - `exit_with` raises unknown exceptions
        failures.exit_with(error)
    failures.exit_with(None)


def _require_job() -> None:
    missing = [
        name for name in ("TORC_API_URL", job_variables.WORKFLOW_ID, job_variables.JOB_ID) if not os.environ.get(name)
    ]
    if missing:
        raise TorcError(f"This runs only in a Torc job: {', '.join(missing)} is not set.")
