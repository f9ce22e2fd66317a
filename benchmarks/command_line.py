"""Workflows through the programs that users run: `torc workflows create` and `torc run`."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.service import Service


@dataclass(frozen=True, slots=True)
class Times:
    """Wall-clock seconds of a workflow, including the start of both programs."""

    create_seconds: float
    run_seconds: float


def slots() -> int:
    """Number of jobs that run at once."""
    return len(os.sched_getaffinity(0))


def write_spec(directory: Path, jobs: list[dict[str, Any]], **more: Any) -> Path:
    """Write a spec file."""
    path = directory / "spec.json"
    path.write_text(json.dumps({"name": "benchmark", **more, "jobs": jobs}))
    return path


def true_jobs(count: int) -> list[dict[str, Any]]:
    """Return jobs that do nothing, without dependencies."""
    return [{"name": "job_{i:07d}", "command": "true", "parameters": {"i": f"1:{count}"}}]


def chained(count: int) -> list[dict[str, Any]]:
    """Return jobs that do nothing, each depending on the one before."""
    return [
        {"name": f"job_{number:07d}", "command": "true"} | ({"depends_on": [f"job_{number - 1:07d}"]} if number else {})
        for number in range(count)
    ]


def run_workflow(directory: Path, jobs: list[dict[str, Any]], count: int, *, at_once: int) -> Times:
    """Create and run a workflow on a temporary server; every job must succeed and keep its two files."""
    directory.mkdir()
    spec = write_spec(directory, jobs)
    with Service(directory) as service:
        start = time.perf_counter()
        service.torc("workflows", "create", spec)
        created = time.perf_counter()
        service.torc("run", "1", "--max-parallel-jobs", str(at_once))
        ended = time.perf_counter()
    files = len(os.listdir(directory / "torc_output" / "job_stdio"))  # noqa: PTH208 - a count of names
    assert files == 2 * count, f"{files} files of {count} jobs"
    return Times(created - start, ended - created)


def seconds_of(service: Service, words: Mapping[str, tuple[str | Path, ...]]) -> dict[str, float]:
    """Run `torc` for each of the named argument lists; return the seconds of each."""
    found = {}
    for name, arguments in words.items():
        start = time.perf_counter()
        service.torc(*arguments)
        found[name] = time.perf_counter() - start
    return found
