"""`torc-dash --standalone` on a private socket: only its user has access, and no process or file remains."""

import contextlib
import os
import pwd
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import needs
from support.processes import Output, Place, ended_after, is_alive, processes_with


class Dashboard:
    """A standalone dashboard on a socket that is ready."""

    def __init__(self, process: subprocess.Popen[str], socket: Path, output: Output) -> None:
        self.process = process
        self.socket = socket
        self.output = output

    def curl(self, place: Place, path: str, *before: str) -> subprocess.CompletedProcess[str]:
        return place.run(
            *before, "curl", "--silent", "--show-error", "--fail", "--unix-socket", self.socket,
            f"http://localhost{path}", status=None,
        )  # fmt: skip

    def servers(self) -> list[int]:
        """Return the ids of its torc-server processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"torc-server" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@contextlib.contextmanager
def standalone(place: Place, database: str) -> Iterator[Dashboard]:
    socket = place.directory / "dash.sock"
    words: list[str | Path] = ["torc-dash", "--standalone", "--socket", socket, "--server-host", "127.0.0.1"]
    process = place.start(*words, "--database", place.directory / database, stderr=subprocess.STDOUT)
    with ended_after(process):
        assert process.stdout is not None
        output = Output(process.stdout)
        output.wait_for(str(socket))
        yield Dashboard(process, socket, output)
        if process.poll() is None:
            process.terminate()
            process.wait()
    output.finish()


@pytest.fixture
def dashboard(place: Place) -> Iterator[Dashboard]:
    needs.program("curl")
    place.directory.chmod(0o700)
    with standalone(place, "torc.db") as dashboard:
        yield dashboard


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process that is not a child of the test."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        select.select([descriptor], [], [])
    finally:
        os.close(descriptor)


def test_the_user_of_the_dashboard_sees_the_workflows(place: Place, dashboard: Dashboard):
    assert dashboard.socket.stat().st_mode & 0o777 == 0o600
    page = dashboard.curl(place, "/")
    assert page.returncode == 0, page.stderr
    assert "<html" in page.stdout
    answer = dashboard.curl(place, "/torc-service/v1/workflows")
    assert '"items"' in answer.stdout, answer.stderr


@needs.root()
@needs.programs("setpriv")
def test_another_user_is_refused(place: Place, dashboard: Dashboard):
    nobody = pwd.getpwnam("nobody")
    # The user can enter the folders, so that the mode of the socket decides.
    for folder in (place.directory, *place.directory.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    become = ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    refused = dashboard.curl(place, "/", *become)
    assert refused.returncode == 7, f"curl says {refused.returncode}: {refused.stdout}{refused.stderr}"
    assert refused.stdout == ""
    assert dashboard.curl(place, "/").returncode == 0


def test_sigterm_ends_dashboard_and_server(place: Place, dashboard: Dashboard):
    servers = dashboard.servers()
    assert servers
    dashboard.process.terminate()
    assert dashboard.process.wait() == 0
    dashboard.output.finish()
    assert not [pid for pid in servers if is_alive(pid)]
    assert not dashboard.socket.exists()


def test_the_server_of_a_killed_dashboard_ends(place: Place, dashboard: Dashboard):
    (server,) = dashboard.servers()
    dashboard.process.kill()
    wait_until_gone(server)
    assert not is_alive(server)


def test_a_stale_socket_is_replaced(place: Place, dashboard: Dashboard):
    (server,) = dashboard.servers()
    dashboard.process.kill()
    wait_until_gone(server)
    assert dashboard.socket.exists()
    with standalone(place, "second.db") as second:
        assert second.curl(place, "/").returncode == 0
        second.process.terminate()
        assert second.process.wait() == 0


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_file_or_link_at_the_socket_path_is_refused_and_the_server_ends(place: Place, kind: str):
    path = place.directory / "dash.sock"
    precious = place.file("precious", "mine\n")
    if kind == "link":
        path.symlink_to(precious)
    else:
        path.write_text("mine\n")
    refused = place.run("torc-dash", "--standalone", "--socket", path, "--server-host", "127.0.0.1", status=1)
    assert str(path) in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr
    assert path.read_text() == "mine\n"
    assert not processes_with(str(place.directory))


def test_a_server_that_does_not_start_is_reported(place: Place):
    notes = place.file("notes.txt", "no database\n" * 500)
    refused = place.run(
        "torc-dash", "--standalone", "--socket", place.directory / "dash.sock", "--database", notes, status=1
    )
    assert "notes.txt" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (place.directory / "dash.sock").exists()
