"""Prompts in a terminal: the first signal ends the command."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from support.processes import Place, Server


def read_until(terminal: int, text: str | None) -> str:
    """Read from a terminal until it shows a text; with None, until the program closes it."""
    shown = ""
    while text is None or text not in shown:
        try:
            shown += os.read(terminal, 65536).decode()
        except OSError:  # the program has ended
            break
    return shown


def asking(place: Place, *words: str) -> tuple[subprocess.Popen[str], int]:
    """Start a command of torc in a terminal, which lists two workflows. Returns also the terminal."""
    for name in ("one", "two"):
        place.torc("workflows", "new", "-n", name)
    ours, its = os.openpty()
    process = place.start("torc", *words, stdin=its, stdout=its, stderr=its)
    os.close(its)
    return process, ours


def until_it_waits(process: subprocess.Popen[str]) -> None:
    """Return when a process sleeps: readline notes a signal, but does not act on it, just before it waits for a key."""
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "S":
        os.sched_yield()


def exit_code(process: subprocess.Popen[str]) -> int:
    try:
        return process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_ends_a_command_that_asks(place: Place, server: Server, number: signal.Signals, code: int):
    process, ours = asking(place, "cancel")
    assert "Cancel which workflow?" in read_until(ours, "or Enter for none): ")
    until_it_waits(process)
    process.send_signal(number)
    rest = read_until(ours, None)
    os.close(ours)
    assert exit_code(process) == code
    assert "Error: Interrupted." in rest
    assert "Unclosed" not in rest


def test_an_empty_answer_after_a_word_deletes_nothing(place: Place, server: Server):
    process, ours = asking(place, "delete")
    listed = read_until(ours, "Delete which workflow? (its id, or Enter for none)")
    assert "2  two (no jobs)" in listed
    os.write(ours, b"two\n")
    assert "'two' is not a number." in read_until(ours, "Delete which workflow?")
    os.write(ours, b"\n")
    assert "No workflow was chosen, so nothing was done." in read_until(ours, None)
    os.close(ours)
    assert exit_code(process) == 1
    assert len(place.torc("workflows", "list")["items"]) == 2


def test_delete_asks_for_the_workflow_and_for_confirmation(place: Place, server: Server):
    process, ours = asking(place, "delete")
    read_until(ours, "or Enter for none)")
    os.write(ours, b"1\n")
    read_until(ours, "Delete workflow 1 (one, 0 jobs)?")
    os.write(ours, b"y\n")
    read_until(ours, None)
    os.close(ours)
    assert exit_code(process) == 0
    assert [each["name"] for each in place.torc("workflows", "list")["items"]] == ["two"]
