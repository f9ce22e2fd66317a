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
    """Return where an unknown command exists: as an option of `group`, or in one of its subgroups `names`.

    A command that begins with the word, such as `reset-status` for `reset`, counts if no other has this name.
    """
    found = [f"{context.command_path} --{word}"] if _is_option(context, group, word) else []
    within = list(_below(context, group, names))
    found += [path for path, name in within if name == word]
    return (found or [path for path, name in within if name.startswith(f"{word}-")])[:_MAX_SUGGESTIONS]


def _is_option(context: click.Context, group: click.Group, word: str) -> bool:
    return any(f"--{word}" in option.opts for option in group.get_params(context))


def _below(context: click.Context, group: click.Group, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the commands of subgroups, each with its own name."""
    for name in names:
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            for each in command.list_commands(context):
                yield f"{context.command_path} {name} {each}", each
