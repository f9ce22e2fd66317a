"""What is run: each workload through Torc and through a peer that does the same work. Each call gives seconds."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Workload:
    """A name, how many jobs it has, and the two ways to run them, in a directory of their own."""

    name: str
    jobs: int
    peer_name: str
    through_torc: Callable[[Path, int], float]
    through_peer: Callable[[Path, int], float]


@contextlib.contextmanager
def server(directory: Path) -> Iterator[str]:
    """Run a server with a fresh database; gives its address."""
    listen = ["--host", "127.0.0.1", "--port", "0", "--shutdown-on-stdin-eof"]
    with (
        (directory / "server.log").open("w") as log,
        subprocess.Popen(
            [PROGRAMS / "torc-server", "run", *listen, "--database", directory / "torc.db"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        port = process.stdout.readline().strip().partition("=")[2]
        yield f"http://127.0.0.1:{port}/torc-service/v1"
        process.stdin.close()


def true_jobs_through_torc(directory: Path, jobs: int) -> float:
    """Run jobs that do nothing, from `torc run` to its exit; creating the workflow is not counted."""
    spec = directory / "spec.json"
    command = {"name": "job_{i:06d}", "command": "true", "parameters": {"i": f"1:{jobs}"}}
    spec.write_text(json.dumps({"name": "true jobs", "jobs": [command]}))
    with server(directory) as url:
        environment = {**os.environ, "TORC_API_URL": url}
        create: list[str | Path] = [PROGRAMS / "torc", "workflows", "create", spec]
        subprocess.run(create, cwd=directory, env=environment, check=True, stdout=subprocess.DEVNULL)
        start = time.perf_counter()
        run: list[str | Path] = [PROGRAMS / "torc", "run", "1", "--max-parallel-jobs", str(slots())]
        subprocess.run(
            run, cwd=directory, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return time.perf_counter() - start


def true_jobs_through_xargs(directory: Path, jobs: int) -> float:
    """Run as many `bash -c true` processes, as many at once, with xargs."""
    start = time.perf_counter()
    numbers = "\n".join(str(number) for number in range(jobs))
    words = ["xargs", "-P", str(slots()), "-n", "1", "bash", "-c", "true"]
    subprocess.run(words, cwd=directory, input=numbers, text=True, check=True)
    return time.perf_counter() - start


def slots() -> int:
    """How many jobs run at once."""
    return len(os.sched_getaffinity(0))


WORKLOADS = (Workload("true-jobs", 1000, "xargs -P", true_jobs_through_torc, true_jobs_through_xargs),)
