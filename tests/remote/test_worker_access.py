"""How remote workers reach the server: tokens that appear nowhere, and tunnels."""

import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from support.processes import Place, Server
from support.remote_hosts import REMOTE_HOSTS, RemoteHost, RemoteHosts, remote_hosts
from support.remote_workflow import RemoteWorkflow

pytestmark = REMOTE_HOSTS
PASSWORD = "pfirsich-und-birne-21"


@pytest.fixture
def hosts(place: Place) -> Iterator[RemoteHosts]:
    with remote_hosts(place, 2) as hosts:
        yield hosts


@pytest.fixture
def protected(place: Place, hosts: RemoteHosts) -> Iterator[RemoteWorkflow]:
    """A server that requires a password, and users of workflows see only their own."""
    users = place.directory / "users"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", users, "tester", "-p", PASSWORD, "-c", "4")
    workflow = RemoteWorkflow(place, hosts)
    rules = ("--auth-file", str(users), "--require-auth", "--enforce-access-control")
    workflow.server = Server(place, "--host", "0.0.0.0", *rules)  # noqa: S104 - the hosts of the test are to reach it
    with workflow:
        # After the start of the server, which needs no password.
        place.environment["TORC_PASSWORD"] = PASSWORD
        yield workflow


def tokens_there(host: RemoteHost) -> list[Path]:
    return list((host.home / ".local/state/torc/workers").rglob("token"))


def tokens_of(workflow: RemoteWorkflow) -> list[str]:
    """Return the notes of the tokens on the server."""
    return sorted(token["note"] for token in workflow.place.torc("admin", "tokens", "list", workflow.id)["items"])


