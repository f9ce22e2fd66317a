"""Command groups that import a command when it is called, so that help stays fast with many commands."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from msgspec import Struct

from torc_client import startup
from torc_client.cli.framework.not_installed import missing_command

PLUGINS = "torc.commands"
"""Entry point group by which other distributions add commands to `torc`."""


class LazyCommand(Struct, frozen=True):
    """Where a command is defined (`module:attribute`), and its line in the list of commands.

    `distribution` names the distribution that has the command, when that is not torc-client. A hidden command is for
    programs, and not in the list.
    """

    where: str
    summary: str
    distribution: str = ""
    hidden: bool = False

    def load(self, name: str) -> click.Command:
        """Import the command, or return one that names the distribution to install."""
        module, _, attribute = self.where.partition(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if not self.distribution or error.name != module.partition(".")[0]:
                raise
            return missing_command(name, self.distribution)
        return command


class LazyGroup(click.Group):
    """A group that imports a command when it is called.

    `lazy_commands` maps names to commands. `fallback` returns further commands, and is called for a name that is not
    in `lazy_commands`. With `has_plugins`, other distributions may add commands as entry points of `torc.commands`.
    `sections` orders the list of commands in help under headings.
    """

    def __init__(
        self,
        *,
        lazy_commands: Mapping[str, LazyCommand],
        fallback: Callable[[], Mapping[str, click.Command]] = dict,
        has_plugins: bool = False,
        sections: Mapping[str, Sequence[str]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._fallback = fallback
        self._lazy_commands = lazy_commands
        self._has_plugins = has_plugins
        self._sections = sections or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands that are not hidden, sorted."""
        shown = (name for name, lazy in self._lazy_commands.items() if not lazy.hidden)
        return sorted({*shown, *self._fallback(), *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None for an unknown name."""
        lazy = self._lazy_commands.get(cmd_name)
        if lazy is not None:
            return lazy.load(cmd_name)
        return super().get_command(ctx, cmd_name) or self._fallback().get(cmd_name) or self._plugin(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for an unknown name, fail with similar names."""
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing and not args[0].startswith("-"):
            from torc_client.cli.framework.suggestions import similar_commands

            inside = [name for names in self._sections.values() for name in names]
            similar = similar_commands(ctx, self, args[0], inside)
            suggestion = f" Did you mean {' or '.join(similar)}?" if similar else ""
            ctx.fail(f"No such command {args[0]!r}.{suggestion}")
        return super().resolve_command(ctx, args)

    def _plugin(self, name: str) -> click.Command | None:
        if not self._has_plugins:
            return None
        # Reading entry points is slow, and only names that no table has need it.
        from importlib.metadata import entry_points

        for entry in entry_points(group=PLUGINS, name=name):
            startup.is_own_cli = False
            command: click.Command = entry.load()
            return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the list of commands without importing them, in sections when there are any."""
        loaded = {**self._fallback(), **self.commands}
        summaries = {name: command.get_short_help_str(limit=80).rstrip(".") for name, command in loaded.items()}
        summaries |= {name: lazy.summary for name, lazy in self._lazy_commands.items() if not lazy.hidden}
        remaining = set(summaries)
        for heading, names in self._sections.items():
            listed = [name for name in names if name in remaining]
            remaining -= set(listed)
            if listed:
                with formatter.section(heading):
                    formatter.write_dl([(name, summaries[name]) for name in listed])
        if remaining:
            with formatter.section("More" if self._sections else "Commands"):
                formatter.write_dl([(name, summaries[name]) for name in sorted(remaining)])
