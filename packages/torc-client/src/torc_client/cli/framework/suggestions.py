"""What may be meant by words that stand where torc does not look for them."""

from collections.abc import Iterator, Sequence

import click

_MOST = 3


def option_of_torc(error: click.NoSuchOption) -> str | None:
    """Say where an option belongs that a command does not have, but torc itself has; None for others."""
    context = error.ctx
    if context is None or context.parent is None:
        return None
    root = context.find_root()
    for option in root.command.params:
        if isinstance(option, click.Option) and error.option_name in option.opts:
            value = "" if option.is_flag else f" {option.make_metavar(context)}"
            command = context.command_path.removeprefix(root.command_path)
            return f"It stands before the command: {root.command_path} {error.option_name}{value}{command}"
    return None


def other_commands(context: click.Context, group: click.Group, word: str, names: Sequence[str]) -> list[str]:
    """Return where a word is known that is no command of a group: as its option, and in the groups `names` below."""
    found = [f"{context.command_path} --{word}"] if _is_option(context, group, word) else []
    return [*found, *_below(context, group, word, names)][:_MOST]


def _is_option(context: click.Context, group: click.Group, word: str) -> bool:
    return any(f"--{word}" in option.opts for option in group.get_params(context))


def _below(context: click.Context, group: click.Group, word: str, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        command = group.get_command(context, name)
        if isinstance(command, click.Group) and word in command.list_commands(context):
            yield f"{context.command_path} {name} {word}"
