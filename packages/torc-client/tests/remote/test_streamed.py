"""Commands with long output, and what an ssh that misbehaves does to them."""

import os
import shutil

import pytest

from torc_client.remote.address import parse_worker
from torc_client.remote.marked_output import Marks
from torc_client.remote.ssh_problems import SshProblem
from torc_client.remote.streamed import MarkedStream, execute_to, run_to

HOST = parse_worker("ben@there")


@pytest.fixture
def ssh(tmp_path, monkeypatch):
    """Put an ssh into PATH that runs commands on this machine, after `login`."""

    def put(login="true", end='exec sh -c "$*"'):
        path = tmp_path / "bin" / "ssh"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift 2\n{login}\n{end}\n')
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")

    return put


async def test_output_is_passed_on_unchanged_without_what_login_files_print(ssh):
    ssh(login="printf 'Welcome!'; echo careful >&2")
    pieces = []
    ended = await run_to(HOST, "cat; printf 'no newline'; exit 3", pieces.append, stdin=bytes(range(256)) * 5000)
    assert b"".join(pieces) == bytes(range(256)) * 5000 + b"no newline"
    assert (ended.exit_code, ended.problem, ended.out) == (3, SshProblem.EXIT_CODE, b"")


async def test_long_output_is_not_kept_in_memory(ssh):
    ssh()
    sizes = []
    ended = await run_to(HOST, "head -c 20000000 /dev/zero", lambda piece: sizes.append(len(piece)))
    assert ended.problem is None
    assert sum(sizes) == 20_000_000
    assert max(sizes) < 1_000_000


async def test_a_connection_that_is_lost_is_seen(ssh):
    ssh(end='sh -c "$*" | head -c 3000; exit 255')
    pieces = []
    ended = await run_to(HOST, "head -c 5000 /dev/zero", pieces.append)
    assert ended.problem is SshProblem.CONNECTION_LOST
    assert len(b"".join(pieces)) < 3000


async def test_a_command_without_output_is_ended_and_its_children_too(ssh, tmp_path):
    ssh()
    os.mkfifo(tmp_path / "alive")
    ended = await run_to(HOST, f"echo begun; cat {tmp_path}/alive", lambda _: None, idle_seconds=0.5)
    assert ended.problem is SshProblem.TIME_LIMIT
    # Opening fails while no process reads.
    with pytest.raises(OSError, match="No such device"):
        os.open(tmp_path / "alive", os.O_WRONLY | os.O_NONBLOCK)


async def test_an_error_of_the_receiver_ends_the_command(ssh):
    ssh()

    def full(_):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        await run_to(HOST, "yes", full)


async def test_a_program_that_is_missing():
    ended = await execute_to(["/does/not/exist"], lambda _: None, idle_seconds=5)
    assert (ended.exit_code, ended.problem) == (None, SshProblem.NO_SSH)


async def test_a_program_that_ends_before_it_reads_everything():
    ended = await execute_to([shutil.which("true")], lambda _: None, stdin=b"x" * 10_000_000, idle_seconds=5)
    assert (ended.exit_code, ended.problem) == (0, None)


@pytest.mark.parametrize("size", [1, 2, 7, 60, 10_000])
def test_marks_are_found_however_the_stream_is_divided(size):
    marks = Marks("f" * 32)
    content = b"\n]ffff 0\n" * 20 + b"\n[" + b"f" * 31
    stream = b"Welcome\n" + marks.start + content + b"\n]" + b"f" * 32 + b" 0\n"
    pieces = []
    marked = MarkedStream(marks, pieces.append)
    for at in range(0, len(stream), size):
        marked.take(stream[at : at + size])
    rest = marked.finish()
    assert b"".join(pieces) == content
    found = marks.find(rest, b"")
    assert (found.out, found.exit_code, found.has_started) == (b"", 0, True)
