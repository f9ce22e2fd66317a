"""What a person needs who reads about a failed test: what Slurm, the runners and the server did."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from slurm.cluster import Cluster

_COMMANDS = (
    ("squeue", "--array", "--states=all", "--format=%.9i %.30j %.12T %.12M %.9N %r"),
    ("sinfo", "--Node", "--format=%N %P %T %E"),
)
# The files of a test, and how many of their last lines are shown.
_FILES = {
    "**/job_runner_slurm_*.log": 60,
    "**/slurm_output_*": 20,
    "**/slurm_*.out": 20,
    "**/server.log": 30,
}
_LOG_LINES = 60
_ANSWER_SECONDS = 30


def evidence(cluster: Cluster, folder: Path | None) -> Iterator[tuple[str, str]]:
    """Yield titles and texts about a cluster and the folder of a test."""
    yield "load", " ".join(map(str, os.getloadavg()))
    for command in _COMMANDS:
        yield command[0], _printed(cluster, command)
    for path in sorted((cluster.folder / "log").glob("*.log")):
        yield path.name, _tail(path, _LOG_LINES)
    if folder is None:
        return
    for pattern, lines in _FILES.items():
        for path in sorted(folder.glob(pattern)):
            yield str(path.relative_to(folder)), _tail(path, lines)


def _printed(cluster: Cluster, command: tuple[str, ...]) -> str:
    try:
        ended = subprocess.run(
            command, env=cluster.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=_ANSWER_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no answer in {_ANSWER_SECONDS} s"
    return ended.stdout


def _tail(path: Path, lines: int) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
