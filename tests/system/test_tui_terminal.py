"""`torc tui` in a real terminal: a workflow that runs, the end of the program, and a terminal that disappears."""

import os
import select

import pytest

from support import needs
from support.processes import Place, Reports, Server
from support.terminals import terminal

pytestmark = needs.programs("tmux")

SPEC = """
name: live
jobs:
  - name: first
    command: echo first > {pipe}; read line < {gate}
  - name: "after\\e[31m"
    command: echo second
    depends_on: [first]
"""


@pytest.fixture
def workflow_id(server: Server, place: Place, reports: Reports) -> int:
    """A workflow whose first job reports its start, and waits for a line."""
    os.mkfifo(place.directory / "gate")
    pipe, gate = place.directory / "reports", place.directory / "gate"
    spec = place.file("live.yaml", SPEC.format(pipe=pipe, gate=gate))
    return int(place.torc("create", spec)["workflow_id"])


def test_a_running_workflow_is_followed_and_q_ends_the_program(place: Place, workflow_id: int, reports: Reports):
    with terminal(place, "torc tui; echo ended with $?; cat") as screen:
        lines = screen.shows("live  uninitialized")
        assert "● live" in lines[0]
        assert "user: tester" in lines[0]
        runner = place.start("torc", "run", workflow_id)
        reports.next(of=[runner])
        screen.shows("▶ 1")
        screen.press("Enter")
        screen.shows("first")
        with (place.directory / "gate").open("w") as gate:
            gate.write("go\n")
        runner.communicate()
        lines = screen.shows("live  completed")
        assert any("2/2" in line for line in lines)
        screen.press("q")
        screen.shows("ended with 0")


def test_keys_arrive_and_help_is_shown(place: Place, workflow_id: int):
    with terminal(place, "torc tui --read-only", columns=100, rows=40) as screen:
        screen.shows("read-only")
        screen.press("?")
        screen.shows("Everywhere")
        screen.press("Escape")
        screen.until(lambda lines: not any("Everywhere" in line for line in lines))


def test_a_terminal_that_disappears_ends_the_program_and_its_server(place: Place):
    database = place.directory / "torc.db"
    with terminal(place, f"exec torc tui --standalone --database '{database}'") as screen:
        screen.shows("● live")
        ended = os.pidfd_open(screen.pid)
        screen.close()
        select.select([ended], [], [])
        os.close(ended)


def test_without_a_terminal_it_says_so(place: Place):
    ended = place.run("torc", "tui", status=1)
    assert ended.stdout == ""
    assert "needs a terminal" in ended.stderr
    assert "torc status" in ended.stderr
