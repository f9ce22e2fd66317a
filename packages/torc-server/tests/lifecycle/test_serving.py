"""Servers as processes: their output, access, and end."""

import contextlib
import getpass
import json
import signal
import sqlite3
import stat
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from torc_server.auth.htpasswd import PasswordFile, hash_password

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0)
JOB = {"name": "one", "command": "true"}


def make_workflow(server: Any, **more: Any) -> int:
    status, text = server.ask("/workflows", method="POST", body=json.dumps({"name": "w", "user": "u"}), **more)
    assert status == 200, text
    return int(json.loads(text)["id"])


def password_file(folder: Path) -> Path:
    path = folder / "htpasswd"
    PasswordFile(path, (f"ann:{hash_password('pw', 4)}",)).write()
    return path


@pytest.mark.parametrize(
    "arguments", [LOCAL, ["--host", "127.0.0.1", "-p", "0"], ["run", "--url", "localhost", "-p", "0"]]
)
def test_the_server_answers_after_it_printed_its_port_and_ends_on_sigterm(starter, arguments: list[str]):
    server = starter.start(*arguments)
    assert server.ask("/ping")[0] == 200
    status, out, err = server.end()
    assert (status, out) == (0, "")
    assert "message=stopped" in err
    assert sorted(path.name for path in starter.folder.iterdir()) == ["torc.db", "torc.db.id"]


def test_ctrl_c_ends_the_server_like_sigterm(starter):
    server = starter.start(*LOCAL)
    assert server.end(signal.SIGINT)[:2] == (0, "")


def test_a_socket_alone_is_private_and_opens_no_port(starter):
    path = starter.folder / "torc.sock"
    server = starter.start("run", "--socket", path)
    assert server.first_line == f"TORC_SERVER_SOCKET={path}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert server.ask("/ping", unix=path)[0] == 200
    assert listening_ports(server.process.pid) == []
    assert server.end()[0] == 0
    assert sorted(each.name for each in starter.folder.iterdir()) == ["torc.db", "torc.db.id"]


