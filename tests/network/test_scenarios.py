"""The scenarios of the page about network connectivity, typed as the page writes them, between hosts that are apart."""

from pathlib import Path

import pytest

from network.typed import SPEC, add_user, running, serving, typed
from support import hosts as support
from support import needs
from support.hosts import Host, Hosts, has_ipv6, url_of

pytestmark = [*support.required(), pytest.mark.timeout(300)]
HSN = "kl1.hsn.cm.kestrel.hpc.nrel.gov"
LOCALHOST = 'export TORC_API_URL="http://localhost:8080/torc-service/v1"'


def as_user(host: Host, name: str, url: str) -> None:
    """Let programs on a host be those of a user with a password."""
    host.environment |= {"USER": name, "TORC_API_URL": url, "TORC_PASSWORD": f"Secret-of-{name}-7"}
    host.file("hello.yaml", SPEC)


@pytest.fixture
def kestrel(hosts: Hosts) -> tuple[Host, Host]:
    """A login node whose usual name leads to a network that the compute node does not reach; both share the home."""
    home = hosts.folder / "home"
    login = hosts.add("kl1", networks=("campus", "fast"), home=home)
    node = hosts.add("node1", networks=("fast",), home=home)
    campus, fast = login.interfaces
    login.set_names({"kl1": ["127.0.1.1"], HSN: [fast.address]})
    node.set_names({"kl1": [campus.address], HSN: [fast.address], "alias": [fast.address]})
    node.file("hello.yaml", SPEC)
    return login, node


def test_scenario_1_one_machine(hosts: Hosts):
    computer, other = hosts.add("computer"), hosts.add("other")
    computer.file("hello.yaml", SPEC)
    with serving(computer, "--host 127.0.0.1 --database torc.db"):
        assert "No workflows found" in typed(computer, "torc workflows list")
        assert "No workflows found" in typed(computer, f"{LOCALHOST}; torc workflows list")
        typed(computer, "torc run hello.yaml")
        assert (computer.directory / "hello.txt").read_text() == "computer\n"
        assert "Is the server bound to loopback?" in typed(other, "torc --url http://computer:8080 ping", status=1)


def test_scenario_2_login_node(hosts: Hosts):
    login, node = hosts.add("login1"), hosts.add("node1")
    add_user(login, "~/.torc/htpasswd", "ada", "Secret-of-ada-7")
    as_user(login, "ada", "")
    del login.environment["TORC_API_URL"]
    as_user(node, "ada", "http://login1:8080/torc-service/v1")
    with serving(login, "--host 0.0.0.0 --database torc.db --auth-file ~/.torc/htpasswd --require-auth") as output:
        assert "passwords are sent unencrypted" in output.wait_for("level=warn")
        assert "Created workflow 1" in typed(login, f"{LOCALHOST}; torc create hello.yaml")
        typed(login, "torc workflows init 1")
        typed(node, "torc-runner 1")
        assert (node.directory / "hello.txt").read_text() == "node1\n"
        assert typed(node, "curl -s $TORC_API_URL/workflows") == "Unauthorized"
        for command in ("torc workflows list", "torc-runner 1", "torc run 1"):
            refused = typed(node, f"TORC_PASSWORD=wrong {command}", status=1)
            assert "The server refused ada: the password is missing or wrong" in refused
            assert "Set TORC_PASSWORD" in refused


def test_scenario_3_a_name_that_is_not_routable(kestrel: tuple[Host, Host]):
    login, node = kestrel
    with serving(login, f"--host {HSN} --database torc.db") as output:
        assert "addresses=10.2.0.11 " in output.wait_for("message=listening")
        assert '"items"' in typed(node, f"curl -s http://{HSN}:8080/torc-service/v1/workflows")
        assert typed(node, "curl -s http://kl1:8080/torc-service/v1/workflows", status=7) == ""
        refused = typed(node, "torc --url http://kl1:8080/torc-service/v1 ping", status=1)
        assert "Network is unreachable. Is its name that of another network" in refused
        assert "start the server with `torc-server run --host` and that name" in refused
        typed(node, f"export TORC_API_URL=http://{HSN}:8080/torc-service/v1; torc run hello.yaml")
        refused = typed(login, "torc workflows list", status=1)
        assert "A server with --host NAME is reached as http://NAME:8080 only" in refused


