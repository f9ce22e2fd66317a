"""The dashboard of a login node from another machine: `ssh -L 8090:/tmp/torc-dash-$USER.sock user@login-node`."""

import socket
import stat
import subprocess
import urllib.request
from pathlib import Path

from support.processes import PROGRAMS, Output, Place, ended_after
from support.remote_hosts import REMOTE_HOSTS, RemoteHosts

pytestmark = REMOTE_HOSTS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_dashboard_of_another_host_is_reached_through_ssh(place: Place, hosts: RemoteHosts) -> None:
    host, port = hosts[0], free_port()
    path = f"{host.user.home_there}/torc-dash-{host.user.name}.sock"
    started = [f"{PROGRAMS}/torc-dash", "--standalone", "--socket", path, "--server-host", host.name]
    dashboard = subprocess.Popen(
        host.namespaces.enter(*started, account=host.user),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    with ended_after(dashboard):
        output = Output(dashboard.stdout)
        output.wait_for(path)
        mode = Path(f"/proc/{host.namespaces.init_pid}/root{path}").stat().st_mode
        assert (stat.S_ISSOCK(mode), stat.S_IMODE(mode)) == (True, 0o600)
        words = ["ssh", "-v", "-N", "-o", "StrictHostKeyChecking=accept-new", "-L", f"127.0.0.1:{port}:{path}"]
        with ended_after(place.start(*words, host.destination, stdout=subprocess.DEVNULL)) as tunnel:
            chatter = Output(tunnel.stderr)
            chatter.wait_for("Entering interactive session")
            with urllib.request.urlopen(f"http://localhost:{port}/") as answer:
                assert "<html" in answer.read().decode()
            tunnel.terminate()
            chatter.finish()
        host.power_off()
        output.finish()
