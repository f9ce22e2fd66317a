"""A server in the background: its start prints the address or the reason of the failure."""

import http.client
import os
import select
import signal
import socket
from collections.abc import Iterator

import pytest

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0, "--daemon", "--pid-file", "server.pid")


class Background:
    """Starts servers in the background, and stops them."""

    def __init__(self, starter) -> None:
        self.starter = starter
        self.pids: list[int] = []

    def start(self, *arguments: object) -> tuple[int, str, str]:
        process = self.starter.popen(*arguments)
        out, err = process.communicate(timeout=60)
        if process.returncode == 0:
            self.pids.append(int((self.starter.folder / "server.pid").read_text()))
        return process.returncode, out, err

    def stop(self) -> None:
        """Stop the server that was started last, and wait for its end."""
        pid = self.pids.pop()
        handle = os.pidfd_open(pid)
        os.kill(pid, signal.SIGTERM)
        assert select.select([handle], [], [], 30)[0]
        os.close(handle)


@pytest.fixture
def background(starter) -> Iterator[Background]:
    background = Background(starter)
    yield background
    for pid in background.pids:
        os.kill(pid, signal.SIGKILL)


def answers(line: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", int(line.removeprefix("TORC_SERVER_PORT=")))
    connection.request("GET", "/torc-service/v1/ping")
    status = connection.getresponse().status
    connection.close()
    return status == 200


def test_the_server_continues_after_the_end_of_its_parent(background):
    code, out, err = background.start(*LOCAL, "--log-dir", "logs")
    assert (code, err) == (0, "")
    assert answers(out.strip())
    folder = background.starter.folder
    assert os.getsid(background.pids[0]) == background.pids[0] != os.getsid(0)
    background.stop()
    assert "stopped" in (folder / "logs" / "torc-server.log").read_text()
    assert not (folder / "server.pid").exists()


def test_a_server_in_the_background_warns_without_a_log_directory(background):
    code, out, err = background.start(*LOCAL)
    assert (code, answers(out.strip())) == (0, True)
    assert "use --log-dir to keep them" in err


def test_a_failed_start_prints_its_reason(background):
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    code, out, err = background.start("run", "--daemon", "--pid-file", "server.pid", "--host", "127.0.0.1", "-p", port)
    taken.close()
    assert (code, out) == (1, "")
    assert str(port) in err
    assert not (background.starter.folder / "torc.db").exists()


def test_a_second_server_does_not_replace_the_pid_file_of_the_first(background):
    assert background.start(*LOCAL, "--log-dir", "logs")[0] == 0
    code, _, err = background.start(*LOCAL, "--log-dir", "logs", "--database", "other.db")
    assert code == 1
    assert "belongs to another running torc-server" in err
    assert int((background.starter.folder / "server.pid").read_text()) == background.pids[0]


def test_the_pid_file_of_a_killed_server_is_replaced(background):
    (background.starter.folder / "server.pid").write_text("4194303\n")
    assert background.start(*LOCAL, "--log-dir", "logs")[0] == 0
    background.stop()


def test_a_file_that_cannot_be_written_is_refused(background):
    code, _, err = background.start("run", "-p", 0, "--daemon", "--pid-file", "absent/server.pid")
    assert code == 1
    assert "absent/server.pid" in err
    assert "--pid-file" in err


def test_a_server_in_the_background_does_not_wait_for_stdin(background):
    code, _, err = background.start(*LOCAL, "--shutdown-on-stdin-eof")
    assert code == 1
    assert "leave out --daemon" in err
