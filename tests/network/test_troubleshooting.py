"""The troubleshooting of the page about network connectivity: what programs on other hosts print, and how they end."""

import re

import pytest

from network.typed import SPEC, running, serving, typed
from support import hosts as support
from support import needs
from support.hosts import Host, Hosts

pytestmark = [*support.required(), pytest.mark.timeout(300)]
URL = "http://login1:8080/torc-service/v1"
PROGRAMS = ("torc ping", "torc workflows list", "torc run 1", "torc-runner 1", "torc watch 1")


@pytest.fixture
def two(hosts: Hosts) -> tuple[Host, Host]:
    """A login node and a compute node, which uses the server of the login node."""
    login, node = hosts.add("login1"), hosts.add("node1")
    node.environment["TORC_API_URL"] = URL
    node.directory.chmod(0o700)
    login.file("hello.yaml", SPEC)
    return login, node


def assert_all_report(node: Host, reason: str, remedy: str) -> None:
    """Assert that every program ends with exit code 1, the reason and the remedy, and that the dashboard shows both."""
    for program in PROGRAMS:
        printed = typed(node, program, status=1)
        assert f"Error: No Torc server answers at {URL}: {reason}" in printed
        assert remedy in printed
    dash = node.directory / "dash.sock"
    with running(node, f"torc-dash --socket {dash} --api-url {URL}", "ssh -L"):
        page = typed(node, f"curl -s --unix-socket {dash} http://localhost/workflows")
        assert reason in re.sub(r"\s+", " ", page)


def test_connection_refused_when_the_server_is_bound_to_localhost(two: tuple[Host, Host]):
    login, node = two
    with serving(login, "--host 127.0.0.1"):
        assert_all_report(
            node,
            "Connection refused. Is the server bound to loopback?",
            "On login1, `netstat -tlnp | grep 8080` shows the address on which a server listens. If it begins with 127,"
            " restart the server with `torc-server run --host 0.0.0.0`.",
        )
    with serving(login, "--host 0.0.0.0"):
        assert "is running" in typed(node, "torc ping")


def test_name_not_resolved(two: tuple[Host, Host]):
    login, node = two
    node.set_names({"login1.hsn": [login.address]})
    login.set_names({"login1.hsn": [login.address]})
    with serving(login, "--host 0.0.0.0"):
        assert typed(node, "getent hosts login1", status=2) == ""
        assert_all_report(
            node,
            "its host name is unknown here.",
            "Try the fully-qualified name of that machine, or its name in the high-speed network; then start the server"
            " with `torc-server run --host` and that name.",
        )
    with serving(login, "--host login1.hsn"):
        assert typed(node, "getent hosts login1.hsn").split() == [login.address, "login1.hsn"]
        assert "is running" in typed(node, f"TORC_API_URL={URL.replace('login1', 'login1.hsn')} torc ping")


def test_a_firewall_that_drops(two: tuple[Host, Host]):
    login, node = two
    with serving(login, "--host 0.0.0.0"):
        login.firewall.drop(8080, sender=node)
        assert_all_report(node, "no answer within", "a firewall drops packets: ask your administrators which ports")
        assert "is running" in typed(login, "torc ping"), "the firewall is between the hosts"


@pytest.mark.parametrize(
    ("how", "reason", "remedy"),
    [
        ("with tcp reset", "Connection refused.", "If it is this one, a firewall refuses the connection."),
        ("with icmpx type admin-prohibited", "No route to host.", "ask your administrators about the firewall."),
    ],
)
def test_a_firewall_that_rejects(two: tuple[Host, Host], how: str, reason: str, remedy: str):
    login, node = two
    with serving(login, "--host 0.0.0.0"):
        login.firewall.reject(8080, sender=node, how=how)
        for program in ("torc ping", "torc-runner 1"):
            printed = typed(node, program, status=1)
            assert reason in printed
            assert remedy in printed
        login.firewall.open()
        assert "is running" in typed(node, "torc ping")


@needs.programs("lsof")
def test_port_already_in_use(two: tuple[Host, Host]):
    login, node = two
    with serving(login, "--host 0.0.0.0"):
        refused = typed(login, "torc-server run --database other.db", status=1)
        pid = typed(login, "lsof -t -i :8080 -s TCP:LISTEN").strip()
        assert refused == (
            f"Error: port 8080 on 0.0.0.0 is in use by torc-server, process {pid}; `lsof -i :8080` shows it. Choose "
            "another with --port 8081, or --port 0 for any free one\n"
        )
        assert not (login.directory / "other.db").exists()
        with serving(login, "--port 8081 --database other.db"):
            assert "is running" in typed(node, "torc --url http://login1:8081 ping")
        with serving(login, "--port 0 --database any.db") as output:
            port = output.wait_for("TORC_SERVER_PORT=").partition("=")[2]
            assert port not in {"0", "8080", "8081"}
            assert "is running" in typed(node, f"torc --url http://login1:{port} ping")
