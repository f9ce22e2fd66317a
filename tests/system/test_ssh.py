"""The dashboard and a runner through SSH, as in the tutorial: `ssh -L port:/path/to.sock host`."""

import os
import pwd
import shutil
import socket
import stat
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import needs
from support.processes import Output, Place, ended_after

SSHD = needs.path_of("sshd")

pytestmark = needs.programs("sshd", "ssh", "ssh-keygen")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def ssh_config(place: Place) -> Iterator[Path]:
    """A temporary sshd on this machine, and the configuration of a client."""
    folder = place.directory / "ssh"
    folder.mkdir(mode=0o700)
    for key in ("host", "user"):
        place.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key)
    shutil.copy(folder / "user.pub", folder / "authorized_keys")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    daemon = place.file(
        "ssh/sshd_config",
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized_keys\n"
        "StrictModes no\nUsePAM no\nAllowStreamLocalForwarding yes\nPidFile none\nLogLevel VERBOSE\n",
    )
    client = place.file(
        "ssh/config",
        f"Host login-node\n  HostName 127.0.0.1\n  Port {port}\n  User {pwd.getpwuid(os.geteuid()).pw_name}\n"
        f"  IdentityFile {folder}/user\n  IdentitiesOnly yes\n  UserKnownHostsFile {folder}/known\n"
        "  StrictHostKeyChecking accept-new\n  ExitOnForwardFailure yes\n  BatchMode yes\n",
    )
    assert SSHD is not None
    with ended_after(place.start(SSHD, "-D", "-e", "-f", daemon, stdout=subprocess.DEVNULL)) as process:
        assert process.stderr is not None
        log = Output(process.stderr)
        log.wait_for("Server listening on")
        yield client
        process.terminate()
        process.wait()
        log.finish()


def test_a_browser_reaches_the_dashboard_through_ssh(place: Place, ssh_config: Path):
    dash_socket = place.directory / "dash.sock"
    place.directory.chmod(0o700)
    port = free_port()
    dashboard = place.start(
        "torc-dash", "--standalone", "--socket", dash_socket, "--server-host", "127.0.0.1", stderr=subprocess.STDOUT
    )
    with ended_after(dashboard):
        assert dashboard.stdout is not None
        output = Output(dashboard.stdout)
        output.wait_for(str(dash_socket))
        forward = f"127.0.0.1:{port}:{dash_socket}"
        forwarding: list[str | Path] = ["ssh", "-v", "-N", "-F", ssh_config, "-L", forward, "login-node"]
        with ended_after(place.start(*forwarding, stdout=subprocess.DEVNULL)) as tunnel:
            assert tunnel.stderr is not None
            chatter = Output(tunnel.stderr)
            chatter.wait_for("Entering interactive session")
            with urllib.request.urlopen(f"http://localhost:{port}/") as answer:
                assert "<html" in answer.read().decode()
            tunnel.terminate()
            tunnel.wait()
            chatter.finish()
        dashboard.terminate()
        assert dashboard.wait() == 0
        output.finish()


@pytest.mark.parametrize("direction", ["-L", "-R"])
def test_a_runner_reaches_a_socket_through_ssh(place: Place, ssh_config: Path, direction: str):
    """A runner works through forwarded sockets, without an open port."""
    place.directory.chmod(0o700)
    real, carried = place.directory / "torc.sock", place.directory / "carried.sock"
    spec = place.file("hello.yaml", "name: hello\njobs:\n  - {name: hello, command: echo hello > hello.txt}\n")
    server = place.start("torc-server", "run", "--socket", real, "--database", "torc.db", stderr=subprocess.STDOUT)
    with ended_after(server):
        assert server.stdout is not None
        output = Output(server.stdout)
        output.wait_for("TORC_SERVER_SOCKET=")
        forwarding: list[str | Path] = ["ssh", "-v", "-N", "-F", ssh_config, "-o", "StreamLocalBindUnlink=yes"]
        tunnel = place.start(*forwarding, direction, f"{carried}:{real}", "login-node", stdout=subprocess.DEVNULL)
        with ended_after(tunnel):
            assert tunnel.stderr is not None
            chatter = Output(tunnel.stderr)
            chatter.wait_for("remote forward success" if direction == "-R" else "Entering interactive session")
            assert stat.S_IMODE(carried.stat().st_mode) == 0o600
            place.environment["TORC_API_URL"] = f"unix://{carried}"
            place.run("torc-runner", spec)
            assert (place.directory / "hello.txt").read_text() == "hello\n"
            tunnel.terminate()
            tunnel.wait()
            chatter.finish()
        server.terminate()
        assert server.wait() == 0
        output.finish()
