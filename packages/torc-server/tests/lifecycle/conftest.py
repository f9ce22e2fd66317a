"""Servers as processes, each with its own folder and home."""

import base64
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

END_SECONDS = 30


class OverUnixSocket(http.client.HTTPConnection):
    """HTTP through a UNIX socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(os.fspath(self.path))


@dataclass
class Server:
    """A server that listens."""

    process: subprocess.Popen[str]
    first_line: str
    folder: Path

    @property
    def port(self) -> int:
        name, _, value = self.first_line.partition("=")
        assert name == "TORC_SERVER_PORT"
        return int(value)

    def connection(self, unix: Path | None = None) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port) if unix is None else OverUnixSocket(unix)

    def ask(
        self, path: str, *, method: str = "GET", body: str | None = None, unix: Path | None = None, login: str = ""
    ) -> tuple[int, str]:
        connection = self.connection(unix)
        headers = {"Content-Type": "application/json"} if body else {}
        if login:
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        connection.request(method, f"/torc-service/v1{path}", body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def end(self, how: signal.Signals | None = signal.SIGTERM) -> tuple[int, str, str]:
        """Send the signal and return the exit code, the rest of stdout, and stderr."""
        if how is not None:
            self.process.send_signal(how)
        out, err = self.process.communicate(timeout=END_SECONDS)
        return self.process.returncode, out, err


@dataclass
class Starter:
    """Starts servers in one folder."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        ours = {
            name: value for name, value in os.environ.items() if not name.startswith(("TORC_", "RUST_", "DATABASE"))
        }
        return {**ours, "HOME": str(self.folder / "home"), **more}

    def popen(self, *arguments: object, **more: Any) -> subprocess.Popen[str]:
        command: Sequence[str] = [sys.executable, "-m", "torc_server", *map(str, arguments)]
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(command, cwd=self.folder, text=True, **{"env": self.environment(), **pipes, **more})
        self.started.append(process)
        return process

    def start(self, *arguments: object, **more: Any) -> Server:
        """Start a server and wait for its line. Fails with its stderr if it ends before."""
        process = self.popen(*arguments, **more)
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line:
            pytest.fail(f"the server did not start: {process.communicate(timeout=END_SECONDS)[1]}")
        return Server(process, line, self.folder)

    def refused(self, *arguments: object, **more: Any) -> str:
        """Start a server that must not start. Returns its message, without ``Error: ``."""
        process = self.popen(*arguments, **more)
        out, err = process.communicate(timeout=END_SECONDS)
        assert (process.returncode, out) == (1, ""), err
        assert err.startswith("Error: ")
        assert err.count("\n") == 1, err
        return err.removeprefix("Error: ").rstrip("\n")

    def contents(self) -> dict[str, bytes | None]:
        """Return the entries of the folder with the bytes of files, and None for other entries."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else None
            for path in sorted(self.folder.rglob("*"))
        }

    def close(self) -> None:
        for process in self.started:
            process.kill()
            process.communicate()


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    tmp_path.chmod(0o700)
    starter = Starter(tmp_path)
    yield starter
    starter.close()
