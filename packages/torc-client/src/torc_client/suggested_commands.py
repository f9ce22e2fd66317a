"""Commands that messages suggest, completed so that they work when a user pastes them.

Messages name a command without options of `torc`: "Run it: torc run 7". The command line that prints a message adds the
options with which it was called itself, so that the command reaches the same server. Messages of the server are
completed too.
"""

import re
import shlex
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Final

COMMANDS_WITH_SERVER: Final = (
    "access-groups", "admin", "cancel", "compute-nodes", "create", "delete", "events", "exec", "failure-handlers",
    "files", "init", "job-dependencies", "jobs", "local-schedulers", "logs", "monitor-node", "ping", "plot-resources",
    "recover", "reinit", "remote", "reports", "resource-requirements", "results", "ro-crate", "run",
    "scheduled-compute-nodes", "slurm", "status", "submissions", "submit", "tasks", "tui", "user-data", "watch",
    "workflows",
)  # fmt: skip
"""The commands of `torc` that call a server."""

_COMMAND: Final = re.compile(rf"(?<![\w./-])torc (?=(?:{'|'.join(COMMANDS_WITH_SERVER)})(?![\w-]))")
_options: ContextVar[tuple[str, ...]] = ContextVar("options of torc", default=())


def use_options(options: Sequence[str]) -> None:
    """Set the options of `torc` that suggested commands get. They must contain no secret."""
    _options.set(tuple(options))


def add_options(options: Sequence[str]) -> None:
    """Add options of `torc` that suggested commands get."""
    use_options((*_options.get(), *options))


def complete_commands(text: str) -> str:
    """Return a message whose suggested commands have the options that reach the same server."""
    options = _options.get()
    return _COMMAND.sub(lambda _: f"torc {shlex.join(options)} ", text) if options else text
