"""Ctrl-C of one of several runners: the others run its jobs. Ctrl-C of the only one ends its jobs."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from chaos.attempts import Gate
from support.processes import Output, Place, Reports, Server, ended_after

SPEC = """
name: stopped runner
jobs:
  - name: first
    command: echo "first $TORC_ATTEMPT_ID $WHO" > reports; read -r _ < go
  - name: second
    command: echo "second $TORC_ATTEMPT_ID $WHO" > reports; read -r _ < go
  - name: after
    command: "true"
    depends_on: [first, second]
"""


@pytest.fixture
def gate(place: Place) -> Iterator[Gate]:
    """A pipe `go` in the working directory, at which jobs wait."""
    gate = Gate(place)
    yield gate
    gate.close()


def start(place: Place, stack: ExitStack, name: str) -> tuple[subprocess.Popen[str], Output]:
    process = place.start(
        "torc", "run", "1", "--num-cpus", "1", "-o", name,
        stderr=subprocess.STDOUT, environment={"WHO": name},
    )  # fmt: skip
    stack.enter_context(ended_after(process))
    assert process.stdout is not None
    return process, Output(process.stdout)


def statuses(place: Place) -> dict[str, tuple[str, int]]:
    return {job["name"]: (job["status"], job["attempt_id"]) for job in place.torc("jobs", "list", "1")["items"]}


def test_another_runner_runs_the_jobs_of_a_stopped_one(
    place: Place, server: Server, reports: Reports, gate: Gate
) -> None:
    place.torc("workflows", "create", place.file("spec.yaml", SPEC))
    with ExitStack() as stack:
        staying = start(place, stack, "staying")
        assert reports.next(of=[staying[0]]) == ["first 1 staying"]
        leaving = start(place, stack, "leaving")
        assert reports.next(of=[leaving[0]]) == ["second 1 leaving"]
        leaving[0].send_signal(signal.SIGINT)
        assert leaving[0].wait() == 4
        text = leaving[1].finish()
        assert "Job returned: other runners can run it again" in text
        # The result of the attempt that was stopped is not shown as that of the job that runs again.
        (row,) = (line for line in text.splitlines() if line.startswith("│") and " second " in line)
        assert [cell.strip() for cell in row.split("│")[4:6]] == ["", ""], row
        gate.let_pass(1)
        assert reports.next(of=[staying[0]]) == ["second 2 staying"]
        gate.let_pass(1)
        assert staying[0].wait() == 0
        staying[1].finish()
    assert statuses(place) == {"first": ("completed", 1), "second": ("completed", 2), "after": ("completed", 1)}


def test_the_jobs_of_the_only_runner_are_terminated(place: Place, server: Server, reports: Reports, gate: Gate) -> None:
    place.torc("workflows", "create", place.file("spec.yaml", SPEC))
    with ExitStack() as stack:
        only = start(place, stack, "only")
        assert reports.next(of=[only[0]]) == ["first 1 only"]
        only[0].send_signal(signal.SIGINT)
        assert only[0].wait() == 4
        assert "Job returned" not in only[1].finish()
    assert statuses(place)["first"] == ("terminated", 1)
