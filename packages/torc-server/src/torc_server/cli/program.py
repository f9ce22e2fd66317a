"""A group of commands that is a program of its own."""

from typing import Any

import click

from torc_server.edge import standard_streams


class Program(click.Group):
    """A program whose output may be cut off or not be possible at all."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the program with guarded standard streams."""

        def call() -> Any:
            return click.Group.main(self, *args, **options)

        return standard_streams.run(call)
