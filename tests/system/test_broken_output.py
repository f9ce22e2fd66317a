"""Programs whose stdout or stderr is full, closed, or has no reader: no traceback, and a run has its own exit code."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.processes import Place, Reports, Server, ended_after

SPEC = """
name: mixed
jobs:
  - {name: good, command: "echo good"}
  - {name: bad, command: "echo bad >&2; exit 3"}
"""
NO_READER = 128 + signal.SIGPIPE

Breaks = Callable[..., dict[str, Any]]


@pytest.fixture
def broken() -> Iterator[Breaks]:
    """Return options of Popen that break a stream."""
    with ExitStack() as stack:

        def options(how: str, stream: str = "stdout") -> dict[str, Any]:
            if how == "full":
                return {stream: stack.enter_context(Path("/dev/full").open("w"))}
            if how == "closed":
                return {stream: None, "preexec_fn": lambda: os.close(1 if stream == "stdout" else 2)}
            reading, writing = os.pipe()
            os.close(reading)
            stack.callback(os.close, writing)
            return {stream: writing}

        yield options


def everything_closed() -> None:
    for number in (0, 1, 2):
        os.close(number)


def workflow(place: Place) -> str:
    return str(place.torc("create", place.file("spec.yaml", SPEC))["workflow_id"])


def gated(place: Place) -> str:
    """Create a workflow whose job waits at a gate and then fails. Return its id."""
    os.mkfifo(place.directory / "gate")
    spec = "name: gated\njobs: [{name: gate, command: 'echo here > reports; read go < gate; exit 3'}]"
    return str(place.torc("create", place.file("spec.yaml", spec))["workflow_id"])


def return_codes(place: Place) -> list[int]:
    return sorted(result["return_code"] for result in place.torc("results", "list", "1")["items"])


@pytest.mark.parametrize("program", ["torc run", "torc -f json run", "torc-runner"])
@pytest.mark.parametrize("how", ["full", "without reader", "closed"])
def test_a_run_ends_with_its_own_exit_code(place: Place, server: Server, broken: Breaks, how, program):
    with ended_after(place.start(*program.split(), workflow(place), **broken(how))) as runner:
        _, err = runner.communicate()
    assert runner.returncode == 3, err
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    assert ("Warning: the results are not shown: stdout cannot be written: No space" in err) == (how == "full")
    assert return_codes(place) == [0, 3]


@pytest.mark.parametrize("how", ["full", "closed", "without reader"])
def test_a_run_whose_messages_cannot_be_shown_goes_on(place: Place, server: Server, broken: Breaks, how: str):
    workflow_id = workflow(place)
    options = broken(how, "stderr")
    with ended_after(place.start("torc", "run", workflow_id, **options)) as runner:
        out, _ = runner.communicate()
    assert runner.returncode == 3
    assert "1 completed" in out
    assert return_codes(place) == [0, 3]


def test_no_file_takes_the_place_of_a_closed_stream(place: Place, server: Server):
    options: dict[str, Any] = {"stdin": None, "stdout": None, "stderr": None, "preexec_fn": everything_closed}
    with ended_after(place.start("torc", "run", workflow(place), **options)) as runner:
        assert runner.wait() == 3
    assert return_codes(place) == [0, 3]
    outputs = {path.read_text() for path in place.directory.glob("torc_output/job_stdio/*")}
    assert outputs == {"good\n", "bad\n", ""}


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """A terminal: the descriptor that shows it, and the one for programs. The first is closed by the test."""
    shown, used = os.openpty()
    try:
        yield shown, used
    finally:
        os.close(used)


def test_a_run_outlives_its_terminal(place: Place, server: Server, reports: Reports):
    workflow_id = gated(place)
    with (
        terminal() as (shown, used),
        ended_after(place.start("torc", "run", workflow_id, stdout=used, stderr=used)) as runner,
    ):
        reports.next(of=[runner])
        os.close(shown)
        (place.directory / "gate").write_text("go\n")
        assert runner.wait() == 3
    assert return_codes(place) == [3]


COMMANDS = [
    ("torc", "jobs", "list", "1"),
    ("torc", "-f", "json", "workflows", "list"),
    ("torc", "jobs", "--help"),
    ("torc-runner", "--help"),
    ("torc-server", "openapi"),
    ("torc-htpasswd", "--help"),
    ("torc-dash", "--help"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_without_reader_ends_silently(place: Place, server: Server, broken: Breaks, words):
    workflow(place)
    with ended_after(place.start(*words, **broken("without reader"))) as command:
        _, err = command.communicate()
    assert (command.returncode, err) == (NO_READER, "")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_that_cannot_print_says_so(place: Place, server: Server, broken: Breaks, words):
    workflow(place)
    with ended_after(place.start(*words, **broken("full"))) as command:
        _, err = command.communicate()
    assert command.returncode == 1
    assert "stdout cannot be written: No space left on device" in err
    assert "Traceback" not in err


def test_a_command_that_follows_ends_when_its_reader_goes(place: Place, server: Server, reports: Reports):
    workflow_id = gated(place)
    with ended_after(place.start("torc", "events", "monitor", workflow_id)) as follower:
        assert follower.stdout is not None
        with ended_after(place.start("torc", "run", workflow_id)) as runner:
            reports.next(of=[runner])
            follower.stdout.readline()
            follower.stdout.close()
            follower.stdout = None
            (place.directory / "gate").write_text("go\n")
            runner.communicate()
        _, err = follower.communicate()
    assert (follower.returncode, err) == (NO_READER, "")


@pytest.mark.parametrize("how", ["full", "without reader", "closed"])
def test_a_server_that_cannot_announce_itself_works(place: Place, broken: Breaks, how: str):
    socket = place.directory / "torc.sock"
    words = ("torc-server", "run", "--socket", socket, "--database", "quiet.db")
    with ended_after(place.start(*words, stderr=subprocess.DEVNULL, **broken(how))) as process:
        place.environment["TORC_API_URL"] = f"unix://{socket}"
        while place.run("torc", "ping", status=None).returncode != 0:
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


def test_the_exit_of_a_refused_run_prints_nothing_but_the_error(place: Place) -> None:
    """Objects that are destroyed at the exit of Python print errors of their own."""
    refused = place.run("torc", "run", "absent.yaml", status=1)
    (line,) = refused.stderr.splitlines()
    assert line.startswith("Error: absent.yaml: cannot be read")
