"""The hosts of `support.hosts` are apart."""

from support import hosts as support
from support import needs
from support.hosts import Hosts, has_ipv6, url_of
from support.processes import Server

pytestmark = support.required()

ALL_INTERFACES = "0.0.0.0"  # noqa: S104 - reachable in the namespaces of the test only


def test_each_host_has_its_own_name_addresses_and_identity(hosts: Hosts) -> None:
    a, b = hosts.add("login1", networks=("campus", "fast")), hosts.add("node1", networks=("fast",))
    assert [a.run("hostname").stdout, b.run("hostname").stdout] == ["login1\n", "node1\n"]
    assert a.run("hostname", "-I").stdout.split()[:1] == ["10.1.0.11"]
    assert [each.address for each in a.interfaces] == ["10.1.0.11", "10.2.0.11"]
    assert b.address == "10.2.0.12"
    for path in ("/etc/machine-id", "/proc/sys/kernel/random/boot_id"):
        assert a.run("cat", path).stdout != b.run("cat", path).stdout
    assert a.run("pwd").stdout == f"{a.directory}\n"


def test_firewall_cut_and_mend(hosts: Hosts) -> None:
    login, node, other = hosts.add("login1"), hosts.add("node1"), hosts.add("node2")
    with Server(login, "--host", ALL_INTERFACES) as server:
        words = ["curl", "-sS", "-m", "1", "-o", "/dev/null", f"{url_of('login1', server.port)}/ping"]

        def codes() -> tuple[int, int, int]:
            """The exit codes of curl: 0, 7 (refused), 28 (no answer in time)."""
            ended = [each.run(*words, status=None) for each in (login, node, other)]
            return (ended[0].returncode, ended[1].returncode, ended[2].returncode)

        assert codes() == (0, 0, 0)
        login.firewall.drop(server.port, sender=node)
        assert codes() == (0, 28, 0)
        login.firewall.open()
        login.firewall.reject(server.port, sender=other)
        assert codes() == (0, 0, 7)
        login.firewall.open()
        node.cut()
        assert codes() == (0, 28, 0)
        node.mend()
        assert codes() == (0, 0, 0)


@needs.ability("IPv6", is_there=has_ipv6())
def test_hosts_reach_each_other_by_ipv6(hosts: Hosts) -> None:
    login, node = hosts.add("login1"), hosts.add("node1")
    with Server(login, "--host", login.address6) as server:
        node.run("torc", "--url", url_of(login.address6, server.port), "ping")