def listening_ports(pid: int) -> list[int]:
    """Return the TCP ports on which a process listens, from /proc."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed in the meantime
            inodes.add(str(descriptor.readlink()))
    ports = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not Path(table).exists():
            continue
        for line in Path(table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and f"socket:[{columns[9]}]" in inodes:
                ports.append(int(columns[1].rpartition(":")[2], 16))
    return ports


def test_socket_and_port_together_and_passwords_on_the_port_alone(starter):
    path = starter.folder / "torc.sock"
    server = starter.start(*LOCAL, "--socket", path, "--auth-file", password_file(starter.folder), "--require-auth")
    assert listening_ports(server.process.pid) == [server.port]
    assert server.ask("/ping") == (401, "Unauthorized")
    assert server.ask("/ping", login="ann:no")[0] == 401
    assert server.ask("/ping", login="ann:pw")[0] == 200
    assert server.ask("/ping", unix=path)[0] == 200
    _, _, err = server.end()
    assert "pw" not in err
    assert f"user={getpass.getuser()} remote=unix" in err


def test_settings_come_from_the_environment_and_the_file(starter):
    (starter.folder / "torc.toml").write_text("[server]\nhost = '127.0.0.1'\nport = 1\ndatabase = 'file.db'\n")
    server = starter.start(env=starter.environment(TORC_SERVER__PORT="0", RUST_LOG="error"))
    assert server.ask("/ping")[0] == 200
    assert server.end() == (0, "", "")
    assert (starter.folder / "file.db").exists()


def test_open_access_causes_one_warning(starter):
    err = starter.start("run", "--port", 0).end()[2]
    assert err.count("--require-auth") == 1
    assert "level=warn" in err
    assert "--host 127.0.0.1" in err


@pytest.mark.parametrize("arguments", [LOCAL, ("run", "--socket", "s"), ("run", "--port", 0, "--allow-anyone")])
def test_restricted_access_causes_no_warning(starter, arguments: tuple[object, ...]):
    assert "level=warn" not in starter.start(*arguments).end()[2]


def test_unencrypted_passwords_cause_a_warning(starter):
    server = starter.start("run", "--port", 0, "--auth-file", password_file(starter.folder), "--require-auth")
    assert "passwords are sent unencrypted" in server.end()[2]


def test_json_logs_go_to_the_log_directory(starter):
    server = starter.start(*LOCAL, "--json-logs", "--log-dir", "logs")
    server.ask("/ping")
    assert server.end() == (0, "", "")
    records = [json.loads(line) for line in (starter.folder / "logs" / "torc-server.log").read_text().splitlines()]
    assert [record["message"] for record in records] == ["listening", "request", "stopping", "stopped"]
    assert records[1]["path"] == "/torc-service/v1/ping"
    assert records[1]["span_id"]


def test_the_server_ends_at_the_end_of_stdin_if_requested(starter):
    server = starter.start(*LOCAL, "--shutdown-on-stdin-eof", stdin=subprocess.PIPE)
    server.process.stdin.write("not yet\n")
    server.process.stdin.flush()
    assert server.ask("/ping")[0] == 200
    assert server.end(None)[0] == 0


def test_a_closed_stdin_does_not_end_the_server_by_default(starter):
    server = starter.start(*LOCAL)
    assert server.ask("/ping")[0] == 200
    assert server.end()[0] == 0


def test_requests_in_flight_and_parked_ones_are_answered_at_the_end(starter):
    server = starter.start(*LOCAL)
    workflow = make_workflow(server)
    body = json.dumps({**JOB, "workflow_id": workflow})
    assert server.ask("/jobs", method="POST", body=body)[0] == 200
    answers: list[tuple[int, str]] = []

    def wait() -> None:
        answers.append(server.ask(f"/workflows/{workflow}/is_complete?wait_seconds=60"))

    waiting = [threading.Thread(target=wait) for _ in range(5)]
    for each in waiting:
        each.start()
    # Each parked request has its own connection. The signal is sent when all are established.
    while established(server.port) < len(waiting):
        assert server.ask("/ping")[0] == 200
    assert server.end()[0] == 0
    for each in waiting:
        each.join()
    assert [status for status, _ in answers] == [200] * len(waiting)


def established(port: int) -> int:
    """Return the number of established connections to the port, on the side of the server."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(1 for line in lines if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "01")


def test_a_second_signal_ends_the_server_at_once(starter):
    server = starter.start(*LOCAL, "--log-level", "info")
    connection = server.connection()
    # The body is never sent, so the request does not end.
    connection.putrequest("POST", "/torc-service/v1/workflows")
    connection.putheader("Content-Length", "100")
    connection.putheader("Content-Type", "application/json")
    connection.endheaders(b"{")
    assert server.ask("/ping")[0] == 200
    server.process.send_signal(signal.SIGTERM)
    for line in server.process.stderr:
        if "message=stopping" in line:
            break
    assert server.end()[0] == -signal.SIGTERM
    connection.close()


def test_after_kill_9_the_next_start_needs_no_repair(starter):
    path = starter.folder / "torc.sock"
    server = starter.start(*LOCAL, "--socket", path)
    port = server.port
    made = [make_workflow(server) for _ in range(3)]
    assert server.end(signal.SIGKILL)[0] == -signal.SIGKILL
    server = starter.start("run", "--host", "127.0.0.1", "--port", port, "--socket", path)
    assert server.port == port
    for workflow in made:
        assert server.ask(f"/workflows/{workflow}", unix=path)[0] == 200
    assert server.end()[0] == 0
    assert sorted(each.name for each in starter.folder.iterdir()) == ["torc.db", "torc.db.id"]
    connection = sqlite3.connect(starter.folder / "torc.db")
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    connection.close()