@pytest.mark.parametrize("is_private", [False, True])
def test_scenario_4_one_server_for_two_users_on_two_hosts(hosts: Hosts, is_private: bool):
    shared = hosts.add("shared", also=["torc-server.example.com"])
    ada, ben = hosts.add("login1"), hosts.add("login2")
    url = "http://torc-server.example.com:8080/torc-service/v1"
    folder = shared.directory / "srv"
    for host, name in ((ada, "ada"), (ben, "ben")):
        add_user(shared, folder / "htpasswd", name, f"Secret-of-{name}-7")
        as_user(host, name, url)
    options = f"--host 0.0.0.0 --port 8080 --database {folder}/torc.db --auth-file {folder}/htpasswd --require-auth"
    with serving(shared, options + (" --enforce-access-control" if is_private else "")) as output:
        typed(ada, "torc create hello.yaml")
        typed(ben, "torc create hello.yaml")
        assert [each["user"] for each in ada.torc("workflows", "list")["items"]] == ["ada"]
        for command in ("torc workflows get 1", "torc run 1", "torc delete 1 --no-prompts"):
            if is_private:
                assert "User 'ben' has no access to workflow 1" in typed(ben, command, status=1)
        typed(ada, "torc run 1")
        assert (ada.directory / "hello.txt").read_text() == "login1\n"
        assert f"user=ben remote={ben.address} " in output.wait_for("user=ben")


@pytest.mark.parametrize(
    ("bind", "names"),
    [
        (HSN, [HSN, "alias", "10.2.0.11"]),
        ("0.0.0.0", [HSN, "alias", "10.2.0.11"]),  # noqa: S104 - what is tested
        pytest.param("::", [HSN, "alias", "10.2.0.11", "fd00:2::11"], marks=needs.ability("IPv6", is_there=has_ipv6())),
        ("127.0.0.1", []),
    ],
)
def test_scenario_5_workers_reach_the_server_of_the_dashboard(
    kestrel: tuple[Host, Host], bind: str, names: list[str], tmp_path: Path
):
    login, node = kestrel
    login.directory.chmod(0o700)
    dash = login.directory / "dash.sock"
    with running(login, f"torc-dash --standalone --socket {dash} --server-host {bind}", "Runners reach") as output:
        url = output.wait_for("export TORC_API_URL=").partition("TORC_API_URL=")[2]
        port = int(url.rpartition(":")[2].partition("/")[0])
        page = typed(login, f"curl -s --fail --unix-socket {dash} http://localhost/workflows")
        assert "<html" in page
        for name in (HSN, "alias", "10.2.0.11", "fd00:2::11") if has_ipv6() else (HSN, "alias", "10.2.0.11"):
            reached = node.run("torc", "--url", url_of(name, port), "workflows", "list", status=None)
            assert (reached.returncode == 0) is (name in names), reached.stderr
        if names:
            assert url.startswith(f"http://{HSN if bind == HSN else '10.1.0.11'}:")
            node.environment["TORC_API_URL"] = url_of(HSN, port)
            typed(node, "torc-runner hello.yaml")
            assert (node.directory / "hello.txt").read_text() == "node1\n"
            assert "hello" in typed(login, f"curl -s --fail --unix-socket {dash} http://localhost/workflows")
            strange = {"HOME": str(tmp_path)}
            assert node.run("torc", "workflows", "list", status=1, environment=strange).stdout == ""


def test_a_credential_is_not_sent_to_localhost_of_another_host(kestrel: tuple[Host, Host]):
    """The home directory is shared, and a server of another user may have the port on the other host."""
    login, node = kestrel
    login.directory.chmod(0o700)
    command = f"torc-dash --standalone --socket {login.directory}/dash.sock --server-port 8080 --server-host 0.0.0.0"
    shown = "python -c \"from torc_client.credentials import find; print(find('http://localhost:8080'))\""
    with running(login, command, "Runners reach"):
        assert "password=..." in typed(login, shown)
        assert typed(node, shown) == "None\n"


@needs.ability("IPv6", is_there=has_ipv6())
def test_ipv6_urls_in_every_program(hosts: Hosts):
    login, node = hosts.add("login1"), hosts.add("node1")
    node.directory.chmod(0o700)
    for host in (login, node):
        host.file("hello.yaml", SPEC)
    login.environment["TORC_API_URL"] = "http://[::1]:8080"
    node.environment["TORC_API_URL"] = f"http://[{login.address6}]:8080/torc-service/v1"
    with serving(login, "--host ::"):
        for host in (login, node):
            typed(host, "torc run hello.yaml")
            typed(host, "torc-runner hello.yaml")
            assert (host.directory / "hello.txt").read_text() == f"{host.name}\n"
            assert "4" in typed(host, "torc workflows list") or host is login
        dash = node.directory / "dash.sock"
        with running(node, f"torc-dash --socket {dash} --api-url $TORC_API_URL", "ssh -L"):
            assert "hello" in typed(node, f"curl -s --fail --unix-socket {dash} http://localhost/workflows")
        bare = typed(node, f"torc --url http://{login.address6}:8080 ping", status=1)
        assert "Put an IPv6 address in brackets: http://[fd00::1]:8080" in bare