def processes_that_know(*secrets: str) -> list[str]:
    """Return where a secret is in the command line or the environment of any process of the machine."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                content = (folder / name).read_bytes()
            except OSError:
                continue
            found += [f"{folder / name}" for secret in secrets if secret.encode() in content]
    return found


def files_that_know(folder: Path, *secrets: str) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found += [path for secret in secrets if secret.encode() in content]
    return found


def test_the_token_of_each_worker_is_in_its_file_alone(protected: RemoteWorkflow, hosts: RemoteHosts, place: Place):
    protected.create(["env > env1; echo began > began; sleep 1000"] * 2)
    protected.remote("run", "--max-parallel-jobs", 1)
    assert tokens_of(protected) == [f"remote worker {host.destination}" for host in hosts.all]
    texts = []
    for host in hosts.all:
        (token,) = tokens_there(host)
        assert stat.S_IMODE(token.stat().st_mode) == 0o600
        assert stat.S_IMODE(token.parent.stat().st_mode) == 0o700
        texts.append(token.read_text().strip())
    assert len(set(texts)) == 2
    for host in hosts.all:
        protected.wait_for_file(host.home / "began")
    assert processes_that_know(PASSWORD, *texts) == []
    assert "TORC_TOKEN_FILE" not in "".join(path.read_text() for host in hosts.all for path in host.home.glob("env1"))
    for host in hosts.all:
        assert files_that_know(host.home, PASSWORD) == []
        assert files_that_know(host.home, *texts) == tokens_there(host)
    assert files_that_know(hosts.folder, PASSWORD) == []
    assert files_that_know(place.directory, PASSWORD, *texts) == []
    calls = repr([hosts.calls("ssh"), hosts.calls("scp")])
    assert not [secret for secret in (PASSWORD, *texts) if secret in calls]

    again, _ = protected.remote("run", "--max-parallel-jobs", 1)
    assert {worker["outcome"] for worker in again.values()} == {"already running"}
    assert len(tokens_of(protected)) == 2
    protected.remote("stop")
    assert tokens_of(protected) == []
    assert not [token for host in hosts.all for token in tokens_there(host)]


def test_a_new_start_replaces_the_token(protected: RemoteWorkflow, hosts: RemoteHosts):
    host = hosts[0]
    protected.create(["sleep 1000"], hosts=[host])
    started, _ = protected.remote("run")
    (first,) = (token.read_text() for token in tokens_there(host))
    host.run("kill", "-9", started[host.destination]["pid"])
    while host.namespaces.run("sh", "-c", f"[ -e /proc/{started[host.destination]['pid']} ] && echo there || true"):
        pass
    again, _ = protected.remote("run")
    assert again[host.destination]["outcome"] == "started"
    (second,) = (token.read_text() for token in tokens_there(host))
    assert first != second
    assert tokens_of(protected) == [f"remote worker {host.destination}"]
    protected.remote("stop")


def test_nothing_is_left_if_one_host_does_not_reach_the_server(protected: RemoteWorkflow, hosts: RemoteHosts):
    protected.create(["true"])
    hosts[1].cut("reject", port=protected.server.port)
    started, progress = protected.remote("run", status=1)
    first, second = (started[host.destination] for host in hosts.all)
    assert first["outcome"] == "not started"
    assert second["outcome"] == "failed"
    assert second["detail"].startswith("Connections from")
    assert "so a firewall rejects the connections" in second["hint"]
    assert second["detail"] in progress
    assert tokens_of(protected) == []
    assert not [token for host in hosts.all for token in tokens_there(host)]


def test_a_server_on_loopback_is_named_with_the_remedy(place: Place, hosts: RemoteHosts, server: Server):
    workflow = RemoteWorkflow(place, hosts)
    workflow.server = server
    workflow.create(["true"], hosts=[hosts[0]])
    _, progress = workflow.remote("run", status=1)
    assert "itself, not the machine of the server." in progress
    assert "torc-server run --host 0.0.0.0" in progress
    assert "--tunnel" in progress


def test_a_server_on_localhost_is_reached_by_the_address_of_this_machine(place: Place, hosts: RemoteHosts):
    with Server(place, "--host", "0.0.0.0") as server:  # noqa: S104 - the hosts of the test are to reach it
        workflow = RemoteWorkflow(place, hosts)
        workflow.server = server
        workflow.create(["echo $TORC_API_URL > url"], hosts=[hosts[0]])
        workflow.remote("run")
        workflow.wait()
        assert (hosts[0].home / "url").read_text().strip() == workflow.url


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def hidden(place: Place, hosts: RemoteHosts, authority: trustme.CA) -> Iterator[RemoteWorkflow]:
    """A server that only this machine reaches, by TLS, with a password."""
    users = place.directory / "users"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", users, "tester", "-p", PASSWORD, "-c", "4")
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(place.directory / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(place.directory / "cert.pem"))
    authority.cert_pem.write_to_path(str(place.directory / "ca.pem"))
    rules = ("--auth-file", str(users), "--require-auth", "--https", "--tls-cert", "cert.pem", "--tls-key", "key.pem")
    with Server(place, *rules) as server:
        place.environment |= {
            "TORC_PASSWORD": PASSWORD,
            "TORC_API_URL": f"https://localhost:{server.port}",
            "TORC_TLS_CA_CERT": str(place.directory / "ca.pem"),
        }
        workflow = RemoteWorkflow(place, hosts)
        workflow.server = server
        yield workflow


def test_a_tunnel_carries_tls_and_tokens(hidden: RemoteWorkflow, hosts: RemoteHosts):
    hidden.create(["echo $TORC_API_URL > url"] * 2)
    started, _ = hidden.remote("run", "--tunnel", "--max-parallel-jobs", 1)
    assert {worker["outcome"] for worker in started.values()} == {"started"}
    hidden.wait()
    assert {job["status"] for job in hidden.jobs().values()} == {"completed"}
    urls = {path.read_text().strip() for host in hosts.all for path in host.home.glob("url")}
    assert urls
    assert all(url.endswith(f"/s?server=https://localhost:{hidden.server.port}") for url in urls)
    hidden.remote("stop")
    assert tokens_of(hidden) == []


def test_a_lost_tunnel_is_an_outage(hidden: RemoteWorkflow, hosts: RemoteHosts):
    """The worker goes on, and its result arrives when the tunnel is made again."""
    host = hosts[0]
    other = "until [ -e end ]; do sleep 0.1; done"
    hidden.create(
        ["echo began >> began; until [ -e go ]; do sleep 0.1; done; echo ended >> ended", other], hosts=[host]
    )
    started, _ = hidden.remote("run", "--tunnel")
    hidden.wait_for_file(host.home / "began")
    status, _ = hidden.remote("status")
    assert status[host.destination]["tunnel"] == "up"
    os.kill(tunnel_process(hidden.place), signal.SIGKILL)
    status, _ = hidden.remote("status")
    row = status[host.destination]
    assert row["tunnel"] == "dead"
    assert "its tunnel is dead: its process was killed" in row["detail"]
    host.write("go", "")
    hidden.wait_for_file(host.home / "ended")
    again, _ = hidden.remote("run", "--tunnel")
    assert again[host.destination]["outcome"] == "already running"
    assert again[host.destination]["pid"] == started[host.destination]["pid"]
    host.write("end", "")
    hidden.wait()
    assert [result["return_code"] for result in hidden.results()] == [0, 0]
    assert (host.home / "began").read_text() == "began\n"
    hidden.remote("stop")


def tunnel_process(place: Place) -> int:
    """Return the process id of the only tunnel."""
    (state,) = (place.home / ".local/state/torc/tunnels").rglob("state.json")
    return int(json.loads(state.read_text())["process"]["pid"])


def test_stop_ends_the_tunnel_of_its_worker_only(hidden: RemoteWorkflow, hosts: RemoteHosts):
    hidden.create(["sleep 1000"] * 2)
    hidden.remote("run", "--tunnel", "--max-parallel-jobs", 1)
    status, _ = hidden.remote("status")
    assert {row["tunnel"] for row in status.values()} == {"up"}
    hidden.remote("stop", "--force")
    status, _ = hidden.remote("status", status=1)
    assert {row["tunnel"] for row in status.values()} == {""}
    left = [path for host in hosts.all for path in (host.home / ".local/state/torc/tunnels").glob("*")]
    assert left == []
