"""Tunnels to real hosts: a socket there leads to a server of this machine, whatever ends the connection."""

import asyncio
import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.processes import Place, Server, is_alive
from support.remote_hosts import REMOTE_HOSTS, RemoteHosts, remote_hosts
from torc_client.remote.address import WorkerAddress, parse_worker
from torc_client.remote.ssh import SshConnection
from torc_client.remote.tunnel import TunnelError, TunnelFacts, Tunnels, url_through
from torc_client.remote.tunnel_folder import TunnelFolder, TunnelState

pytestmark = REMOTE_HOSTS
WORKER = parse_worker("n1")
_STEP_SECONDS = 0.1


@pytest.fixture
def hosts(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteHosts]:
    with remote_hosts(place, 1) as hosts:
        monkeypatch.setenv("PATH", hosts.path)
        yield hosts


class Made:
    """The tunnels of a test, which end with it."""

    def __init__(self, place: Place, hosts: RemoteHosts) -> None:
        self.state = place.directory / "state"
        self.environment = {**os.environ, "XDG_STATE_HOME": str(self.state), "TORC_PASSWORD": "never seen"}
        self.tunnels = Tunnels("db1", 7, self.environment)
        self._host = hosts[0]

    def open(self, url: str, **options: float) -> TunnelFacts:
        return asyncio.run(
            self.tunnels.open(WORKER, url, connection=SshConnection(connect_timeout_seconds=5), **options)
        )

    def facts(self) -> TunnelFacts:
        return self.tunnels.facts(WORKER)

    def close(self) -> bool:
        return asyncio.run(self.tunnels.close(WORKER))

    def ping(self, facts: TunnelFacts, url: str) -> str:
        """Ask the server from the host of the worker, through the tunnel."""
        return self._host.run("torc", "--url", url_through(facts, url), "ping")

    def reaches(self, condition: Callable[[TunnelFacts], bool]) -> TunnelFacts:
        """Wait for a state. The files of the tunnel process are the only signs of it."""

        while not condition(facts := self.facts()):
            time.sleep(_STEP_SECONDS)
        return facts


@pytest.fixture
def made(place: Place, hosts: RemoteHosts) -> Iterator[Made]:
    made = Made(place, hosts)
    yield made
    made.close()


def test_the_server_is_reached_through_the_tunnel(made: Made, server: Server, hosts: RemoteHosts):
    facts = made.open(server.url)
    assert facts.state is TunnelState.UP
    assert facts.socket_path.startswith("/home/ada/.local/state/torc/tunnels/")
    assert made.ping(facts, server.url) == f"The server at {url_through(facts, server.url)} is running.\n"
    folder = hosts[0].home / Path(facts.socket_path).parent.relative_to("/home/ada")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    sockets = [path for path in folder.iterdir() if path.is_socket() and not path.is_symlink()]
    assert [stat.S_IMODE(path.stat().st_mode) for path in sockets] == [0o600]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.state.rglob("*") if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.state.rglob("*") if path.is_file()} == {0o600}
    assert made.open(server.url) == facts
    assert made.close()
    assert made.facts().state is TunnelState.ENDED
    assert not folder.exists()
    assert not made.close()


def test_the_process_of_a_tunnel_has_no_password(made: Made, server: Server):
    facts = made.open(server.url)
    for pid in (facts.process_pid, facts.ssh_pid):
        assert b"never seen" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert os.getsid(facts.process_pid or 0) != os.getsid(0)


@pytest.mark.parametrize("victim", ["ssh", "sshd of the connection", "all sshd"])
def test_a_tunnel_that_falls_is_made_again(made: Made, server: Server, hosts: RemoteHosts, victim: str):
    facts = made.open(server.url)
    if victim == "ssh":
        os.kill(facts.ssh_pid or 0, signal.SIGKILL)
    else:
        connections = subprocess.run(["pgrep", "-f", "sshd: ada"], check=True, capture_output=True, text=True)
        own = [int(pid) for pid in connections.stdout.split() if _is_on(int(pid), hosts)]
        assert own
        if victim == "all sshd":
            hosts[0].stop_sshd()
        for pid in own:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        if victim == "all sshd":
            down = made.reaches(lambda now: now.state is TunnelState.DOWN and now.attempts > 1)
            assert "refused" in down.reason
            hosts[0].start_sshd()
    again = made.reaches(lambda now: now.state is TunnelState.UP and now.ssh_pid != facts.ssh_pid)
    assert again.socket_path == facts.socket_path
    assert "is running" in made.ping(again, server.url)


def _is_on(pid: int, hosts: RemoteHosts) -> bool:
    network = Path(f"/run/netns/{hosts[0].namespaces.namespace}").stat().st_ino
    try:
        return Path(f"/proc/{pid}/ns/net").stat().st_ino == network
    except OSError:
        return False


def test_a_connection_whose_packets_are_dropped_is_noticed(made: Made, server: Server, hosts: RemoteHosts):
    facts = made.open(server.url)
    hosts[0].cut("drop")
    down = made.reaches(lambda now: now.state is TunnelState.DOWN)
    assert down.reason
    hosts[0].mend()
    again = made.reaches(lambda now: now.state is TunnelState.UP)
    assert again.socket_path == facts.socket_path
    assert "is running" in made.ping(again, server.url)


