"""The command of the jobs of `map`."""

import shlex
from collections.abc import Sequence

# Python does not import modules from the directory in which the job runs.
_MODULE = ("-P", "-m", "torc_client.mapping")


def command_of_map(python: str, arguments: Sequence[str]) -> str:
    """Return the command with which an interpreter performs the calls of a job."""
    return shlex.join([python, *_MODULE, *arguments])


def interpreter_of(command: str) -> str:
    """Return the interpreter of such a command."""
    return shlex.split(command)[0]
