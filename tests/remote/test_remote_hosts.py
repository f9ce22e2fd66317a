"""Commands on real hosts by ssh, and the hosts themselves."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from support.processes import Place
from support.remote_hosts import REMOTE_HOSTS, RemoteHosts, remote_hosts
from torc_client.remote.address import parse_worker
from torc_client.remote.completed import Completed
from torc_client.remote.ssh import SshConnection, run
from torc_client.remote.ssh_problems import SshProblem

pytestmark = REMOTE_HOSTS


@pytest.fixture
def hosts(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteHosts]:
    with remote_hosts(place) as hosts:
        monkeypatch.setenv("PATH", hosts.path)
        yield hosts


def ran(worker: str, script: str, stdin: bytes = b"", limit_seconds: float = 60, connect: int = 10) -> Completed:
    connection = SshConnection(connect_timeout_seconds=connect)
    return asyncio.run(
        run(parse_worker(worker), script, stdin=stdin, limit_seconds=limit_seconds, connection=connection)
    )


def test_each_host_has_its_own_name_user_and_addresses(hosts: RemoteHosts):
    for host in hosts.all:
        ended = ran(host.destination, "hostname; id -un; pwd; cat; command -v torc", b"read\n")
        assert ended.problem is None, ended.sentence
        user = host.user.name
        assert ended.text == f"{host.name}\n{user}\n/home/{user}\nread\n/home/{user}/bin/torc\n"
        assert ended.text.startswith(host.run("sh", "-c", "hostname; id -un; pwd"))
        assert host.run("torc", "--version").startswith("torc ")


def test_a_host_can_be_cut_off_and_connected_again(hosts: RemoteHosts):
    first = hosts[0]
    first.cut("reject", port=22)
    assert ran(first.destination, "true").problem is SshProblem.REFUSED
    first.cut("drop")
    assert ran(first.destination, "true", connect=1).problem is SshProblem.NO_ANSWER
    assert ran(hosts[1].destination, "true").problem is None
    first.mend()
    assert ran(first.destination, "true").problem is None
    first.unplug()
    first.plug()
    first.lose(20)
    assert ran(first.destination, "true").problem is None


def test_a_host_that_boots_again_has_another_boot_id(hosts: RemoteHosts):
    host = hosts[0]
    before = ran("n1", "cat /proc/sys/kernel/random/boot_id").text
    host.power_off()
    assert ran("n1", "true").problem in {SshProblem.REFUSED, SshProblem.UNREACHABLE, SshProblem.NO_ANSWER}
    host.start()
    after = ran("n1", "cat /proc/sys/kernel/random/boot_id").text
    assert before != after
    assert len(after) == 37


def test_a_host_reaches_the_machine_of_the_test_by_name(hosts: RemoteHosts):
    with socket.create_server((hosts.manager_address, 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('manager', {port})).sendall(b'hello')"
        hosts[2].run("python3", "-c", code)
        connection, (address, _) = server.accept()
        with connection:
            assert connection.recv(5) == b"hello"
        assert address == hosts[2].address
