"""Commands by ssh, with a program in PATH that acts as ssh."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from torc_client.errors import TorcError
from torc_client.remote.address import parse_worker
from torc_client.remote.completed import Completed
from torc_client.remote.ssh import SshConnection, for_each_host, run
from torc_client.remote.ssh_problems import RemoteError, SshProblem

N1 = parse_worker("ada@n1:2222")


@pytest.fixture
def act_as_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def act(script: str = 'for command; do :; done; exec sh -c "$command"') -> None:
        (tmp_path / "ssh").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "ssh").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return act


async def ran(script: str = "true", stdin: bytes = b"", limit_seconds: float = 60, **options) -> Completed:
    return await run(N1, script, stdin=stdin, limit_seconds=limit_seconds, **options)


def test_the_host_comes_after_the_options():
    words = SshConnection(connect_timeout_seconds=7).command(parse_worker("x=ada@[fe80::1]:2222"), "uname")
    assert words[-3:] == ["--", "ada@fe80::1", "uname"]
    assert {"BatchMode=yes", "ConnectTimeout=7", "StrictHostKeyChecking=accept-new"} < set(words)
    assert words[words.index("-p") + 1] == "2222"
    assert SshConnection().scp(N1)[-3:] == ["-P", "2222", "--"]
    rsync = SshConnection().rsync(N1, "-a")
    assert rsync[:2] == ["rsync", "-e"]
    assert rsync[2].endswith(" -p 2222")
    assert rsync[3:] == ["-a", "--"]


async def test_output_stdin_and_exit_code_pass(act_as_ssh):
    act_as_ssh()
    ended = await ran("cat; printf 'no newline'; echo trouble >&2; exit 3", b"in\0\xff\n")
    assert (ended.out, ended.err, ended.exit_code) == (b"in\0\xff\nno newline", b"trouble\n", 3)
    assert ended.problem is SshProblem.EXIT_CODE
    assert ended.sentence == "ada@n1:2222: the command ended with exit code 3 (trouble)."
    with pytest.raises(RemoteError, match="exit code 3"):
        ended.require()


async def test_a_script_may_have_all_characters(act_as_ssh):
    act_as_ssh()
    ended = await ran("printf '%s' 'a\\n!b' \"$((1 + 1))\" `echo c` '\u00fc'  # a comment")
    assert ended.text == "a\\n!b2c\u00fc"
    assert ended.require() is ended


async def test_what_login_files_print_is_not_output(act_as_ssh):
    act_as_ssh('echo Welcome; printf "Warning: noise" >&2; for command; do :; done; sh -c "$command"; echo Bye')
    ended = await ran("echo answer")
    assert (ended.text, ended.messages, ended.problem) == ("answer\n", "Warning: noise", None)


@pytest.mark.parametrize(
    ("message", "problem", "sentence"),
    [
        ("ssh: Could not resolve hostname n1: Name or service not known", SshProblem.UNKNOWN_HOST, "resolved here"),
        ("ssh: connect to host n1 port 22: Connection refused", SshProblem.REFUSED, "was refused"),
        ("ssh: connect to host n1 port 22: Connection timed out", SshProblem.NO_ANSWER, "does not answer"),
        ("ssh: connect to host n1 port 22: No route to host", SshProblem.UNREACHABLE, "no route"),
        ("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", SshProblem.HOST_KEY, "not the known one"),
        ("Host key verification failed.", SshProblem.HOST_KEY_UNKNOWN, "of a jump host, is not known"),
        ("ada@n1: Permission denied (publickey).", SshProblem.PERMISSION, "login was refused"),
        ("Connection to 10.0.0.1 closed by remote host.", SshProblem.CONNECTION_LOST, "connection was lost"),
        ("client_loop: send disconnect: Broken pipe", SshProblem.CONNECTION_LOST, "connection was lost"),
        ("kex_exchange_identification: Connection closed by remote host", SshProblem.CLOSED, "closed the connection"),
        ("Bad configuration option: \x1b[2Jx", SshProblem.OTHER_OF_SSH, "(Bad configuration option:  [2Jx)"),
    ],
)
async def test_failures_of_ssh_are_classified(act_as_ssh, message, problem, sentence):
    act_as_ssh(f"printf '%s\\n' '{message}' >&2; exit 255")
    ended = await ran()
    assert ended.problem is problem
    assert ended.sentence.startswith("ada@n1:2222: ")
    assert sentence in ended.sentence
    assert ended.hint
    assert "HOST" not in ended.hint


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("exit 255", SshProblem.EXIT_CODE),
        ("no-such-program-of-torc", SshProblem.COMMAND_MISSING),
        ("sh -c 'kill -9 $$'", SshProblem.SIGNAL),
        ("kill -9 $PPID $$", SshProblem.CONNECTION_LOST),
    ],
)
async def test_failures_of_the_command_are_classified(act_as_ssh, script, problem):
    act_as_ssh('for command; do :; done; sh -c "$command; :"')
    assert (await ran(script)).problem is problem


async def test_a_login_without_a_shell_is_named(act_as_ssh):
    act_as_ssh("echo This account is currently not available. >&2; exit 1")
    ended = await ran()
    assert ended.problem is SshProblem.NO_SHELL
    assert "This account is currently not available." in ended.sentence


async def test_an_ssh_that_is_killed_here_is_not_taken_for_its_login(act_as_ssh):
    act_as_ssh("kill -9 $$")
    ended = await ran()
    assert ended.problem is SshProblem.OTHER_OF_SSH
    assert ended.sentence == "ada@n1:2222: ssh failed."


async def test_a_missing_ssh_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = await ran()
    assert ended.problem is SshProblem.NO_SSH
    assert "ssh is not installed here" in ended.sentence


async def test_an_ssh_that_lacks_open_files_is_not_taken_for_a_missing_one(act_as_ssh, monkeypatch):
    async def refused(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    act_as_ssh("true")
    monkeypatch.setattr("torc_client.remote.ssh._started", refused)
    ended = await ran()
    assert ended.problem is SshProblem.NOT_STARTED
    assert ended.sentence == "ada@n1:2222: ssh cannot be started here (ssh: Too many open files)."
    assert "--max-parallel-ssh" in ended.hint


async def test_ssh_and_its_children_are_killed_at_the_time_limit(act_as_ssh, tmp_path):
    os.mkfifo(tmp_path / "alive")
    reader = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    act_as_ssh(f"exec 9> {tmp_path}/alive; sleep 600 & sleep 600")
    ended = await ran(limit_seconds=0.3)
    assert ended.problem is SshProblem.NO_CONNECTION_IN_TIME
    assert await asyncio.to_thread(os.read, reader, 1) == b""  # the pipe ends when all processes have ended
    os.close(reader)


async def test_a_command_that_hangs_is_killed(act_as_ssh):
    act_as_ssh()
    ended = await ran("echo before; exec sleep 600", limit_seconds=4)
    assert ended.problem is SshProblem.TIME_LIMIT
    assert ended.text == "before\n"
    assert "did not end in 4 s" in ended.sentence


async def test_a_cancel_kills_the_command(act_as_ssh, tmp_path):
    os.mkfifo(tmp_path / "alive")
    act_as_ssh(f"exec 9> {tmp_path}/alive; sleep 600")
    task = asyncio.create_task(ran(limit_seconds=600))
    reader = await asyncio.to_thread(os.open, tmp_path / "alive", os.O_RDONLY)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(os.read, reader, 1) == b""
    os.close(reader)


@pytest.mark.parametrize("stream", ["", ">&2"])
async def test_a_flood_of_output_ends_the_command(act_as_ssh, stream):
    act_as_ssh()
    ended = await ran(f"exec yes {stream}", output_limit=100_000)
    assert ended.problem is SshProblem.TOO_MUCH_OUTPUT
    assert len(ended.out) + len(ended.err) <= 100_000


async def test_a_control_master_that_keeps_stderr_open_does_not_hold_up(act_as_ssh, tmp_path):
    act_as_ssh(f'setsid sleep 600 & echo $! > {tmp_path}/pid; for command; do :; done; exec sh -c "$command"')
    ended = await ran("echo answer")
    os.kill(int((tmp_path / "pid").read_text()), 9)
    assert (ended.text, ended.problem) == ("answer\n", None)


async def test_large_input_that_is_not_read_is_no_error(act_as_ssh):
    act_as_ssh()
    assert (await ran("echo done", b"x" * 5_000_000)).text == "done\n"


async def test_outcomes_have_the_order_of_the_hosts():
    hosts = [parse_worker(f"n{number}") for number in range(5)]
    running: set[str] = set()
    ended = []

    async def what(address) -> str:
        running.add(address.host)
        assert len(running) <= 2
        for _ in range(5 - int(address.host[1])):
            await asyncio.sleep(0)
        running.remove(address.host)
        if address.host == "n3":
            raise TorcError("n3: it is on fire.")
        return address.host.upper()

    outcomes = await for_each_host(hosts, what, max_parallel=2, on_end=ended.append)
    assert [outcome.address for outcome in outcomes] == hosts
    assert [outcome.value for outcome in outcomes] == ["N0", "N1", "N2", None, "N4"]
    assert str(outcomes[3].error) == "n3: it is on fire."
    assert sorted(outcome.address.text for outcome in ended) == [host.text for host in hosts]
