"""The program as a process: what it says, what it refuses, and what is left when it ends. The server is a stand-in."""

import http.server
import json
import os
import select
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

STAND_IN = Path(__file__).with_name("stand_in_server.py")


class Program:
    """torc-dash in a place of its own, with a stand-in for torc-server."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.started: list[subprocess.Popen[str]] = []
        programs = place / "bin"
        programs.mkdir()
        for name in ("torc-server", "torc-htpasswd"):
            # A script of this Python: no shell, no PATH.
            (programs / name).write_text(f"#!{sys.executable}\n{STAND_IN.read_text()}")
            (programs / name).chmod(0o700)
        self.environment = {
            "HOME": str(place),
            "PATH": os.environ["PATH"],
            "TMPDIR": str(place),
            "TORC_SERVER_BIN": str(programs / "torc-server"),
        }

    def start(self, *words: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "torc_dash", *map(str, words)],
            cwd=self.place,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def refused(self, *words: object) -> str:
        """Run to the end, which must be exit status 1 with one line on stderr; return the line."""
        process = self.start(*words)
        output, errors = process.communicate()
        assert (process.returncode, output) == (1, ""), errors
        (line,) = errors.splitlines()
        assert line.startswith("Error: ")
        return line

    def lines(self, process: subprocess.Popen[str], count: int) -> list[str]:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(count)]
        assert all(lines), process.stderr.read() if process.stderr else ""
        return lines

    def server_of(self, process: subprocess.Popen[str]) -> int:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        (server,) = [int(pid) for pid in children if b"torc-server" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return server


@pytest.fixture
def program() -> Iterator[Program]:
    # Not pytest's own folder: paths of sockets are short.
    place = Path(tempfile.mkdtemp(prefix="dash-"))
    program = Program(place)
    yield program
    for process in program.started:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    shutil.rmtree(place)


def gone(pid: int) -> None:
    """Wait until a process that is not our child has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([descriptor], [], [])
    os.close(descriptor)


