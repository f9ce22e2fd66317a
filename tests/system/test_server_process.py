"""Start and stop of a server, and reasons why it does not start."""

import json
import os
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

from support.processes import Place, Reports, Server, ended_after


def ping(server: Server) -> dict[str, object]:
    with urllib.request.urlopen(f"{server.url}/ping") as answer:  # noqa: S310 - our own server
        return dict(json.load(answer))


def refusal(place: Place, *arguments: str | Path) -> str:
    """Return the one line on stderr of a server that cannot start."""
    ended = place.run("torc-server", "run", *arguments, status=1)
    assert ended.stdout == ""
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    return lines[0]


def test_sigterm_stops_the_server_and_it_starts_again(place: Place):
    with Server(place) as server:
        port = server.port
        assert ping(server)
        assert server.stop() == 0
        server.start()
        assert server.port == port
        assert ping(server)


def test_ctrl_c_stops_the_server(place: Place, server: Server):
    assert server.process is not None
    assert server.process.stdout is not None
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait() == 0
    server.process.stdout.close()
    server.process = None


def test_sigterm_answers_a_parked_request(place: Place, server: Server, reports: Reports):
    """A parked request must not delay the end of the server."""
    spec = place.file("spec.yaml", "name: w\njobs: [{name: j, command: 'echo ran > reports; read line < gate'}]")
    os.mkfifo(place.directory / "gate")
    with ended_after(place.start("torc", "run", spec)) as runner:
        reports.next(of=[runner])
        assert server.stop() == 0
        server.start()
        with (place.directory / "gate").open("w") as gate:
            gate.write("go\n")
        out, err = runner.communicate()
        assert runner.returncode == 0, out + err


def test_a_second_server_on_one_database_is_refused(place: Place, server: Server):
    assert server.process is not None
    line = refusal(place, "--host", "127.0.0.1", "--port", "0", "--database", server.database)
    assert str(server.database.name) in line
    assert str(server.process.pid) in line
    assert ping(server)


def test_a_port_in_use_is_named(place: Place, server: Server):
    line = refusal(place, "--host", "127.0.0.1", "--port", str(server.port), "--database", place.directory / "b.db")
    assert str(server.port) in line
    assert "--port" in line
    assert not (place.directory / "b.db").exists()


def test_an_invalid_host_is_refused(place: Place):
    line = refusal(place, "--host", "no-such-host.invalid", "--port", "0")
    assert "no-such-host.invalid" in line
    assert not (place.directory / "torc.db").exists()


def test_a_file_that_is_not_a_database_is_not_changed(place: Place):
    path = place.file("notes.txt", "Dear diary, this is no database.\n" * 100)
    before = path.read_bytes()
    line = refusal(place, "--host", "127.0.0.1", "--port", "0", "--database", path)
    assert "notes.txt" in line
    assert path.read_bytes() == before


def test_another_file_at_the_socket_path_is_refused(place: Place):
    path = place.file("foreign.sock", "mine\n")
    line = refusal(place, "--socket", path)
    assert "foreign.sock" in line
    assert path.read_text() == "mine\n"


def test_the_server_listens_on_a_private_socket(place: Place):
    path = place.directory / "s.sock"
    with ended_after(place.start("torc-server", "run", "--socket", path, stderr=subprocess.DEVNULL)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"TORC_SERVER_SOCKET={path}\n"
        assert path.stat().st_mode & 0o777 == 0o600
        place.run("torc", "--url", f"unix://{path}", "ping")
        process.terminate()
        assert process.wait() == 0
    assert not path.exists()


def test_a_closed_stdin_stops_a_managed_server(place: Place):
    words = ["torc-server", "run", "--host", "127.0.0.1", "--port", "0", "--shutdown-on-stdin-eof"]
    with ended_after(place.start(*words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith("TORC_SERVER_PORT=")
        process.stdin.close()
        assert process.wait() == 0


def test_a_server_with_a_password_file_requires_passwords(place: Place):
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", "correct horse", "-c", "4")
    with Server(place, "--auth-file", str(passwords), "--require-auth"):
        user = {"USER": "tester", "TORC_USERNAME": "tester"}
        place.run("torc", "workflows", "list", environment={**user, "TORC_PASSWORD": "correct horse"})
        refused = place.run("torc", "workflows", "list", status=1, environment={**user, "TORC_PASSWORD": "wrong"})
        assert "Traceback" not in refused.stderr
        assert place.run("torc", "workflows", "list", status=1, environment=user).stdout == ""


def test_the_port_is_free_after_a_kill(place: Place):
    with Server(place) as server:
        with socket.create_connection(("127.0.0.1", server.port)):
            server.kill()
        server.start()
        assert ping(server)
