"""The commands of the page about network connectivity that need several hosts, run as the page shows them."""

import re

import pytest

from network.typed import add_user, serving, typed
from support import hosts as support
from support.hosts import Host, Hosts
from support.pages import ROOT, Command, blocks
from support.shown_output import difference

pytestmark = [*support.required(), pytest.mark.timeout(300)]
PAGE = ROOT / "docs/explanation/network-connectivity.md"
COMMANDS = [command for block in blocks(PAGE) if "elsewhere" in block.marks for command in block.commands]
PASSWORD = "A-long-Secret-7"


def the_command(part: str) -> Command:
    """Return the only command for other hosts that contains `part`."""
    (found,) = [command for command in COMMANDS if part in command.text]
    return found


@pytest.fixture
def cluster(hosts: Hosts) -> tuple[Host, Host]:
    """The login node and a compute node of the page."""
    login = hosts.add("login1", also=["login1.hsn.cluster.example"])
    return login, hosts.add("node1")


def test_the_server_of_a_login_node_needs_a_password(cluster: tuple[Host, Host]):
    login, node = cluster
    add_user(login, "~/.torc/htpasswd", login.environment["USER"], PASSWORD)
    with serving(login, the_command("--host 0.0.0.0 --database torc.db").text.removeprefix("torc-server run")):
        export = the_command("TORC_PASSWORD=...").text.replace("...", PASSWORD)
        assert "No workflows found" in typed(node, f"{export}; torc workflows list")
        assert "The server refused" in typed(node, f"{export}; TORC_PASSWORD=wrong torc workflows list", status=1)


def test_a_compute_node_reaches_the_routable_name(cluster: tuple[Host, Host]):
    login, node = cluster
    with serving(login, the_command("--host login1.hsn").text.removeprefix("torc-server run")):
        assert "status" in typed(node, the_command("curl -s http").text.removeprefix("srun --pty "))


def test_a_group_shares_a_server(cluster: tuple[Host, Host]):
    shared, user = cluster
    # In place of folders of the administrator.
    folder = str(shared.directory)
    command = re.sub(r"/srv/torc|/var/log/torc", folder, the_command("--enforce-access-control").text)
    add_user(shared, f"{folder}/htpasswd", user.environment["USER"], PASSWORD)
    with serving(shared, command.removeprefix("torc-server run")):
        variables = f"TORC_API_URL=http://login1:8080/torc-service/v1 TORC_PASSWORD={PASSWORD}"
        assert "No workflows found" in typed(user, f"{variables} torc workflows list")


def test_ping_reports_a_firewall(cluster: tuple[Host, Host]):
    login, node = cluster
    ping = the_command(" ping")
    with serving(login, "--host 0.0.0.0"):
        login.firewall.drop(8080)
        found = difference(ping.shown, typed(node, ping.text, status=1))
    assert found is None, found