def ask(
    path: Path, request: str = "GET /static/style.css HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(request.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_standalone_on_a_private_socket(program: Program, umask: int):
    path = program.place / "dash.sock"
    before = os.umask(umask)
    try:
        process = program.start("--standalone", "--socket", path, "--server-host", "127.0.0.1")
    finally:
        os.umask(before)
    first, _, _, workers = program.lines(process, 4)
    assert str(path) in first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ask(path).startswith(b"HTTP/1.1 200")
    (entry,) = json.loads((program.place / ".torc" / "credentials.json").read_text())
    assert f"TORC_API_URL=http://127.0.0.1:{entry['port']}/torc-service/v1" in workers
    arguments = (program.place / "torc.argv").read_text()
    assert "--require-auth" in arguments
    assert entry["password"] not in arguments
    assert entry["password"].encode() not in Path(f"/proc/{process.pid}/environ").read_bytes()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_in_order(program: Program, how: signal.Signals):
    path = program.place / "dash.sock"
    process = program.start("--standalone", "--socket", path, "--server-host", "127.0.0.1")
    program.lines(process, 3)
    server = program.server_of(process)
    process.send_signal(how)
    assert process.wait() == 0
    gone(server)
    assert json.loads((program.place / ".torc" / "credentials.json").read_text()) == []
    left = sorted(one.name for one in program.place.iterdir())
    assert left == [".torc", "bin", "torc.argv"]


@pytest.mark.parametrize("how", [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGIO, signal.SIGPIPE])
def test_other_signals_do_not_end_it(program: Program, how: signal.Signals):
    path = program.place / "dash.sock"
    process = program.start("--socket", path, "--api-url", "http://127.0.0.1:9/torc-service/v1")
    program.lines(process, 2)
    process.send_signal(how)
    assert ask(path).startswith(b"HTTP/1.1 ")
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0


def test_a_killed_dashboard_takes_its_server_along_and_the_next_replaces_its_socket(program: Program):
    path = program.place / "dash.sock"
    process = program.start("--standalone", "--socket", path, "--server-host", "127.0.0.1")
    program.lines(process, 3)
    server = program.server_of(process)
    process.kill()
    gone(server)
    assert path.exists()
    second = program.start("--standalone", "--socket", path, "--server-host", "127.0.0.1")
    program.lines(second, 3)
    assert ask(path).startswith(b"HTTP/1.1 200")


def test_a_socket_in_use_is_refused_and_goes_on(program: Program):
    path = program.place / "dash.sock"
    program.lines(program.start("--socket", path), 1)
    assert "in use" in program.refused("--standalone", "--socket", path)
    assert not (program.place / "torc.argv").exists()
    assert ask(path).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("kind", ["file", "link"])
def test_foreign_things_at_the_path_stay(program: Program, kind: str):
    path = program.place / "dash.sock"
    precious = program.place / "precious"
    precious.write_text("mine")
    if kind == "link":
        path.symlink_to(precious)
    else:
        path.write_text("mine")
    assert str(path) in program.refused("--standalone", "--socket", path)
    assert path.read_text() == "mine"
    assert not (program.place / "torc.argv").exists()


def test_a_port_in_use_is_told_before_a_server_is_started(program: Program):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = program.refused("--standalone", "--port", port)
    assert f"port {port} on 127.0.0.1 is in use" in line
    assert "--port" in line
    assert not (program.place / "torc.argv").exists()


def test_a_port_of_the_server_in_use_leaves_no_child(program: Program):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        words = ("--server-host", "127.0.0.1", "--server-port", port)
        line = program.refused("--standalone", "--socket", program.place / "dash.sock", *words)
    assert "torc-server did not start" in line
    assert sorted(one.name for one in program.place.iterdir()) == ["bin"]


def test_a_server_that_refuses_its_database_is_heard(program: Program):
    line = program.refused("--standalone", "--socket", program.place / "dash.sock", "--database", "broken.db")
    assert "broken.db is no database of Torc" in line
    assert sorted(one.name for one in program.place.iterdir()) == ["bin"]


def test_a_server_that_is_not_installed_is_named(program: Program):
    words = ("--torc-server-bin", "/nowhere/torc-server")
    line = program.refused("--standalone", "--port", 0, "--database", "x.db", *words)
    assert "The server program /nowhere/torc-server was not found" in line
    assert not (program.place / "x.db").exists()


def test_a_server_that_ends_by_itself_ends_the_dashboard(program: Program):
    words = ("--server-host", "127.0.0.1", "--database", "short-lived.db")
    process = program.start("--standalone", "--socket", program.place / "dash.sock", *words)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "the disk is full" in errors.splitlines()[-1]
    assert not (program.place / "dash.sock").exists()


def test_over_tcp_the_printed_link_lets_in(program: Program):
    process = program.start("--port", 0)
    (line,) = program.lines(process, 1)
    url = line.split()[-1]
    port = int(url.split(":")[2].split("/")[0])
    target = url.partition(f":{port}")[2]
    answers = []
    for path in ("/static/style.css", target, target):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            answers.append(b"".join(iter(lambda one=connection: one.recv(65536), b"")).split()[1])
    assert answers == [b"403", b"200", b"403"]
    (further,) = program.lines(process, 1)
    assert target.partition("=")[2] not in further
    process.terminate()
    _, errors = process.communicate()
    assert errors == ""


def test_a_setting_that_makes_no_sense_is_named(program: Program):
    (program.place / "torc.toml").write_text("[dash]\nport = 99999\n")
    assert "torc.toml: port" in program.refused()


def test_an_address_that_makes_no_sense_is_named(program: Program):
    assert "ftp://x" in program.refused("--api-url", "ftp://x", "--port", 0)


def test_usage_errors_are_2(program: Program):
    process = program.start("--port", "many")
    process.communicate()
    assert process.returncode == 2


def test_help_needs_no_web_server(program: Program):
    words = "import sys; from torc_dash.cli import dash_command; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0


class _Pong(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"pong")

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("words", "status"), [((), 502), (("--tls-ca-cert", "ca.pem"), 200), (("--tls-insecure", "--torc-bin", "x"), 200)]
)
def test_whom_it_trusts_is_said_on_the_command_line(program: Program, words: tuple[str, ...], status: int):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(program.place / "ca.pem"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pong)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = program.place / "dash.sock"
    url = f"https://127.0.0.1:{server.server_port}/torc-service/v1"
    process = program.start("--socket", path, "--api-url", url, *words)
    program.lines(process, 1)
    request = "GET /torc-service/v1/ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert ask(path, request).startswith(f"HTTP/1.1 {status} ".encode())
    server.shutdown()
    server.server_close()


def test_an_authority_that_is_not_there_is_named(program: Program):
    said = program.refused("-p", 0, "--api-url", "https://127.0.0.1:1/torc-service/v1", "--tls-ca-cert", "absent.pem")
    assert "absent.pem cannot be read" in said
