"""A managed torc-server: started as a process, and stopped with the process that started it, however that ends."""

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
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from torc_client import credentials
from torc_client.address import is_loopback
from torc_client.errors import TorcError
from torc_client.how_to_install import how_to_install
from torc_client.name_lookup import addresses_within
from torc_client.socket_folder import folder_for_sockets
from torc_client.this_machine import machine_identity, own_addresses

_log = logging.getLogger(__name__)
WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, not bound
"""The hosts that mean every address of the machine."""
_LOOPBACK = ("127.0.0.1", "localhost")
_LOOK_UP_SECONDS = 5.0
_STOP_SECONDS = 15.0
_STDERR_LINES_KEPT = 50


class ManagedServerError(TorcError):
    """The server could not be started, or ended unexpectedly."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The options of a managed server.

    Without `host` it listens only on a private socket: at `socket`, or in a new directory. With `host` it also listens
    on TCP. Access then requires a credential, which is generated for this server and stored in
    ~/.torc/credentials.json while it runs; with `guarded=False` it requires none. `program` is the path of torc-server;
    the default is TORC_SERVER_BIN, else the one of this Python environment, else the one on the PATH. `start_seconds`
    limits the time of the start. `on_line` is called with each line that the server prints on stderr.
    """

    database: Path
    host: str | None = None
    port: int = 0
    guarded: bool = True
    program: str | None = None
    log_level: str = "info"
    start_seconds: float = 15.0
    socket: Path | None = None
    on_line: Callable[[str], None] | None = None


