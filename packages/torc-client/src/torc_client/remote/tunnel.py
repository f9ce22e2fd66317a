"""Tunnels: UNIX sockets on the hosts of workers that lead to the server, each by an ssh that this machine keeps up."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from torc_client.address import parse_address, tunnel_url
from torc_client.errors import TorcError
from torc_client.remote import ssh, tunnel_scripts
from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.processes import await_end, send_signal
from torc_client.remote.tunnel_folder import KeptWorker, TunnelFolder, TunnelRecord, TunnelRequest, TunnelState

OPEN_SECONDS = 60.0
_PREPARE_SECONDS = 60.0
_END_SECONDS = 15.0
_STEP_SECONDS = 0.05
_SECRET_WORDS = ("PASSWORD", "COOKIE", "TOKEN", "SECRET", "CREDENTIAL")


class TunnelError(TorcError):
    """A tunnel could not be made."""


class TunnelFacts(Struct, frozen=True, kw_only=True):
    """What a tunnel does, as a record for users."""

    state: TunnelState
    socket_path: str = ""
    """The path on the host of the worker."""
    since: str = ""
    attempts: int = 0
    reason: str = ""
    hint: str = ""
    process_pid: int | None = None
    ssh_pid: int | None = None
    log: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether a tunnel process runs."""
        return self.state in {TunnelState.CONNECTING, TunnelState.UP, TunnelState.DOWN}


