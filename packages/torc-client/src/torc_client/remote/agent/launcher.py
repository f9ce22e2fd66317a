"""The program of `torc remote-agent` on a host where the PATH of a login without terminal does not have it.

When a worker was started by a chosen program, or after a prologue, a script stores both, so that later commands need
neither option.
"""

import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path

from torc_client.edge.output_files import PRIVATE, write_text
from torc_client.remote.record_folder import state_home

LAUNCHER = "remote-agent"
"""The name of the script, in the folder for the state of Torc."""


def write_launcher(prologue: str) -> None:
    """Store how this agent was started. A failure means that later commands need the options again."""
    path = state_home() / LAUNCHER
    program = f"exec {shlex.quote(own_program())} remote-agent"
    with suppress(OSError):
        write_text(path, f"#!/usr/bin/env bash\neval {shlex.quote(prologue)} </dev/null >&2\n{program}\n", PRIVATE)
        path.chmod(0o700)


def own_program() -> str:
    """Return the path of the program that runs."""
    return os.path.abspath(sys.argv[0]) if Path(sys.argv[0]).is_file() else sys.argv[0]  # noqa: PTH100 - links stay
