"""What a real host finds at the URL of the server, and what the user reads: each line of the troubleshooting."""

import asyncio
import urllib.request
from collections.abc import Iterator

import msgspec
import pytest

from support import needs
from support.processes import SERVICE, Place, Server
from support.remote_hosts import REMOTE_HOSTS, RemoteHosts, remote_hosts
from torc_client.remote import ssh
from torc_client.remote.address import parse_worker
from torc_client.remote.agent.bootstrap import AgentProgram, agent_script
from torc_client.remote.agent.check_server import ServerQuestion
from torc_client.remote.agent.operations import CheckServerRequest
from torc_client.remote.agent.protocol import decode_answer
from torc_client.remote.server_check import Explanation, Reach, ServerCheck, explain
from torc_client.remote.server_urls import binding_of
from torc_client.this_machine import machine_identity

pytestmark = REMOTE_HOSTS
_LIMIT_SECONDS = 3.0


@pytest.fixture
def hosts(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteHosts]:
    with remote_hosts(place, 1) as hosts:
        monkeypatch.setenv("PATH", hosts.path)
        yield hosts


@pytest.fixture
def everywhere(place: Place) -> Iterator[Server]:
    """A server that listens on all interfaces, with one workflow."""
    with Server(place, "--host", "0.0.0.0") as server:  # noqa: S104 - the host of the test is to reach it
        place.torc("workflows", "new", "--name", "w")
        yield server


class Checks:
    """Checks from the host n1."""

    def __init__(self, server: Server, hosts: RemoteHosts) -> None:
        self.server, self.hosts = server, hosts
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{SERVICE}/version") as answer:
            self.database = msgspec.json.decode(answer.read())["database_id"]

    def url(self, host: str) -> str:
        return f"http://{host}:{self.server.port}{SERVICE}"

    def check(self, host: str) -> ServerCheck:
        question = ServerQuestion(
            urls=[self.url(host)],
            workflow_id=1,
            database_id=self.database,
            machine=machine_identity(),
            limit_seconds=_LIMIT_SECONDS,
        )
        completed = asyncio.run(
            ssh.run(
                parse_worker("n1"),
                agent_script(AgentProgram()),
                stdin=msgspec.json.encode(CheckServerRequest(question=question)),
                limit_seconds=60,
            )
        )
        answer = decode_answer(completed.require().out, ServerCheck)
        assert answer is not None
        assert answer.result is not None, answer.error
        return answer.result

    def explained(self, found: ServerCheck) -> Explanation:
        binding = binding_of(found.url)
        return explain(found, "n1", bound=binding.addresses, is_bound_to_loopback=binding.is_loopback_only)


def test_a_server_on_all_interfaces_is_reached_by_address_and_name(everywhere: Server, hosts: RemoteHosts):
    checks = Checks(everywhere, hosts)
    for host in (hosts.manager_address, "manager", "manager.cluster"):
        assert checks.check(host).reach is Reach.OK


def test_localhost_there_is_another_machine(everywhere: Server, hosts: RemoteHosts):
    checks = Checks(everywhere, hosts)
    found = checks.check("localhost")
    assert found.reach is Reach.URL_IS_LOOPBACK
    assert checks.explained(found).sentence == (
        f"On n1, {checks.url('localhost')} is n1 itself, not the machine of the server."
    )


def test_a_server_on_loopback_is_refused_from_there(server: Server, place: Place, hosts: RemoteHosts):
    place.torc("workflows", "new", "--name", "w")
    checks = Checks(server, hosts)
    found = checks.check(hosts.manager_address)
    assert found.reach is Reach.REFUSED
    sentence, remedy = checks.explained(found)
    assert sentence == f"Connections from n1 to {hosts.manager_address}:{server.port} are refused."
    assert remedy.startswith(
        f"The server listens on 127.0.0.1:{server.port} only, which other machines cannot reach. Start it with"
        " `torc-server run --host 0.0.0.0`"
    )


def test_a_name_that_is_loopback_there_and_one_that_is_unknown(everywhere: Server, hosts: RemoteHosts):
    checks = Checks(everywhere, hosts)
    found = checks.check("n1-loopback")
    assert found.reach is Reach.NAME_IS_LOOPBACK
    assert checks.explained(found).sentence == "n1-loopback resolves to 127.0.1.1 on n1, which is n1 itself."
    unknown = checks.check("kl1.hsn")
    assert unknown.reach is Reach.NAME_UNKNOWN
    sentence, remedy = checks.explained(unknown)
    assert sentence == "kl1.hsn does not resolve on n1."
    assert "`ssh n1 getent hosts NAME`" in remedy


def test_a_firewall_that_drops_and_one_that_rejects(everywhere: Server, hosts: RemoteHosts):
    checks = Checks(everywhere, hosts)
    hosts[0].cut("drop", port=everywhere.port)
    dropped = checks.check(hosts.manager_address)
    assert dropped.reach is Reach.NO_ANSWER
    assert checks.explained(dropped).sentence == (
        f"{hosts.manager_address}:{everywhere.port} does not answer n1 within 3 s: a firewall may drop the packets."
    )
    hosts[0].mend()
    hosts[0].cut("reject", port=everywhere.port)
    rejected = checks.check(hosts.manager_address)
    assert rejected.reach is Reach.REFUSED
    assert "so a firewall rejects the connections." in checks.explained(rejected).remedy
    hosts[0].mend()
    assert checks.check(hosts.manager_address).is_ok


def test_a_proxy_there_is_named(everywhere: Server, hosts: RemoteHosts):
    hosts[0].write(".bashrc", "export http_proxy=http://proxy.example:3128\n")
    checks = Checks(everywhere, hosts)
    assert checks.check("manager").is_ok
    assert "http_proxy on n1 names an HTTP proxy" in checks.explained(checks.check("kl1.hsn")).remedy


def test_a_server_on_an_ipv6_address(place: Place, hosts: RemoteHosts):
    has_ipv6 = any(hosts.manager_ipv6 in line for line in place.run("ip", "-6", "-o", "address").stdout.splitlines())
    if not has_ipv6:
        needs.skip_without("IPv6")
    with Server(place, "--host", "::") as server:
        place.torc("--url", server.url, "workflows", "new", "--name", "w")
        assert Checks(server, hosts).check(f"[{hosts.manager_ipv6}]").is_ok
