"""Run commands on other machines by `ssh`. Only this module makes arguments of ssh, scp and rsync.

The `ssh` of PATH is run, so that the user's configuration, jump hosts, agents and control sockets are used.

A command is a script for `sh`. It is sent through stdin: its text is not an argument of any process, and the login
shell there, which can be another one, does not parse it. Lines with a random mark enclose its output, so that what the
login files of the host print is not read as its output.
"""

import asyncio
import os
import secrets
import shlex
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from msgspec import Struct

from torc_client.errors import TorcError
from torc_client.remote.address import WorkerAddress
from torc_client.remote.completed import Completed, Ended, judged
from torc_client.remote.marked_output import Marks
from torc_client.remote.ssh_problems import SshProblem, of_start

CONNECT_TIMEOUT_SECONDS = 30
MAX_PARALLEL = 10
OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024
# A control master of the user's that ssh started keeps stderr open when ssh has ended.
_DRAIN_SECONDS = 1.0

T = TypeVar("T")


class SshConnection(Struct, frozen=True):
    """How ssh connects. `options` are further arguments, for example `-v`."""

    connect_timeout_seconds: int = CONNECT_TIMEOUT_SECONDS
    options: tuple[str, ...] = ()

    def common(self) -> list[str]:
        """Return the options that ssh and scp have in common."""
        return [
            "-o", "BatchMode=yes",
            "-o", f"ConnectTimeout={self.connect_timeout_seconds}",
            "-o", "StrictHostKeyChecking=accept-new",
            "-o", "LogLevel=INFO",
            *self.options,
        ]  # fmt: skip

    def ssh(self, address: WorkerAddress, *arguments: str) -> list[str]:
        """Return the words of an ssh with options (`-N`, `-R`) for a connection that runs no command."""
        return ["ssh", *self.common(), "-T", "-x", *arguments, *_port("-p", address), "--", address.destination]

    def command(self, address: WorkerAddress, command: str) -> list[str]:
        """Return the words of an ssh that runs a command. Forwardings of the user's configuration are left out."""
        words = self.ssh(address, "-o", "ClearAllForwardings=yes", "-o", "RemoteCommand=none")
        return [*words, command]

    def scp(self, address: WorkerAddress, *arguments: str) -> list[str]:
        """Return the words of an scp before its files; a file there is `address.copy_destination + ":" + path`."""
        return ["scp", "-q", *self.common(), *_port("-P", address), *arguments, "--"]

    def rsync(self, address: WorkerAddress, *arguments: str) -> list[str]:
        """Return the words of an rsync before its files; a file there is `address.copy_destination + ":" + path`."""
        words = ["ssh", *self.common(), "-T", "-x", "-o", "ClearAllForwardings=yes", "-o", "RemoteCommand=none"]
        return ["rsync", "-e", shlex.join([*words, *_port("-p", address)]), *arguments, "--"]


DEFAULT_CONNECTION = SshConnection()


async def run(
    address: WorkerAddress,
    script: str,
    *,
    stdin: bytes = b"",
    limit_seconds: float,
    connection: SshConnection = DEFAULT_CONNECTION,
    output_limit: int = OUTPUT_LIMIT_BYTES,
) -> Completed:
    """Run a script by `sh` on another machine, with this stdin. It does not raise: `Completed.problem` has the reason.

    After `limit_seconds`, which include the connecting, ssh and its children are killed.
    """
    marks = Marks(secrets.token_hex(16))
    command, program = enclosed(marks, script)
    started = time.monotonic()
    ended = await execute(
        connection.command(address, command),
        stdin=program + stdin,
        limit_seconds=limit_seconds,
        output_limit=output_limit,
    )
    seconds = time.monotonic() - started
    return judged(address, ended, marks.find(ended.out, ended.err), limit_seconds, seconds)


def enclosed(marks: Marks, script: str) -> tuple[str, bytes]:
    """Return a command that runs a script between marks, and the program with which its stdin begins."""
    program = marks.enclose(script).encode()
    # Blanks, quotes and dollar signs in single quotes mean the same in sh, bash, zsh, fish, csh and tcsh.
    return f"""exec sh -c 'eval "$(dd bs=1 count={len(program)} 2>/dev/null)"'""", program


