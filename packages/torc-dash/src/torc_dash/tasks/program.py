"""How the dashboard starts `torc`: the same interpreter, the same server, and no secrets in the arguments."""

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from torc_dash.upstream import Upstream

# Without the current directory in the path of modules: it belongs to a workflow, and its files are data.
TORC = (sys.executable, "-P", "-m", "torc_client")


def argv_of(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a process that runs `torc` with these arguments."""
    return [*TORC, *arguments]


def environment_for(upstream: Upstream, *, is_for_nodes: bool, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment of `torc`. `is_for_nodes`: machines of a cluster must reach the server, too."""
    url = upstream.worker_url if is_for_nodes and upstream.worker_url is not None else upstream.url
    return {**base, "TORC_API_URL": url, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}


def shown_command(arguments: Sequence[str], folder: Path | None = None) -> str:
    """Return the command line that does the same in a shell. Every word is quoted."""
    command = shlex.join(("torc", *arguments))
    return command if folder is None else f"cd {shlex.quote(str(folder))} && {command}"
