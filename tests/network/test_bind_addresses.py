"""What `--host` opens to other hosts, and what the server says about it."""

import pytest

from network.typed import serving, typed
from support import hosts as support
from support import needs
from support.hosts import Host, Hosts, has_ipv6, url_of

pytestmark = [*support.required(), pytest.mark.timeout(300)]
with_ipv6 = needs.ability("IPv6", is_there=has_ipv6())
HSN = "login1.hsn.cluster.example"


@pytest.fixture
def cluster(hosts: Hosts) -> tuple[Host, Host]:
    """A login node with two networks, and a compute node that has the fast one only."""
    login = hosts.add("login1", networks=("campus", "fast"))
    node = hosts.add("node1", networks=("fast",))
    campus, fast = login.interfaces
    for host, own in ((login, "127.0.1.1"), (node, campus.address)):
        host.set_names(
            {
                "login1": [own],
                HSN: [fast.address],
                "several": [campus.address, fast.address],
                "shared": [fast.address, node.address],
            }
        )
    return login, node


def reached(host: Host, *names: str) -> list[str]:
    """Return those of the names under which a server on port 8080 answers a host."""
    return [
        name for name in names if host.run("torc", "--url", url_of(name, 8080), "ping", status=None).returncode == 0
    ]


@pytest.mark.parametrize(
    ("bind", "bound", "here", "there"),
    [
        ("127.0.0.1", "127.0.0.1", ["localhost"], []),
        ("0.0.0.0", "0.0.0.0", ["localhost", "10.2.0.11", HSN], ["10.2.0.11", HSN]),  # noqa: S104 - what is tested
        ("10.2.0.11", "10.2.0.11", ["10.2.0.11", HSN], ["10.2.0.11", HSN]),
        (HSN, "10.2.0.11", ["10.2.0.11", HSN], ["10.2.0.11", HSN]),
        ("several", "10.1.0.11,10.2.0.11", ["10.2.0.11", HSN], ["10.2.0.11", HSN]),
        pytest.param("::1", "::1", ["::1"], [], marks=with_ipv6),
        pytest.param("[fd00:2::11]", "fd00:2::11", ["fd00:2::11"], ["fd00:2::11"], marks=with_ipv6),
        pytest.param("::", "::", ["localhost", "10.2.0.11", HSN, "::1", "fd00:2::11"], ["10.2.0.11", HSN, "fd00:2::11"],
                     marks=with_ipv6),
    ],
)  # fmt: skip
def test_who_reaches_the_server(cluster: tuple[Host, Host], bind: str, bound: str, here: list[str], there: list[str]):
    login, node = cluster
    names = ["localhost", "10.2.0.11", HSN, *(["::1", "fd00:2::11"] if has_ipv6() else [])]
    with serving(login, f"--host {bind}") as output:
        log = output.wait_for("message=listening")
        assert sorted(log.partition("addresses=")[2].split()[0].split(",")) == sorted(bound.split(","))
        assert reached(login, *names) == here
        assert reached(node, *names) == there


@needs.programs("netstat", "lsof", "ss")
@pytest.mark.parametrize(("bind", "shown"), [("127.0.0.1", "127.0.0.1:8080"), ("0.0.0.0", "0.0.0.0:8080")])  # noqa: S104
def test_netstat_shows_where_the_server_listens(cluster: tuple[Host, Host], bind: str, shown: str):
    login, _ = cluster
    with serving(login, f"--host {bind}"):
        for command in ("netstat -tlnp | grep 8080", "ss -tlnp | grep 8080"):
            assert shown in typed(login, command)
        assert "torc-serv" in typed(login, "lsof -i :8080")


def test_a_name_that_is_loopback_is_reported_with_the_remedy(cluster: tuple[Host, Host]):
    login, node = cluster
    with serving(login, "--host login1") as output:
        assert "addresses=127.0.1.1 " in output.wait_for("message=listening")
        warning = output.wait_for("is the loopback address 127.0.1.1 on this machine")
        assert "other machines do not reach this server; use --host 0.0.0.0" in warning
        assert reached(login, "login1") == ["login1"]
        assert reached(node, HSN) == []


def test_a_name_that_several_machines_have_is_reported(cluster: tuple[Host, Host]):
    login, node = cluster
    with serving(login, "--host shared") as output:
        assert f"shared has the address {node.address} too" in output.wait_for("level=warn")
        assert "addresses=10.2.0.11 " in output.wait_for("message=listening")


@pytest.mark.parametrize(
    ("bind", "said"),
    [
        ("no-such-name", "the host 'no-such-name' has no known address; check its spelling with `getent hosts"),
        ("node1", "the host 'node1' has no known address"),
        ("10.2.0.12", "10.2.0.12 is not an address of this machine; `hostname -I` lists them"),
    ],
)
def test_other_names_and_addresses_are_refused_in_one_line(cluster: tuple[Host, Host], bind: str, said: str):
    printed = typed(cluster[0], f"torc-server run --host {bind}", status=1)
    assert printed.startswith("Error: ")
    assert said in printed
    assert len(printed.splitlines()) == 1


def test_a_client_tries_all_addresses_of_a_name(cluster: tuple[Host, Host]):
    """The first address is on a network that the node does not reach, or on a host that does not answer."""
    login, node = cluster
    with serving(login, "--host 0.0.0.0"):
        for first in ("10.1.0.11", "10.2.0.200"):
            node.set_names({"several": [first, "10.2.0.11"]})
            assert reached(node, "several") == ["several"]
