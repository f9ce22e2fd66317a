"""Processes of the system tests: a server, runners, commands, and their working directory.

No function sleeps: a server prints that it listens, jobs report through a named pipe, and processes are waited for.
The time limit of the test is the only one.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self

PROGRAMS = Path(sys.executable).parent
EXAMPLES = Path(__file__).parents[2] / "examples"
SERVICE = "/torc-service/v1"


class Place:
    """A working directory with its own home and environment, independent of the developer's."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.home = directory / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self._started: list[subprocess.Popen[str]] = []
        kept = {name: value for name, value in os.environ.items() if name in {"LANG", "TMPDIR", "TERM"}}
        self.environment: dict[str, str] = {
            **kept,
            "USER": "tester",
            "HOME": str(self.home),
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        }

    def start(self, *words: str | Path | int, **options: Any) -> subprocess.Popen[str]:
        """Start a program in the directory. Its output goes to pipes by default."""
        settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        environment = self.environment | options.pop("environment", {})
        process: subprocess.Popen[str] = subprocess.Popen(
            [str(word) for word in words], cwd=self.directory, env=environment, text=True, **(settings | options)
        )
        self._started.append(process)
        return process

    def end_started(self) -> None:
        """End what a test that failed left running, so that only this test fails and not the next one."""
        for process in self._started:
            with ended_after(process):
                pass

    def run(
        self, *words: str | Path | int, status: int | None = 0, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end. `status` is the expected exit code, or None for any."""
        process = self.start(*words, environment=dict(environment or {}))
        try:
            out, err = process.communicate()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        finished = subprocess.CompletedProcess(process.args, process.returncode, out, err)
        assert status is None or finished.returncode == status, (
            f"{' '.join(map(str, words))} ended with {finished.returncode}, not {status}\n{out}\n{err}"
        )
        return finished

    def torc(self, *words: str | Path | int) -> Any:
        """Run `torc -f json ...` and return its output as a value."""
        return json.loads(self.run("torc", "-f", "json", *words).stdout)

    def file(self, name: str, text: str) -> Path:
        """Write a file with this text."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


class Server:
    """A `torc-server run` with one database. It can be killed and started again on the same port."""

    program: tuple[str, ...] = ("torc-server",)

    def __init__(self, place: Place, *arguments: str, database: str = "torc.db") -> None:
        self.place = place
        self.arguments = arguments
        self.database = place.directory / database
        self.log_path = place.directory / "server.log"
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"http://127.0.0.1:{self.port}{SERVICE}"

    def start(self) -> Self:
        """Start the server and wait until it listens. Later starts use the port of the first one."""
        with self.log_path.open("a") as log:
            self.process = self.place.start(
                *self.program, "run", "--host", "127.0.0.1", "--port", str(self.port),
                "--database", self.database, *self.arguments, stderr=log,
            )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("TORC_SERVER_PORT="), f"{line!r}\n{self.log_path.read_text()}"
        self.port = int(line.partition("=")[2])
        self.place.environment["TORC_API_URL"] = self.url
        return self

    def kill(self) -> None:
        """Kill the server with SIGKILL, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Stop the server with SIGTERM and return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, with_signal: signal.Signals) -> int:
        process, self.process = self.process, None
        assert process is not None
        assert process.stdout is not None
        process.send_signal(with_signal)
        rest = process.stdout.read()
        assert rest == "", f"stdout has more than one line: {rest!r}"
        process.stdout.close()
        return process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.kill()


def wait_for_process(pid: int) -> None:
    """Wait for the end of a process of this user, which need not be a child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([descriptor], [], [])
    os.close(descriptor)


def scraped(server: Server) -> dict[str, float]:
    """Return the metrics of the server."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


class Reports:
    """A named pipe to which jobs write a line, so that the test knows when they run."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        # Opened for reading and writing, so that a pipe without other writers does not end.
        self._descriptor = os.open(path, os.O_RDWR)
        self._read = b""

    def next(self, count: int = 1, *, of: Iterable[subprocess.Popen[str]] = ()) -> list[str]:
        """Wait for this number of lines. Fails if one of the processes that write them ends before."""
        with contextlib.ExitStack() as stack:
            ends = [os.pidfd_open(process.pid) for process in of]
            for end in ends:
                stack.callback(os.close, end)
            while self._read.count(b"\n") < count:
                readable, _, _ = select.select([self._descriptor, *ends], [], [])
                assert self._descriptor in readable, f"ended after {self._read!r}"
                self._read += os.read(self._descriptor, 65536)
        *lines, self._read = self._read.split(b"\n", count)
        return [line.decode() for line in lines]

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._descriptor)


class Output:
    """The output of a process, read continuously, so that the process never waits for a full pipe."""

    def __init__(self, stream: IO[str] | None) -> None:
        assert stream is not None, "start the process with a pipe"
        self._stream = stream
        self.lines: list[str] = []
        self._grown = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        for line in self._stream:
            with self._grown:
                self.lines.append(line.rstrip("\n"))
                self._grown.notify_all()
        with self._grown:
            self._ended = True
            self._grown.notify_all()
        self._stream.close()

    def wait_for(self, part: str) -> str:
        """Wait for the first line that contains `part`."""
        with self._grown:
            self._grown.wait_for(lambda: self._ended or any(part in line for line in self.lines))
            found = [line for line in self.lines if part in line]
        assert found, f"ended without {part!r}: {self.lines}"
        return found[0]

    def finish(self) -> str:
        """Wait for the end of the output and return all of it."""
        self._thread.join()
        return "\n".join(self.lines)


@contextlib.contextmanager
def ended_after(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """Kill the process at the end if it still runs, and close its pipes."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None and not stream.closed:
                stream.close()


def is_alive(pid: int) -> bool:
    """Return whether a process with this id runs. A zombie does not run."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


def processes_with(text: str) -> list[int]:
    """Return the ids of running processes with `text`, for example a unique path, in their command line."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if text.encode() in (directory / "cmdline").read_bytes() and is_alive(int(directory.name)):
                found.append(int(directory.name))
    return [pid for pid in found if pid != os.getpid()]
