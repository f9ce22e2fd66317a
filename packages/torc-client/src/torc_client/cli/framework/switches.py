"""Options that are true or false: `--x`, `--no-x`, and with a value as in Torc 1.0: `--x true`, `--x=false`."""

from collections.abc import Sequence

import click

_VALUES = {"true": True, "false": False}


class Switch(click.Option):
    """A pair of flags that can also have the value true or false. Its value is None if the option is not used.

    Only for commands without an argument that can be the word `true` or `false`.
    """

    def __init__(self, flag: str, name: str | None = None, *, help: str | None = None) -> None:
        """Declare `flag`, such as `--is-active`, and its opposite. `name` is the parameter of the function."""
        names = [f"{flag}/{_opposite(flag)}", *([name] if name else [])]
        super().__init__(names, default=None, help=help)

    def flag_for(self, value: bool) -> str:
        """Return the flag that sets this value."""
        return (self.opts if value else self.secondary_opts)[0]


def without_values(parameters: Sequence[click.Parameter], arguments: Sequence[str]) -> list[str]:
    """Return the arguments with flags in place of values: `--x` for `--x true`, `--no-x` for `--x=false`."""
    switches = {name: option for option in parameters if isinstance(option, Switch) for name in option.opts}
    replaced: list[str] = []
    remaining = list(arguments)
    while remaining:
        word = remaining.pop(0)
        if word == "--":
            return [*replaced, word, *remaining]
        name, _, text = word.partition("=")
        option = switches.get(name)
        if option is not None and text.lower() in _VALUES:
            word = option.flag_for(_VALUES[text.lower()])
        elif option is not None and not text and remaining and remaining[0].lower() in _VALUES:
            word = option.flag_for(_VALUES[remaining.pop(0).lower()])
        replaced.append(word)
    return replaced


def _opposite(flag: str) -> str:
    return f"--no-{flag.removeprefix('--')}"
