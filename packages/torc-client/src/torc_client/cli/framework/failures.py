"""The end of the process: turn an exception into a message, a hint and an exit code."""

import io
import json
import sys
import traceback
from typing import NoReturn

import click

from torc_client.edge.standard_streams import OutputError
from torc_client.errors import TorcError
from torc_client.for_terminal import for_terminal
from torc_client.suggested_commands import complete_commands

EXIT_ERROR = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
EXIT_HANGUP = 129
EXIT_TERMINATED = 143


def exit_with(
    error: BaseException | None, *, format: str = "table", exit_code: int = 0, debug: bool = False
) -> NoReturn:
    """End the process with the exit code of `error`, or with `exit_code` if there is none.

    With `debug`, the traceback is printed first. Raises an exception that is not an error of a command.
    """
    if debug and error is not None:
        traceback.print_exception(error)
    match error:
        case None:
            try:
                sys.stdout.flush()
            except OutputError as failure:
                exit_with(failure, format=format)
            sys.exit(exit_code)
        case OutputError():
            if not error.has_no_reader:
                _print(str(error), None, format)
            sys.exit(error.exit_code)
        case TorcError():
            from torc_client.cli.framework.hints import hint_for
            from torc_client.error_sentences import sentence

            _print(sentence(error), hint_for(error), format)
            sys.exit(EXIT_ERROR)
        case click.ClickException():
            shown = io.StringIO()
            error.show(shown)
            click.echo(for_terminal(shown.getvalue().removesuffix("\n"), sys.stderr), err=True)
            if isinstance(error, click.UsageError):
                from torc_client.cli.framework.suggestions import hint_of_usage

                if hint := hint_of_usage(error):
                    click.echo(for_terminal(complete_commands(hint), sys.stderr), err=True)
            sys.exit(error.exit_code)
        case click.Abort() | KeyboardInterrupt():
            _print("Interrupted.", None, format)
            sys.exit(getattr(error, "exit_code", EXIT_INTERRUPTED))
        case _:
            raise error


def _print(message: str, hint: str | None, format: str) -> None:
    message = complete_commands(message)
    hint = complete_commands(hint) if hint else None
    if format == "json":
        report = {"status": "error", "message": message, **({"hint": hint} if hint else {})}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False), err=True)
        return
    click.echo(for_terminal(f"Error: {message}", sys.stderr), err=True)
    if hint:
        click.echo(for_terminal(hint, sys.stderr), err=True)
