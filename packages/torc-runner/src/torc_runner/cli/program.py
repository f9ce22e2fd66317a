"""Run a command of this distribution as a program: its errors on stderr, and its exit code."""

from collections.abc import Callable
from functools import partial
from typing import NoReturn

import click

from torc_client import startup
from torc_client.edge import standard_streams
from torc_client.errors import TorcError
from torc_client.runner_exit_code import RunnerExitCode
from torc_client.suggested_commands import complete_commands


def run_program(command: Callable[[], object]) -> None:
    """Run a command and end the process. An error of Torc is printed with its hint, and ends it with exit code 1."""
    startup.is_own_cli = True
    standard_streams.run(partial(_run, command))


def _run(command: Callable[[], object]) -> None:
    try:
        command()
    except TorcError as error:
        _fail(error)


def _fail(error: TorcError) -> NoReturn:
    # Imported here because most runs end without an error.
    from torc_client.error_sentences import sentence  # noqa: PLC0415

    click.echo(complete_commands(f"Error: {sentence(error)}"), err=True)
    if error.hint:
        click.echo(complete_commands(error.hint), err=True)
    raise SystemExit(RunnerExitCode.ERROR)
