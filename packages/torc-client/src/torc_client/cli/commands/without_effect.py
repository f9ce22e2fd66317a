"""Options of Torc 1.0 that `torc watch` and `torc recover` accept, with a warning that they have no effect yet."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from torc_client.cli.framework.output.show import say

_AGENT = "no agent program classifies pending_failed jobs; decide with `torc jobs fail` or `torc jobs reset-status`"
_NONE_YET = "Accepted for scripts of Torc 1.0; has no effect yet"

_OF_RECOVERY: Mapping[str, tuple[Any, str]] = {
    "--ai-recovery": (bool, _AGENT),
    "--ai-agent": (str, _AGENT),
}


def options_of_recovery(function: Callable[..., object]) -> Callable[..., object]:
    """Add the options. Their values are for `warn_of`."""
    return _adding(_OF_RECOVERY, function)


def warn_of(given: Mapping[str, Any]) -> None:
    """Print a warning for each of these options that was used."""
    for flag, (_, reason) in _OF_RECOVERY.items():
        value = given.get(flag.removeprefix("--").replace("-", "_"))
        if value is not None and value is not False:
            say(f"Warning: {flag} has no effect: {reason}.")


def _adding(options: Mapping[str, tuple[Any, str]], function: Callable[..., object]) -> Callable[..., object]:
    for flag, (kind, _) in reversed([*options.items()]):
        described: dict[str, Any] = {"is_flag": True} if kind is bool else {"type": kind}
        function = click.option(flag, help=f"{_NONE_YET}.", **described)(function)
    return function
