"""What a sequence leaves: lines of the jobs, what each command did, and the records of the server."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from everyday.steps import Plan

COMPLETE = frozenset({"completed", "failed", "canceled", "terminated"})
HELD = frozenset({"pending", "running"})


class Line(NamedTuple):
    """A line that a job wrote. `value` is the time to sleep of a begin, and the exit code of an end."""

    kind: str
    workflow: int
    job: str
    run: int
    attempt: int
    time: float
    value: float
    runner: int


def lines_of(path: Path) -> list[Line]:
    """Read the lines of jobs."""
    found = []
    for text in path.read_text().splitlines():
        kind, workflow, job, run, attempt, time, value, runner = text.split()
        found.append(
            Line(kind, int(workflow), job, int(run), int(attempt), float(time), float(value or 0), int(runner))
        )
    return found


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The records of one workflow."""

    run_id: int
    is_canceled: bool
    jobs: dict[str, dict[str, Any]]
    results: list[dict[str, Any]]

    def statuses(self) -> dict[str, str]:
        """The status of each job."""
        return {name: job["status"] for name, job in self.jobs.items()}

    def is_held(self) -> bool:
        """Whether a job is pending or running."""
        return any(status in HELD for status in self.statuses().values())


def _items(url: str, path: str) -> Iterator[dict[str, Any]]:
    yield from _get(url, path)["items"]


def _get(url: str, path: str) -> Any:
    request = urllib.request.Request(f"{url}/{path}")  # noqa: S310 - the server of the test
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.load(answer)


def snapshot(url: str, workflow: int) -> Snapshot:
    """Read the records of one workflow."""
    record = _get(url, f"workflows/{workflow}")
    return Snapshot(
        record["run_id"],
        bool(record["is_canceled"]),
        {job["name"]: job for job in _items(url, f"jobs?workflow_id={workflow}")},
        list(_items(url, f"results?workflow_id={workflow}&all_runs=true")),
    )


@dataclass(slots=True)
class Happening:
    """A step that was performed: its command, exit code and output, and the records before and after it."""

    number: int
    what: str
    begin: float
    end: float
    words: tuple[str, ...] = ()
    code: int | None = None
    output: str = ""
    workflow: int = 0
    before: Snapshot | None = None
    after: Snapshot | None = None
    is_alone: bool = False
    """Whether no runner lived meanwhile."""


@dataclass(slots=True)
class RunnerLife:
    """One runner from start to end. `hurt` are the times at which it was killed, stopped or interrupted."""

    number: int
    began: float
    workflow: int
    killed: float | None = None
    interrupted: float | None = None
    stops: list[tuple[float, float]] = field(default_factory=list)
    ended: float | None = None
    code: int | None = None
    output: str = ""


@dataclass(slots=True)
class Evidence:
    """All of it."""

    plan: Plan
    lines: list[Line]
    happenings: list[Happening]
    runners: list[RunnerLife]
    final: dict[int, Snapshot]
    parents: dict[tuple[int, str], frozenset[str]]
    """Parents of a job whose failure cancels it, as far as they were never changed."""
    events: list[dict[str, Any]]
    outages: list[tuple[float, float]]
    database_check: str
    server_log: str
    left: list[str]
    troubles: list[str]
    """What went wrong while the steps were performed: time limits."""


def workflow_numbers(url: str) -> list[int]:
    """The ids of all workflows."""
    return [record["id"] for record in _items(url, "workflows")]


def events_of(url: str, workflow: int) -> list[dict[str, Any]]:
    """The stored events of a workflow."""
    return list(_items(url, f"events?workflow_id={workflow}"))
