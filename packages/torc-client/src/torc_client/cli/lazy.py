"""Groups whose commands are imported when they are called: help stays quick however many there are."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

import click

from torc_client.cli.missing import missing_command

PLUGINS = "torc.commands"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command is (`module:name`), and its line in the list of commands."""

    where: str
    summary: str


class LazyGroup(click.Group):
    """A group that knows its commands by a table; `plugins` adds those of other distributions.

    `others` makes the commands that stand in no table; it is asked when the tables do not know a name.
    """

    def __init__(
        self,
        *,
        table: Mapping[str, Place],
        plugins: Mapping[str, Place] | None = None,
        others: Callable[[], Mapping[str, click.Command]] = dict,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._others = others
        self._table = table
        self._plugins = plugins or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all command names, sorted."""
        return sorted({*self._table, *self._plugins, *self._others(), *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; one of a distribution that is not installed says how to get it."""
        place = self._table.get(cmd_name)
        if place is not None:
            module, _, name = place.where.partition(":")
            command: click.Command = getattr(importlib.import_module(module), name)
            return command
        if cmd_name in self._plugins:
            for entry in entry_points(group=PLUGINS, name=cmd_name):
                plugin: click.Command = entry.load()
                return plugin
            return missing_command(cmd_name, self._plugins[cmd_name].where)
        return super().get_command(ctx, cmd_name) or self._others().get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the list of commands without importing them."""
        places = {**self._table, **self._plugins}
        made = {**self._others(), **self.commands}
        own = {name: command.get_short_help_str(limit=80) for name, command in made.items()}
        lines = {**own, **{name: place.summary for name, place in places.items()}}
        with formatter.section("Commands"):
            formatter.write_dl([(name, lines[name]) for name in sorted(lines)])
