"""A group of commands that is a program of its own."""

import shutil
import sys
from typing import IO, Any

import click

from torc_server.edge import standard_streams
from torc_server.terminal_lines import wrapped


class Failure(click.ClickException):
    """An error whose message a terminal does not break inside a word."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message."""
        text = f"Error: {self.format_message()}"
        if file is None and sys.stderr.isatty():
            text = "\n".join(wrapped(text, shutil.get_terminal_size().columns))
        click.echo(text, file=file, err=file is None)


class Program(click.Group):
    """A program whose output may be cut off or not be possible at all."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the program with guarded standard streams."""

        def call() -> Any:
            return click.Group.main(self, *args, **options)

        return standard_streams.run(call)
