"""Suggestions for unknown commands and misplaced options."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

import click

_MAX_SUGGESTIONS = 3
# Words of other programs, each with those that commands of `torc` have for the same.
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "abort": ("cancel",),
    "add": ("create",),
    "describe": ("get", "show"),
    "edit": ("update",),
    "info": ("get", "show"),
    "kill": ("cancel", "stop"),
    "ls": ("list",),
    "make": ("create",),
    "modify": ("update",),
    "new": ("create",),
    "remove": ("delete",),
    "rm": ("delete",),
    "show": ("get",),
    "start": ("run",),
    "stop": ("cancel",),
    "submit": ("create",),
    "top": ("tui",),
    "view": ("get", "show"),
}


def hint_of_usage(error: click.UsageError) -> str | None:
    """Return what to type instead of wrong words; None if it is not known."""
    if isinstance(error, click.NoSuchOption):
        return _option_of_torc(error) or _option_without_questions(error)
    return _list_of_ids(error)


def _option_of_torc(error: click.NoSuchOption) -> str | None:
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


_UNASKED = frozenset({"-y", "--yes", "--assume-yes", "--force", "--no-confirm"})


def _option_without_questions(error: click.NoSuchOption) -> str | None:
    """Return a hint for an option that skips confirmations in other programs; None for other options."""
    names = {name for each in error.ctx.command.params for name in each.opts} if error.ctx else set()
    if error.option_name in _UNASKED and "--no-prompts" in names:
        return "Use --no-prompts to skip the confirmation."
    return None


def _list_of_ids(error: click.UsageError) -> str | None:
    """Return a hint if a name was given as the id of a record; None for other errors."""
    if not isinstance(error, click.BadParameter) or "valid integer" not in error.message or error.ctx is None:
        return None
    name = (error.param.name if error.param else None) or ""
    group = error.ctx.parent
    if "job_id" in name:
        command = "torc jobs list"
    elif "workflow_id" in name:
        command = "torc workflows list"
    elif name == "id" and group and isinstance(group.command, click.Group) and group.command.get_command(group, "list"):
        command = f"{group.command_path} list"
    else:
        return None
    return f"An id is a number: `{command}` shows the ids."


def similar_commands(context: click.Context, group: click.Group, word: str, names: Sequence[str]) -> list[str]:
    """Return the commands that an unknown one may stand for. `names` are subgroups of the group."""
    known = group.list_commands(context)
    return (
        _other_commands(context, group, word, names)
        or [name for name in _SYNONYMS.get(word, ()) if name in known]
        or get_close_matches(word, known, n=_MAX_SUGGESTIONS)
    )


def _other_commands(context: click.Context, group: click.Group, word: str, names: Sequence[str]) -> list[str]:
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
