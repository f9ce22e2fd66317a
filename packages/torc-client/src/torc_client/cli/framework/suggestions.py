"""Suggestions for unknown commands and misplaced options."""

from collections.abc import Iterator, Sequence

import click

_MAX_SUGGESTIONS = 3


def option_of_torc(error: click.NoSuchOption) -> str | None:
    """Return a hint for an option of `torc` that was given after the command; None for other options."""
    context = error.ctx
    if context is None or context.parent is None:
        return None
    root = context.find_root()
    for option in root.command.params:
        if isinstance(option, click.Option) and error.option_name in option.opts:
            value = "" if option.is_flag else f" {option.make_metavar(context)}"
            command = context.command_path.removeprefix(root.command_path)
            return f"Put it before the command: {root.command_path} {error.option_name}{value}{command}"
    return None


def other_commands(context: click.Context, group: click.Group, word: str, names: Sequence[str]) -> list[str]:
    """Return where an unknown command exists: as an option of `group`, or in one of its subgroups `names`."""
    found = [f"{context.command_path} --{word}"] if _is_option(context, group, word) else []
    return [*found, *_below(context, group, word, names)][:_MAX_SUGGESTIONS]


def _is_option(context: click.Context, group: click.Group, word: str) -> bool:
    return any(f"--{word}" in option.opts for option in group.get_params(context))


def _below(context: click.Context, group: click.Group, word: str, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        command = group.get_command(context, name)
        if isinstance(command, click.Group) and word in command.list_commands(context):
            yield f"{context.command_path} {name} {word}"