async def execute(
    words: Sequence[str],
    *,
    stdin: bytes = b"",
    limit_seconds: float,
    output_limit: int = OUTPUT_LIMIT_BYTES,
) -> Ended:
    """Run a local program, such as rsync, in a process group of its own, which is killed at the limits or a cancel."""
    try:
        transport, running = await _started(words, output_limit)
    except OSError as error:
        return Ended(None, b"", f"{words[0]}: {error.strerror}".encode(), of_start(error))
    feed = transport.get_pipe_transport(0)
    assert isinstance(feed, asyncio.WriteTransport)  # noqa: S101 - for the type checker
    feed.write(stdin)
    feed.close()  # after the rest is written
    try:
        await _first_of(running.exited, running.full, within=limit_seconds)
        if running.exited.done():
            await _first_of(running.drained, running.full, within=_DRAIN_SECONDS)
            problem = None
        else:
            problem = SshProblem.TOO_MUCH_OUTPUT if running.full.done() else SshProblem.TIME_LIMIT
    finally:
        await _end(transport, running)
    exit_code = None if problem else transport.get_returncode()
    return Ended(exit_code, bytes(running.printed[1]), bytes(running.printed[2]), problem)


class HostOutcome(Struct, Generic[T], frozen=True):
    """What was done for one host: a value, or the error that prevented it."""

    address: WorkerAddress
    value: T | None = None
    error: TorcError | None = None


async def for_each_host(
    addresses: Sequence[WorkerAddress],
    what: Callable[[WorkerAddress], Awaitable[T]],
    *,
    max_parallel: int = MAX_PARALLEL,
    on_end: Callable[[HostOutcome[T]], None] = lambda _: None,
) -> list[HostOutcome[T]]:
    """Do something for each host, at most `max_parallel` at once. Return the outcomes in the order of the addresses.

    A TorcError of one host is its outcome, and does not affect the others. `on_end` is called as each host ends.
    """
    free = asyncio.Semaphore(max_parallel)

    async def of_one(address: WorkerAddress) -> HostOutcome[T]:
        async with free:
            try:
                outcome = HostOutcome(address, await what(address))
            except TorcError as error:
                outcome = HostOutcome[T](address, None, error)
        on_end(outcome)
        return outcome

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(of_one(address)) for address in addresses]
    return [task.result() for task in tasks]


def _port(option: str, address: WorkerAddress) -> list[str]:
    return [option, str(address.port)] if address.port else []


class _Running(asyncio.SubprocessProtocol):
    """Collects what a process prints on stdout and stderr, each up to a limit."""

    def __init__(self, limit: int) -> None:
        loop = asyncio.get_running_loop()
        self.printed = {1: bytearray(), 2: bytearray()}
        self.exited, self.drained, self.full = loop.create_future(), loop.create_future(), loop.create_future()
        self._limit = limit
        self._open = set(self.printed)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Keep what was printed."""
        room = self._limit - len(self.printed[fd])
        self.printed[fd] += data[:room]
        if len(data) > room and not self.full.done():
            self.full.set_result(None)

    def pipe_connection_lost(self, fd: int, _: Exception | None) -> None:
        """Note the end of a stream."""
        self._open.discard(fd)
        if not self._open and not self.drained.done():
            self.drained.set_result(None)

    def process_exited(self) -> None:
        """Note the end of the process."""
        self.exited.set_result(None)


async def _started(words: Sequence[str], output_limit: int) -> tuple[asyncio.SubprocessTransport, _Running]:
    """Start a program in a process group of its own. If that is canceled, the group is killed."""
    loop = asyncio.get_running_loop()
    starting = asyncio.create_task(loop.subprocess_exec(lambda: _Running(output_limit), *words, start_new_session=True))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with suppress(OSError):
            await _end(*await starting)
        raise


async def _first_of(*futures: asyncio.Future[None], within: float) -> None:
    await asyncio.wait(futures, timeout=within, return_when=asyncio.FIRST_COMPLETED)


async def _end(transport: asyncio.SubprocessTransport, running: _Running) -> None:
    if not running.exited.done():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(transport.get_pid(), signal.SIGKILL)
        await asyncio.shield(running.exited)
    transport.close()
