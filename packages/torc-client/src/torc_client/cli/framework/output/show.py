"""Print a result on stdout as table, JSON or CSV, and messages on stderr."""

import sys
from typing import Any

import click
from msgspec.structs import replace

from torc_client.cli.framework.look import PLAIN_LOOK, ListLook, with_chosen_columns
from torc_client.cli.framework.output.csv import as_csv
from torc_client.cli.framework.output.json import as_json, as_json_line
from torc_client.cli.framework.output.screen import rows_that_fit, width_of_pipe
from torc_client.cli.framework.output.table import as_table
from torc_client.cli.framework.results import (
    NO_CSV,
    PLAIN,
    Listing,
    Message,
    RawText,
    Record,
    Report,
    Result,
    Shape,
    Text,
)
from torc_client.edge.standard_streams import unfiltered
from torc_client.edge.terminal_text import inert
from torc_client.errors import TorcError
from torc_client.for_terminal import for_terminal
from torc_client.suggested_commands import complete_commands
from torc_client.terminal_console import terminal_console


def show(result: Result, format: str, look: ListLook = PLAIN_LOOK) -> None:
    """Print a result in the chosen format, and a list in it as chosen by `look`."""
    if isinstance(result, RawText):
        write(result.text)
        return
    if isinstance(result, Message):
        result = replace(result, message=complete_commands(result.message))
    if isinstance(result, Record | Report):
        result = replace(result, sentences=[complete_commands(sentence) for sentence in result.sentences])
    if isinstance(result, Report):
        result = replace(result, closing=[complete_commands(sentence) for sentence in result.closing])
    if isinstance(result, Listing):
        result = replace(result, notes=[complete_commands(note) for note in result.notes])
    if format == "json":
        write(as_json(result))
        return
    if isinstance(result, Report) and format == "csv":
        result = result.listing
    if format == "csv" and isinstance(result, Listing):
        write(as_csv(with_chosen_columns(result, look.columns)), nl=False)
        _say_what_next(result)
        return
    if format == "csv" and isinstance(result, Record):
        raise TorcError(*NO_CSV)
    if isinstance(result, Text):
        # A text keeps its line breaks: a wrapped settings file would not be valid.
        text = inert(result.text.rstrip("\n"))
        write(for_terminal(text, sys.stdout) if result.is_message else text)
        return
    console = terminal_console(sys.stdout, highlight=False, markup=False, emoji=False, width=width_of_pipe())
    for part in as_table(result, console.width, look, rows_that_fit()):
        console.print(part, crop=False, overflow="ignore")
    _say_what_next(result)


def _say_what_next(result: Result) -> None:
    if isinstance(result, Listing) and not (result.items or result.total) and result.when_empty:
        say(result.when_empty)


def say(sentence: str) -> None:
    """Print a message on stderr, above a progress bar if one is shown."""
    # With `err`, click would write past the stream that a progress bar has put in the place of stderr.
    click.echo(for_terminal(inert(complete_commands(sentence)), sys.stderr), file=sys.stderr)


def write(text: str, *, nl: bool = True) -> None:
    """Print a text for programs unchanged, in every format; with `nl`, a line end follows."""
    # Without `color`, click would remove escape sequences of the data where stdout is not a terminal.
    click.echo(text, nl=nl, color=True)


def show_text(text: str) -> None:
    """Print output of a job: unchanged to a pipe or file; in a terminal, with control characters made visible."""
    if sys.stdout.isatty():
        text = "\r".join(map(inert, text.split("\r")))
    click.echo(text, nl=False, color=True, file=unfiltered(sys.stdout))


def show_line(record: Any, sentence: str, format: str, shape: Shape = PLAIN) -> None:
    """Print one record of a stream: a line of JSON, or a sentence."""
    write(as_json_line(record, shape) if format == "json" else inert(sentence.replace("\n", " ")))
