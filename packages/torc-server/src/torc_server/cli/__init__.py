"""The command line ``torc-server``: one module per command, imported only when the command is used."""

import importlib
from collections.abc import Mapping

import click

from torc_server.cli.program import Program
from torc_server.version import __version__

COMMANDS: Mapping[str, str] = {
    "run": "torc_server.cli.run:run",
    "db": "torc_server.cli.db:db",
    "export": "torc_server.cli.export:export",
    "service": "torc_server.cli.service:service",
    "openapi": "torc_server.cli.openapi:openapi",
}


class _Group(Program):
    """A group that imports a command when it is used. Without a command, it runs the server."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None for an unknown name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table has only commands
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse options without a command as options of ``run``."""
        if not args or (args[0].startswith("-") and args[0] not in {"-h", "--help", "--version"}):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.command(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="torc-server")
def main() -> None:
    """Store workflows, jobs and results, and assign jobs to runners over HTTP.

    Without a command, the server runs (`run`).
    """
