"""Login shells, login files and ssh configurations, as people have them, between real hosts."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator

import pytest

from support import needs
from support.processes import Place
from support.remote_hosts import REMOTE_HOSTS, RemoteHosts, remote_hosts
from torc_client.remote.address import parse_worker
from torc_client.remote.completed import Completed
from torc_client.remote.ssh import SshConnection, run
from torc_client.remote.ssh_problems import SshProblem

SHELLS = ("bash", "dash", "fish", "tcsh", "zsh")

pytestmark = [*REMOTE_HOSTS, needs.programs(*SHELLS)]


def add_users(hosts: RemoteHosts) -> None:
    for shell in SHELLS:
        hosts[0].add_user(f"u_{shell}", needs.path_of(shell) or "")
    hosts[0].add_user("locked", "/usr/sbin/nologin")


@pytest.fixture
def hosts(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteHosts]:
    with remote_hosts(place, 2, configure=[add_users]) as hosts:
        monkeypatch.setenv("PATH", hosts.path)
        yield hosts


def ran(worker: str, script: str = "true", stdin: bytes = b"", limit_seconds: float = 60) -> Completed:
    connection = SshConnection(connect_timeout_seconds=20)
    return asyncio.run(
        run(parse_worker(worker), script, stdin=stdin, limit_seconds=limit_seconds, connection=connection)
    )


def test_a_script_means_the_same_in_all_login_shells(hosts: RemoteHosts):
    for shell in SHELLS:
        script = "printf '%s|' 'a\\n!b' \"$((1 + 1))\" '$HOME' `echo c`; cat; echo trouble >&2; exit 7"
        ended = ran(f"u_{shell}@{hosts[0].address}", script, b"in\0\xff")
        assert (ended.out, ended.exit_code) == (b"a\\n!b|2|$HOME|c|in\0\xff", 7), f"{shell}: {ended}"
        assert ended.error_text == "trouble\n"
    ended = ran(f"locked@{hosts[0].address}")
    assert ended.problem is SshProblem.NO_SHELL
    assert "This account is currently not available." in ended.sentence


def test_login_files_do_not_disturb_the_output(hosts: RemoteHosts):
    host = hosts[0]
    host.write(".bashrc", "echo Welcome to n1; printf 'Last login: never'; echo 'module: not found' >&2\n")
    ended = ran(host.destination, "echo answer; echo trouble >&2")
    assert (ended.text, ended.error_text, ended.problem) == ("answer\n", "trouble\n", None)
    assert "module: not found" in ended.messages

    host.write(".bashrc", "exit 1\n")
    assert ran(host.destination).problem is SshProblem.NO_SHELL

    host.write(".bashrc", "sleep 600\n")
    ended = ran(host.destination, limit_seconds=5)
    assert ended.problem is SshProblem.NO_CONNECTION_IN_TIME
    assert "or its login files did not end, in 5 s" in ended.sentence

    host.write(".bashrc", "yes\n")
    assert ran(host.destination).problem is SshProblem.TOO_MUCH_OUTPUT


def test_a_jump_host_of_the_configuration_is_used(hosts: RemoteHosts):
    assert ran("n2.cluster").problem is SshProblem.UNKNOWN_HOST
    hosts.configure("Host n2.cluster\n  User ben\n  ProxyJump n1\n")
    # The option to accept new keys is not passed on to jump hosts.
    assert ran("n2.cluster").problem is SshProblem.HOST_KEY_UNKNOWN
    assert ran("n1").problem is None
    ended = ran("n2.cluster", "hostname; id -un")
    assert (ended.text, ended.problem) == ("n2\nben\n", None)


def test_connections_are_shared_by_a_control_socket_of_the_configuration(hosts: RemoteHosts):
    # The path of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="torc-ssh-") as folder:
        hosts.configure(f"Host *\n  ControlMaster auto\n  ControlPath {folder}/%C\n  ControlPersist 600\n")
        assert [ran("n1", f"echo {number}").text for number in range(3)] == ["0\n", "1\n", "2\n"]
        assert sum("Accepted publickey" in line for line in hosts[0].sshd_log) == 1
        ended = ran("n1", "exec sleep 600", limit_seconds=5)
        assert ended.problem is SshProblem.TIME_LIMIT
        assert ran("n1", "echo still there").text == "still there\n"
        assert sum("Accepted publickey" in line for line in hosts[0].sshd_log) == 1
        subprocess.run(["ssh", "-O", "exit", "n1"], check=True, capture_output=True)


def test_settings_of_the_configuration_that_hinder_commands_have_no_effect(hosts: RemoteHosts):
    hosts.configure(
        f"Host *\n  RemoteCommand tmux\n  RequestTTY force\n  LocalForward 127.0.0.1:1 localhost:1\n"
        f"  RemoteForward {hosts[0].address}:22 localhost:1\n  ExitOnForwardFailure yes\n  LogLevel QUIET\n"
    )
    ended = ran("n1", "cat", b"a\nb\n")
    assert (ended.out, ended.problem) == (b"a\nb\n", None)
    hosts[0].stop_sshd()
    assert ran("n1").problem is SshProblem.REFUSED


def test_a_changed_host_key_is_refused(hosts: RemoteHosts):
    assert ran("n1").problem is None
    hosts[0].new_host_key()
    ended = ran("n1")
    assert ended.problem is SshProblem.HOST_KEY
    assert "`ssh-keygen -R n1`" in ended.hint


def test_a_login_without_a_key_is_refused_without_a_question(hosts: RemoteHosts):
    (hosts[0].home / ".ssh/authorized_keys").unlink()
    ended = ran("n1")
    assert ended.problem is SshProblem.PERMISSION
    assert "Permission denied (publickey)." in ended.sentence


def test_a_host_that_dies_during_a_command_is_a_lost_connection(hosts: RemoteHosts):
    async def die() -> Completed:
        script = "echo begun; echo > begun; exec sleep 600"
        running = asyncio.create_task(run(parse_worker("n1"), script, limit_seconds=120))
        await asyncio.to_thread(begun.read_text)
        await asyncio.to_thread(hosts[0].power_off)
        return await running

    begun = hosts[0].home / "begun"
    os.mkfifo(begun)
    os.chown(begun, hosts[0].user.uid, -1)
    ended = asyncio.run(die())
    assert ended.problem is SshProblem.CONNECTION_LOST
    assert "the connection was lost while the command ran" in ended.sentence


def test_a_host_that_drops_packets_is_left_at_the_time_limit(hosts: RemoteHosts):
    hosts[0].cut("drop")
    ended = ran("n1", limit_seconds=3)
    assert ended.problem is SshProblem.NO_CONNECTION_IN_TIME
    assert "there was no connection" in ended.sentence