class Tunnels:
    """The tunnels of the workers of one workflow. `server` identifies the database of its server."""

    def __init__(self, server: str, workflow_id: int, environment: Mapping[str, str] = os.environ) -> None:
        self._server = server
        self._workflow_id = workflow_id
        self._environment = environment

    def facts(self, worker: WorkerAddress) -> TunnelFacts:
        """Return what the tunnel of a worker does."""
        return _facts(self._folder(worker))

    async def open(
        self,
        worker: WorkerAddress,
        server_url: str,
        *,
        connection: ssh.SshConnection = ssh.DEFAULT_CONNECTION,
        limit_seconds: float = OPEN_SECONDS,
    ) -> TunnelFacts:
        """Make a tunnel to a server, unless there is one that works. Raises TunnelError, and RemoteError of ssh."""
        target = tunnel_scripts.forward_target(parse_address(server_url))
        folder = self._folder(worker)
        try:
            folder.create()
            with folder.opening():
                return await self._opened(folder, worker, target, connection, limit_seconds)
        except OSError as error:
            raise TunnelError(
                f"The folder {folder.path} cannot be used: {error.strerror}.",
                "Check its permissions and the free space; XDG_STATE_HOME chooses another folder.",
            ) from error

    async def close(self, worker: WorkerAddress) -> bool:
        """End the tunnel of a worker. Return whether there was one. Raises TunnelError if its process stays."""
        folder = self._folder(worker)
        if not folder.path.is_dir():
            return False
        with folder.opening():
            was_kept = folder.has_process()
            await _end_process(folder)
        return was_kept

    def keep_for(self, worker: WorkerAddress, pid: int, start_ticks: int) -> None:
        """Let the tunnel end with a process on the host of the worker. Raises OSError."""
        self._folder(worker).write(KeptWorker(pid, start_ticks))

    def _folder(self, worker: WorkerAddress) -> TunnelFolder:
        return TunnelFolder.of(self._server, self._workflow_id, worker, self._environment)

    async def _opened(
        self,
        folder: TunnelFolder,
        worker: WorkerAddress,
        target: str,
        connection: ssh.SshConnection,
        limit_seconds: float,
    ) -> TunnelFacts:
        former, facts = folder.request(), _facts(folder)
        if facts.state is TunnelState.UP and former is not None and former.target == target:
            # Otherwise the tunnel would end with a worker that died, before the next one has started.
            folder.forget(KeptWorker)
            facts = _facts(folder)
            if facts.state is TunnelState.UP:
                return facts
        await _end_process(folder)
        tunnel_id = secrets.token_hex(8) if former is None else former.tunnel_id
        completed = await ssh.run(
            worker, tunnel_scripts.preparation(tunnel_id), limit_seconds=_PREPARE_SECONDS, connection=connection
        )
        folders = tunnel_scripts.prepared_folders(completed.require().text)
        if not folders:
            raise TunnelError(
                f"There is no folder on {worker.host} for the socket of the tunnel.",
                "The login there needs ~/.local/state or /tmp, in which only it may write to the new folder.",
            )
        # A worker that still runs uses the former path.
        known = str(Path(facts.socket_path).parent)
        request = TunnelRequest(
            worker=worker.text,
            tunnel_id=tunnel_id,
            target=target,
            folders=[known] if known in folders else folders,
            connect_timeout_seconds=connection.connect_timeout_seconds,
            options=list(connection.options),
        )
        folder.forget(TunnelRecord, KeptWorker)
        folder.write(request)
        exit_code = await asyncio.to_thread(self._start_process, folder)
        if exit_code:
            raise TunnelError(
                f"The process of the tunnel did not start: exit code {exit_code}.", f"Look at {folder.log_path}."
            )
        return await _await_up(folder, len(request.folders), limit_seconds)

    def _start_process(self, folder: TunnelFolder) -> int:
        """Start the tunnel process in the background, and return the exit code of its first part."""
        # The requests that pass carry their credentials. The process needs none.
        environment = {
            name: value
            for name, value in self._environment.items()
            if not (name.startswith("TORC_") and any(word in name for word in _SECRET_WORDS))
        }
        return subprocess.call(
            [sys.executable, "-P", "-m", "torc_client.remote.tunnel_process", str(folder.path)],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def url_through(facts: TunnelFacts, server_url: str) -> str:
    """Return the URL of the server for a worker that uses a tunnel."""
    return tunnel_url(facts.socket_path, server_url)


def _facts(folder: TunnelFolder) -> TunnelFacts:
    known = folder.state()
    has_process = folder.path.is_dir() and folder.has_process()
    if known is None:
        return TunnelFacts(state=TunnelState.CONNECTING if has_process else TunnelState.NONE, log=str(folder.log_path))
    is_own = has_process or known.state is TunnelState.ENDED
    return TunnelFacts(
        state=known.state if is_own else TunnelState.DEAD,
        socket_path=known.socket_path,
        since=known.since,
        attempts=known.attempts,
        reason=known.reason if is_own else "its process was killed",
        hint=known.hint if is_own else "Run `torc remote run` again, which makes it again.",
        process_pid=known.process.pid if has_process and known.process is not None else None,
        ssh_pid=known.ssh_pid if known.state is TunnelState.UP and has_process else None,
        log=str(folder.log_path),
    )


async def _await_up(folder: TunnelFolder, attempts: int, limit_seconds: float) -> TunnelFacts:
    """Wait until the tunnel works. Ends it and raises TunnelError if it does not after `attempts`."""
    loop = asyncio.get_running_loop()
    until = loop.time() + limit_seconds
    while loop.time() < until:
        known = folder.state()
        if known is not None and known.state is TunnelState.UP:
            return _facts(folder)
        if known is not None and known.attempts >= attempts:
            break
        await asyncio.sleep(_STEP_SECONDS)
    known = folder.state() or TunnelRecord(state=TunnelState.NONE, reason="its process ended")
    await _end_process(folder)
    reason = known.reason or f"there was no connection within {limit_seconds:.0f} s"
    raise TunnelError(f"The tunnel could not be made: {reason}.", known.hint or f"{folder.log_path} has the messages.")


async def _end_process(folder: TunnelFolder) -> None:
    if not folder.has_process():
        return
    known = folder.state()
    if known is None or known.process is None:
        raise TunnelError(
            f"The process of the tunnel has not written its process id to {folder.path}.", "Try again in a moment."
        )
    for number, seconds in ((signal.SIGTERM, _END_SECONDS), (signal.SIGKILL, _END_SECONDS)):
        if not send_signal(known.process, number) or await asyncio.to_thread(await_end, known.process, seconds):
            break
    if folder.has_process():
        place = f" on {known.process.host}" if known.process.is_elsewhere else ""
        raise TunnelError(
            f"The process of the tunnel, {known.process.pid}{place}, does not end.", "End it there by hand."
        )