class ManagedServer:
    """A running server. `url` is its private socket, `port` its TCP port or None."""

    def __init__(self, process: asyncio.subprocess.Process, socket_path: Path, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self.socket_path = socket_path
        self.url = f"unix://{socket_path}"
        self.port: int | None = None
        self._process = process
        self._last_lines: deque[str] = deque(maxlen=_STDERR_LINES_KEPT)
        self._reading = asyncio.create_task(self._read_stderr())

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.returncode is None

    async def ended(self) -> int:
        """Wait until the process ends for any reason, and return its exit code."""
        return await self._process.wait()

    def reason(self) -> str:
        """Return the last line of the server on stderr, which is the reason why it ended."""
        lines = [line for line in self._last_lines if line.strip()]
        return lines[-1].removeprefix("Error: ") if lines else f"exit code {self._process.returncode}, no message"

    async def _read_stderr(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 - it is started with a pipe
        async for line in _lines(self._process.stderr):
            self._last_lines.append(line)
            self._on_line(line)
            _log.info("[torc-server] %s", line)

    async def _wait_for_line(self, word: str) -> str:
        """Return the value of the line `word=VALUE` on stdout. Lines before it are dropped."""
        assert self._process.stdout is not None  # noqa: S101 - it is started with a pipe
        async for line in _lines(self._process.stdout):
            name, _, value = line.partition("=")
            if name == word:
                return value.strip()
        await self._process.wait()
        await self._reading
        raise ManagedServerError(f"torc-server did not start: {self.reason()}")

    async def stop(self) -> None:
        """Make the server finish its current requests and end. It is killed if it does not end in time."""
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
    """Run a server during the context. Its process, socket and credential are removed at the end.

    The server also ends when this process is killed, because it watches the pipe on its stdin. Raises
    ManagedServerError, with the message of the server, if it does not start.
    """
    program = _server_program(options.program or os.environ.get("TORC_SERVER_BIN"))
    with _private_folder(options) as private:
        guard = await _guard(program, private) if options.host is not None and options.guarded else None
        socket_path = options.socket or private / "torc.sock"
        arguments = _arguments(options, private, socket_path, is_guarded=guard is not None)
        async with _started(program, arguments, socket_path, options.on_line) as server:
            await _announced(server, options)
            with _remembered(options, server, guard):
                yield server


@contextlib.contextmanager
def _private_folder(options: ServerOptions) -> Iterator[Path]:
    """Yield the folder of the socket and the password file: a new one, unless only a given socket is needed."""
    if options.socket is not None and options.host is None:
        yield options.socket.parent
        return
    place = folder_for_sockets()
    with tempfile.TemporaryDirectory(prefix="torc-", dir=place, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _arguments(options: ServerOptions, private: Path, socket_path: Path, *, is_guarded: bool) -> list[str]:
    arguments = ["run", "--database", str(options.database), "--log-level", options.log_level]
    arguments += ["--socket", str(socket_path), "--shutdown-on-stdin-eof"]
    if options.host is not None:
        arguments += ["--host", options.host, "--port", str(options.port)]
    if is_guarded:
        # The credential is of this server, not of a user.
        arguments += ["--auth-file", str(private / "htpasswd"), "--require-auth", "--keep-workflow-user"]
    return arguments


@contextlib.asynccontextmanager
async def _started(
    program: str, arguments: Sequence[str], socket_path: Path, on_line: Callable[[str], None] | None
) -> AsyncIterator[ManagedServer]:
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl-C in the terminal reaches only this process, which then stops the server in order.
            start_new_session=True,
        )
    except OSError as error:
        raise ManagedServerError(f"{program} cannot be started: {error.strerror}.") from error
    server = ManagedServer(process, socket_path, on_line or (lambda _: None))
    try:
        yield server
    finally:
        # Also after a cancellation during the start: no process may be left.
        await asyncio.shield(server.stop())


async def _announced(server: ManagedServer, options: ServerOptions) -> None:
    """Wait until the server reports that it listens."""
    word = "TORC_SERVER_SOCKET" if options.host is None else "TORC_SERVER_PORT"
    try:
        value = await asyncio.wait_for(server._wait_for_line(word), options.start_seconds)  # noqa: SLF001 - one module
    except TimeoutError as error:
        raise ManagedServerError(
            f"torc-server did not start within {options.start_seconds:.0f} seconds; its last message: {server.reason()}"
        ) from error
    if options.host is not None:
        server.port = int(value)


async def _guard(program: str, private: Path) -> credentials.Credentials:
    """Create a password file for a generated user. The password goes through a pipe, never through argv."""
    guard = credentials.Credentials(f"torc-{secrets.token_hex(4)}", secrets.token_urlsafe(32))
    tool = _program("torc-htpasswd", beside=program)
    adding = await asyncio.create_subprocess_exec(
        tool,
        # The password is random; judging it would only take time.
        *("add", "--allow-weak", "--file", str(private / "htpasswd"), "--cost", "4", guard.username),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, stderr = await adding.communicate(f"{guard.password}\n".encode())
    if adding.returncode != 0:
        raise ManagedServerError(f"torc-htpasswd failed: {stderr.decode('utf-8', 'replace').strip()}")
    return guard


@contextlib.contextmanager
def _remembered(options: ServerOptions, server: ManagedServer, guard: credentials.Credentials | None) -> Iterator[None]:
    """Store the credential during the context, so that runners and commands of this user find it."""
    if guard is None or server.port is None or options.host is None:
        yield
        return
    hosts, addresses = _ways_to(options.host)
    entry = credentials.Entry(
        port=server.port, hosts=hosts, addresses=addresses, username=guard.username, password=guard.password,
        pid=server.pid, machine=machine_identity(),
    )  # fmt: skip
    credentials.store(entry)
    try:
        yield
    finally:
        credentials.remove(server.port, server.pid)


def _ways_to(host: str) -> tuple[list[str], list[str]]:
    """Return the names and the addresses by which programs reach a server that is bound to `host`."""
    host = host.strip("[]")
    if host in WILDCARDS:
        return list(dict.fromkeys([*_LOOPBACK, socket.gethostname(), socket.getfqdn()])), own_addresses()
    if is_loopback(host):
        return list(dict.fromkeys([*_LOOPBACK, host])), []
    own = own_addresses()
    return [host], [address for address in addresses_within(host, _LOOK_UP_SECONDS) if address in own]


def _server_program(named: str | None) -> str:
    """Find torc-server: only `named` if it is given, else in this Python environment, else on the PATH."""
    if named is None:
        return _program("torc-server", beside=sys.executable)
    found = shutil.which(named)
    if found is None:
        raise ManagedServerError(
            f"The server program {named} was not found.",
            "Correct the path, or omit it to use the installed one.",
        )
    return found


def _program(name: str, *, beside: str) -> str:
    found = shutil.which(Path(beside).with_name(name)) or shutil.which(name)
    if found is None:
        raise ManagedServerError(
            f"{name} was not found.", f"Set TORC_SERVER_BIN, or install it. {how_to_install('torc-server')}"
        )
    return found
