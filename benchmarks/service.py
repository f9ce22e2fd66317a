"""A temporary server in its own process, and the resources that the process uses."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Self

PROGRAMS = Path(sys.executable).parent
API = "/torc-service/v1"
_STOP_SECONDS = 60


class Service:
    """A `torc-server run` with a fresh database on a free port of this machine."""

    _host = "127.0.0.1"

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.directory = directory
        self.database = directory / "torc.db"
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """URL for clients."""
        return f"http://{self._host}:{self.port}{API}"

    @property
    def environment(self) -> dict[str, str]:
        """An environment in which `torc` uses this server and no settings of the user."""
        # Installed programs are compiled once, at installation or at the first start.
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("TORC_") and name != "PYTHONDONTWRITEBYTECODE"
        }
        path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
        return {**kept, "TORC_API_URL": self.url, "PATH": path, "HOME": str(self.directory)}

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        words = ["--host", self._host, "--port", "0", "--shutdown-on-stdin-eof", "--database", str(self.database)]
        with (self.directory / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                [PROGRAMS / "torc-server", "run", *words, *self._arguments],
                cwd=self.directory,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.port = announced_port(self._process)
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._process)
        self._process = None

    def torc(self, *words: str | Path) -> str:
        """Run `torc` to its end, and return its stdout. Raises CalledProcessError, with its stderr in a note."""
        try:
            return subprocess.run(
                [PROGRAMS / "torc", *words],
                cwd=self.directory, env=self.environment, check=True, capture_output=True, text=True,
            ).stdout  # fmt: skip
        except subprocess.CalledProcessError as error:
            error.add_note(error.stderr[-2000:])
            raise

    def start_torc(self, *words: str | Path) -> subprocess.Popen[bytes]:
        """Start `torc`, silent."""
        null = subprocess.DEVNULL
        return subprocess.Popen(
            [PROGRAMS / "torc", *words], cwd=self.directory, env=self.environment, stdin=null, stdout=null, stderr=null
        )

    def resident_bytes(self) -> int:
        """Memory of the server that is in RAM now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def cpu_seconds(self) -> float:
        """CPU time of the server, user and system."""
        words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def database_bytes(self) -> int:
        """Size of the database with its write-ahead log."""
        files = (self.database, self.database.with_name(self.database.name + "-wal"))
        return sum(path.stat().st_size for path in files if path.exists())


def announced_port(process: subprocess.Popen[str]) -> int:
    """Wait for the line with the port. Raises RuntimeError if the process ends without it."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if "=" not in line:
        stop(process)
        raise RuntimeError(f"the server did not start: exit code {process.returncode}; see its log")
    return int(line.partition("=")[2])


def stop(process: subprocess.Popen[str] | None) -> None:
    """Close the stdin of a process, which ends it, and wait for it."""
    if process is None:
        return
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
