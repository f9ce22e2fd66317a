"""A torc-server of our own: started as a process, waited for, stopped; it ends with us, however we end."""

import asyncio
import contextlib
import logging
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from torc_client import credentials
from torc_client.address import is_loopback
from torc_client.errors import TorcError

_log = logging.getLogger(__name__)
_STOP_SECONDS = 15.0
_STDERR_LINES_KEPT = 50


class ManagedServerError(TorcError):
    """The server could not be started, or ended by itself."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How to start a server.

    Without `host` it listens on a private socket alone. With one, TCP is open too, guarded by a credential that is
    generated for this server and kept in ~/.torc/credentials.json as long as it runs, unless `guarded` is false.
    `program` is the path of torc-server; without it: TORC_SERVER_BIN, the one beside this Python, the PATH.
    """

    database: Path
    host: str | None = None
    port: int = 0
    guarded: bool = True
    program: str | None = None
    log_level: str = "info"
    start_seconds: float = 15.0


class ManagedServer:
    """A running server. `url` is its private socket; `port` its TCP port, if it has one."""

    def __init__(self, process: asyncio.subprocess.Process, socket_path: Path) -> None:
        self.socket_path = socket_path
        self.url = f"unix://{socket_path}"
        self.port: int | None = None
        self._process = process
        self._last_lines: deque[str] = deque(maxlen=_STDERR_LINES_KEPT)
        self._reading = asyncio.create_task(self._read_stderr())

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process.returncode is None

    async def ended(self) -> int:
        """Wait until the process ends, for whatever reason; returns its exit status."""
        return await self._process.wait()

    def reason(self) -> str:
        """Return the last thing the server said, which is why it ended."""
        said = [line for line in self._last_lines if line.strip()]
        return said[-1].removeprefix("Error: ") if said else f"exit status {self._process.returncode}, without a word"

    async def _read_stderr(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 - it is started with a pipe
        async for line in _lines(self._process.stderr):
            self._last_lines.append(line)
            _log.info("[torc-server] %s", line)

    async def _wait_for_line(self, word: str) -> str:
        """Return what follows `word=` on stdout; later lines are read and dropped, so that the pipe never fills."""
        assert self._process.stdout is not None  # noqa: S101 - it is started with a pipe
        async for line in _lines(self._process.stdout):
            name, _, value = line.partition("=")
            if name == word:
                return value.strip()
        await self._process.wait()
        await self._reading
        raise ManagedServerError(f"torc-server did not start: {self.reason()}")

    async def stop(self) -> None:
        """Let the server finish what is in flight, and see it gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        if self.is_running:
            _log.warning("torc-server (process %d) does not stop and is killed.", self.pid)
            self._process.kill()
            await self._process.wait()
        await self._reading


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    while line := await stream.readline():
        yield line.decode("utf-8", "replace").rstrip("\n")


@contextlib.asynccontextmanager
async def managed_server(options: ServerOptions) -> AsyncIterator[ManagedServer]:
    """Run a server as long as the context lasts; leave no process, socket or credential behind.

    The server also ends when this process is killed: it watches the pipe that it was started with.
    Raises ManagedServerError with the server's own words when it does not start.
    """
    program = _server_program(options.program or os.environ.get("TORC_SERVER_BIN"))
    with tempfile.TemporaryDirectory(prefix="torc-", ignore_cleanup_errors=True) as folder:
        private = Path(folder)
        guard = await _guard(program, private) if options.host is not None and options.guarded else None
        arguments = _arguments(options, private, guard is not None)
        async with _started(program, arguments, private / "torc.sock") as server:
            await _announced(server, options)
            with _remembered(options, server, guard):
                yield server


def _arguments(options: ServerOptions, private: Path, guarded: bool) -> list[str]:
    arguments = ["run", "--database", str(options.database), "--log-level", options.log_level]
    arguments += ["--socket", str(private / "torc.sock"), "--shutdown-on-stdin-eof"]
    if options.host is not None:
        arguments += ["--host", options.host, "--port", str(options.port)]
    if guarded:
        arguments += ["--auth-file", str(private / "htpasswd"), "--require-auth"]
    return arguments


@contextlib.asynccontextmanager
async def _started(program: str, arguments: Sequence[str], socket_path: Path) -> AsyncIterator[ManagedServer]:
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl-C in our terminal is for us: we stop the server in order.
            start_new_session=True,
        )
    except OSError as error:
        raise ManagedServerError(f"{program} cannot be started: {error.strerror}.") from error
    server = ManagedServer(process, socket_path)
    try:
        yield server
    finally:
        # Also when we are canceled while it starts: nothing of ours may stay.
        await asyncio.shield(server.stop())


async def _announced(server: ManagedServer, options: ServerOptions) -> None:
    """Wait until the server says that it listens."""
    word = "TORC_SERVER_SOCKET" if options.host is None else "TORC_SERVER_PORT"
    try:
        value = await asyncio.wait_for(server._wait_for_line(word), options.start_seconds)  # noqa: SLF001 - one module
    except TimeoutError as error:
        raise ManagedServerError(
            f"torc-server did not start within {options.start_seconds:.0f} seconds; it last said: {server.reason()}"
        ) from error
    if options.host is not None:
        server.port = int(value)


async def _guard(program: str, private: Path) -> credentials.Credentials:
    """Make a password file for one generated user; the password goes through a pipe, never through argv."""
    guard = credentials.Credentials(f"torc-{secrets.token_hex(4)}", secrets.token_urlsafe(32))
    tool = _program("torc-htpasswd", beside=program)
    adding = await asyncio.create_subprocess_exec(
        tool,
        *("add", "--file", str(private / "htpasswd"), "--cost", "4", guard.username),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await adding.communicate(f"{guard.password}\n".encode())
    if adding.returncode != 0:
        raise ManagedServerError(f"torc-htpasswd failed: {said.decode('utf-8', 'replace').strip()}")
    return guard


@contextlib.contextmanager
def _remembered(options: ServerOptions, server: ManagedServer, guard: credentials.Credentials | None) -> Iterator[None]:
    """Keep the credential where runners and commands of this user find it."""
    if guard is None or server.port is None or options.host is None:
        yield
        return
    hosts = ["127.0.0.1", "localhost"] + ([] if is_loopback(options.host) else _names_of_this_machine(options.host))
    entry = credentials.Entry(
        port=server.port, hosts=hosts, username=guard.username, password=guard.password, pid=server.pid
    )
    credentials.store(entry)
    try:
        yield
    finally:
        credentials.remove(server.port, server.pid)


def _names_of_this_machine(host: str) -> list[str]:
    """Return under what names others may reach a server that is bound to `host`."""
    return list(dict.fromkeys([host, socket.gethostname(), socket.getfqdn()]))


def _server_program(named: str | None) -> str:
    """Find torc-server: the one that was named and no other, else beside this Python, else on the PATH."""
    if named is None:
        return _program("torc-server", beside=sys.executable)
    found = shutil.which(named)
    if found is None:
        raise ManagedServerError(f"{named} is not there.", "Name another torc-server, or none for the installed one.")
    return found


def _program(name: str, *, beside: str) -> str:
    found = shutil.which(Path(beside).with_name(name)) or shutil.which(name)
    if found is None:
        raise ManagedServerError(
            f"{name} is not there.", "Install it with `pip install torc-server`, or set TORC_SERVER_BIN."
        )
    return found
