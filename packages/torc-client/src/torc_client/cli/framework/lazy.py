"""Groups whose commands are imported when they are called: help stays quick however many there are."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from msgspec import Struct

from torc_client import startup
from torc_client.cli.framework.missing import missing_command

PLUGINS = "torc.commands"


class Place(Struct, frozen=True):
    """Where a command is (`module:name`), and its line in the list of commands.

    One of another distribution names that too: whoever lacks it is told what to install.
    """

    where: str
    summary: str
    distribution: str = ""

    def load(self, name: str) -> click.Command:
        """Import the command called `name`, or make one that says what to install."""
        module, _, attribute = self.where.partition(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if not self.distribution or error.name != module.partition(".")[0]:
                raise
            return missing_command(name, self.distribution)
        return command


class LazyGroup(click.Group):
    """A group that knows its commands by a table.

    `others` makes the commands that stand in no table; it is asked when the table does not know a name. Where
    `has_plugins` is set, any installed distribution may add commands, as entry points of the group `torc.commands`.
    """

    def __init__(
        self,
        *,
        table: Mapping[str, Place],
        others: Callable[[], Mapping[str, click.Command]] = dict,
        has_plugins: bool = False,
        sections: Mapping[str, Sequence[str]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._others = others
        self._table = table
        self._has_plugins = has_plugins
        self._sections = sections or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all command names, sorted."""
        return sorted({*self._table, *self._others(), *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; one of a distribution that is not installed says how to get it."""
        place = self._table.get(cmd_name)
        if place is not None:
            return place.load(cmd_name)
        return super().get_command(ctx, cmd_name) or self._others().get(cmd_name) or self._plugin(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant; for an unknown one, say which there are that look like it."""
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415 - only for mistakes

            from torc_client.cli.framework.misplaced import elsewhere  # noqa: PLC0415 - the same

            inside = [name for names in self._sections.values() for name in names]
            alike = elsewhere(ctx, self, args[0], inside) or get_close_matches(args[0], self.list_commands(ctx), n=3)
            meant = f" Did you mean {' or '.join(alike)}?" if alike else ""
            ctx.fail(f"No such command {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)

    def _plugin(self, name: str) -> click.Command | None:
        if not self._has_plugins:
            return None
        from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and what we know stands in the table

        for entry in entry_points(group=PLUGINS, name=name):
            startup.is_program_of_ours = False
            command: click.Command = entry.load()
            return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the list of commands without importing them, by sections where there are some."""
        made = {**self._others(), **self.commands}
        own = {name: command.get_short_help_str(limit=80).rstrip(".") for name, command in made.items()}
        lines = {**own, **{name: place.summary for name, place in self._table.items()}}
        left = set(lines)
        for heading, names in self._sections.items():
            there = [name for name in names if name in left]
            left -= set(there)
            if there:
                with formatter.section(heading):
                    formatter.write_dl([(name, lines[name]) for name in there])
        if left:
            with formatter.section("More" if self._sections else "Commands"):
                formatter.write_dl([(name, lines[name]) for name in sorted(left)])
