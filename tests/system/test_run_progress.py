"""What `run` shows of a workflow that takes a while: a line in a terminal, and nothing elsewhere."""

import contextlib
import os
import pty

from support.processes import Place, Server

SCRIPT = """
from torc_client import Torc

def read(name):
    return open(name).read()

if __name__ == "__main__":
    calls = Torc().map(read, ["first", "second", "missing"], name="reading", chunksize=1)
    calls.run(num_cpus=3{options})
    print("after")
"""


def prepared(place: Place, options: str = "") -> None:
    place.file("script.py", SCRIPT.format(options=options))
    place.file("first", "1")
    os.mkfifo(place.directory / "second")


def test_a_terminal_has_one_line_that_counts(server: Server, place: Place):
    prepared(place)
    ours, theirs = pty.openpty()
    process = place.start("python", "script.py", stderr=theirs)
    os.close(theirs)
    shown = b""
    while b"2 of 3" not in shown:
        shown += os.read(ours, 1000)
    (place.directory / "second").write_text("2")
    assert process.communicate()[0] == "after\n"
    try:
        while more := os.read(ours, 1000):
            shown += more
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    lines = [line.strip() for line in shown.decode().split("\r")]
    assert "Workflow 1 (reading): 2 of 3 · 1 running · 1 failed" in [line.partition(" · about")[0] for line in lines]
    assert lines[-2:] == ["Workflow 1 (reading): 3 of 3 · 1 failed", ""]


def test_a_pipe_and_a_quiet_run_have_none(server: Server, place: Place):
    prepared(place, ", quiet=True")
    ours, theirs = pty.openpty()
    place.start("python", "-c", "open('second', 'w').write('2')")
    terminal = place.start("python", "script.py", stderr=theirs)
    os.close(theirs)
    assert terminal.communicate()[0] == "after\n"
    with contextlib.suppress(OSError):  # the other side is closed
        assert os.read(ours, 1000) == b""
    os.close(ours)
    place.file("script.py", SCRIPT.format(options=""))
    place.start("python", "-c", "open('second', 'w').write('2')")
    assert place.run("python", "script.py").stderr == ""
