"""Prompts in a terminal: the first signal ends the command."""

import os
import signal
import subprocess

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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_ends_a_command_that_asks(place: Place, server: Server, number: signal.Signals, code: int):
    for name in ("one", "two"):
        place.torc("workflows", "new", "-n", name)
    ours, its = os.openpty()
    process = place.start("torc", "cancel", stdin=its, stdout=its, stderr=its)
    os.close(its)
    assert "Workflow id" in read_until(ours, "Workflow id")
    process.send_signal(number)
    rest = read_until(ours, None)
    os.close(ours)
    try:
        assert process.wait(timeout=20) == code
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert "Error: Interrupted." in rest
    assert "Unclosed" not in rest
