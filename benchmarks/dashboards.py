"""A `torc-dash` in front of the server of a benchmark, and a reader without a browser."""

import http.client
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from benchmarks.service import PROGRAMS, Service, stop

_LINK = "?token="


class Refused(Exception):  # noqa: N818 - named after its meaning
    """A page that the dashboard did not show."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A page as it arrived: seconds to the first byte and to the last one, and the bytes."""

    first_byte: float
    whole: float
    body: bytes


class Dashboard:
    """A dashboard on a free port of this machine, and its link for one use."""

    def __init__(self, service: Service, *arguments: str) -> None:
        self._service = service
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self.link = ""

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    @property
    def origin(self) -> str:
        """The address of all pages, without a path."""
        return self.link.partition("/?")[0]

    def __enter__(self) -> Self:
        words = ["--port", "0", "--api-url", self._service.url, *self._arguments]
        with (self._service.directory / "dash.log").open("a") as log:
            self._process = subprocess.Popen(
                [PROGRAMS / "torc-dash", *words],
                cwd=self._service.directory,
                env=self._service.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if _LINK in line:
                self.link = line.split()[-1]
                return self
        stop(self._process)
        raise RuntimeError(f"torc-dash did not start: exit code {self._process.returncode}; see dash.log")

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
        stop(self._process)
        self._process = None

    def reader(self, cookie: str = "") -> "Reader":
        """Open a connection. Without the cookie of an earlier reader it uses the link."""
        return Reader(self.link, cookie)

    def resident_bytes(self) -> int:
        """Memory of the dashboard that is in RAM now."""
        return resident_bytes(self.pid)


class Reader:
    """One connection of a reader, who may see all pages."""

    def __init__(self, link: str, cookie: str = "") -> None:
        parts = urlsplit(link)
        assert parts.port is not None
        self._connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=120)
        self._host = parts.netloc
        self.cookie = cookie
        if not cookie:
            response, _ = self._ask(f"/?{parts.query}", {})
            self.cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]

    def visit(self, path: str, **headers: str) -> Visited:
        """Read a page. Raises Refused for another status than 200, and for what is not a page."""
        start = time.perf_counter()
        response, first_byte = self._ask(path, {"Cookie": self.cookie} | headers)
        kind = response.getheader("Content-Type", "")
        if response.status != 200 or not kind.startswith(("text/html", "application/json")):
            self._connection.close()
            raise Refused(f"{path}: {response.status} {kind}")
        body = response.read()
        return Visited(first_byte, time.perf_counter() - start, body)

    def listen(self, path: str) -> None:
        """Open a stream, which stays open until the reader is closed."""
        self._connection.putrequest("GET", path, skip_host=True)
        for name, value in {"Host": self._host, "Cookie": self.cookie, "Accept": "text/event-stream"}.items():
            self._connection.putheader(name, value)
        self._connection.endheaders()
        response = self._connection.getresponse()
        if response.status != 200:
            raise Refused(f"{path}: {response.status}")
        response.readline()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(self, path: str, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, float]:
        start = time.perf_counter()
        self._connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": self._host, **headers}.items():
            self._connection.putheader(name.replace("_", "-"), value)
        self._connection.endheaders()
        response = self._connection.getresponse()
        seconds = time.perf_counter() - start
        if "Set-Cookie" in response.headers:
            response.read()
        return response, seconds


def resident_bytes(pid: int) -> int:
    """Memory of a process that is in RAM now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
