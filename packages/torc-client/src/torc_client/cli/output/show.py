"""Put a result on stdout, as a table or as JSON; say everything else on stderr."""

import click
from rich.console import Console

from torc_client.cli.output.json import as_json
from torc_client.cli.output.table import as_table, inert
from torc_client.cli.results import Result

# Where nobody looks at a screen, lines are as long as they are.
_ENDLESS = 10_000


def show(result: Result, format: str) -> None:
    """Print a result in the chosen format."""
    if format == "json":
        click.echo(as_json(result))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, emoji=False, width=_ENDLESS)
    for part in as_table(result):
        console.print(part)


def say(sentence: str) -> None:
    """Tell the person something that is no result."""
    click.echo(inert(sentence), err=True)