def test_a_killed_process_is_reported_and_replaced(made: Made, server: Server):
    facts = made.open(server.url)
    os.kill(facts.process_pid or 0, signal.SIGKILL)
    dead = made.reaches(lambda now: now.state is TunnelState.DEAD)
    assert (dead.reason, dead.hint) == (
        "its process was killed", "Run `torc remote run` again, which makes it again.",
    )  # fmt: skip
    again = made.open(server.url)
    assert (again.state, again.socket_path) == (TunnelState.UP, facts.socket_path)
    assert "is running" in made.ping(again, server.url)
    while is_alive(facts.ssh_pid or 0):
        time.sleep(_STEP_SECONDS)


def test_the_socket_survives_a_restart_of_the_host(made: Made, server: Server, hosts: RemoteHosts):
    facts = made.open(server.url)
    hosts[0].power_off()
    made.reaches(lambda now: now.state is TunnelState.DOWN)
    hosts[0].start()
    again = made.reaches(lambda now: now.state is TunnelState.UP)
    assert again.socket_path == facts.socket_path
    assert "is running" in made.ping(again, server.url)


def use_long_path(hosts: RemoteHosts) -> None:
    """Give the user a state folder with a long path, and a /tmp of the host that all users may write to."""
    hosts[0].write(".bashrc", f"export XDG_STATE_HOME=$HOME/{90 * 'x'}\n")
    folder = hosts[0].namespaces.folder
    # sshd reads its files in that folder for each connection.
    script = f"""
        mkdir /run/kept; mount --bind {folder} /run/kept
        mount -t tmpfs -o mode=1777 tmpfs /tmp
        mkdir -p {folder}; mount --bind /run/kept {folder}
    """
    hosts[0].namespaces.run("sh", "-ec", script)


def test_a_home_with_a_long_path_gets_a_socket_in_tmp(made: Made, server: Server, hosts: RemoteHosts):
    """A socket path has at most 107 bytes."""
    use_long_path(hosts)
    facts = made.open(server.url)
    assert facts.socket_path.startswith("/tmp/torc-")  # noqa: S108 - the folder there belongs to the user
    assert "is running" in made.ping(facts, server.url)
    made.close()


def test_a_folder_that_another_user_has_made_is_not_used(made: Made, server: Server, hosts: RemoteHosts):
    use_long_path(hosts)
    facts = made.open(server.url)
    made.close()
    folder = Path(facts.socket_path).parent
    hosts[0].namespaces.run("mkdir", "-m", "777", folder)
    with pytest.raises(TunnelError, match="no folder on n1"):
        made.open(server.url)


def test_an_sshd_that_permits_no_forwarding_is_named(made: Made, server: Server, hosts: RemoteHosts):
    settings = hosts[0].namespaces.folder / "sshd.conf"
    settings.write_text(settings.read_text().replace("AllowStreamLocalForwarding yes", "DisableForwarding yes"))
    hosts[0].stop_sshd()
    hosts[0].start_sshd()
    with pytest.raises(TunnelError, match="sshd there made no socket") as caught:
        made.open(server.url)
    assert "AllowStreamLocalForwarding yes" in str(caught.value.hint)
    assert made.facts().state is TunnelState.ENDED


def test_a_server_with_a_socket_only(made: Made, place: Place):
    place.directory.chmod(0o700)
    socket_path = place.directory / "torc.sock"
    with Server(place, "--socket", str(socket_path)):
        url = f"unix://{socket_path}"
        facts = made.open(url)
        assert url_through(facts, url) == f"unix://{facts.socket_path}"
        assert "is running" in made.ping(facts, url)
        made.close()


def test_the_tunnel_ends_after_its_worker(made: Made, server: Server, hosts: RemoteHosts):
    made.open(server.url)
    made.tunnels.keep_for(WORKER, 1, 0)
    ended = made.reaches(lambda now: now.state is TunnelState.ENDED)
    assert ended.reason == "its worker has ended"


def test_a_tunnel_that_is_used_again_does_not_end_with_the_former_worker(made: Made, server: Server):
    before = made.open(server.url)
    made.tunnels.keep_for(WORKER, 1, 0)
    again = made.open(server.url)
    assert again.process_pid == before.process_pid
    assert TunnelFolder.of("db1", 7, WORKER, made.environment).worker() is None


def test_a_server_on_another_port_gets_the_same_socket(made: Made, place: Place):
    with Server(place, database="first.db") as first:
        before = made.open(first.url)
    with Server(place, database="second.db") as second:
        after = made.open(second.url)
        assert after.socket_path == before.socket_path
        assert "is running" in made.ping(after, second.url)
        made.close()


def test_the_log_names_what_happened(made: Made, server: Server):
    made.open(server.url)
    log = TunnelFolder.of("db1", 7, WORKER, made.environment).log_path.read_text()
    assert "Up: /home/ada/.local/state/torc/tunnels/" in log
    assert isinstance(WORKER, WorkerAddress)
