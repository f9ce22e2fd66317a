"""The door for operators: ``torc-server``, one command a file, each loaded when it is asked for."""

import importlib
from collections.abc import Mapping

import click

from torc_server.version import __version__

COMMANDS: Mapping[str, str] = {
    "run": "torc_server.cli.run:run",
    "db": "torc_server.cli.db:db",
    "export": "torc_server.cli.export:export",
    "service": "torc_server.cli.service:service",
    "openapi": "torc_server.cli.openapi:openapi",
}


class _Group(click.Group):
    """A group that imports a command only when it is named; without one it runs the server."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of the command and give it; None for an unknown name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above names commands
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options without a command for those of ``run``."""
        if not args or (args[0].startswith("-") and args[0] not in {"-h", "--help", "--version"}):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.command(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="torc-server")
def main() -> None:
    """Keep workflows, jobs and results, and hand out work over HTTP.

    Without a command, ``run`` is meant.
    """
