"""The process of one tunnel. It runs an ssh with a reverse forward, and runs it again when it ends.

    python -m torc_client.remote.tunnel_process FOLDER

It has a session of its own, so that it survives the terminal. It needs no secrets: the requests that pass carry them.
ssh reads from a pipe of this process, and ends when the process is killed. The process ends by SIGTERM, some time after
the end of the worker, and if no worker was started for the tunnel.
"""

import asyncio
import os
import random
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from torc_client.remote import ssh, tunnel_scripts
from torc_client.remote.address import WorkerAddress, parse_worker
from torc_client.remote.agent.processes import own_identity
from torc_client.remote.ssh_problems import SshProblem, last_line, line_of, of_ssh, sentence_of
from torc_client.remote.tunnel_folder import KeptWorker, TunnelFolder, TunnelRecord, TunnelRequest, TunnelState
from torc_client.remote.tunnel_log import TunnelLog

LOCKED = 3
"""The exit code if another process keeps the tunnel up."""
_ALIVE_SECONDS = 5
_ALIVE_COUNT = 3
_CHECK_SECONDS = 15.0
_ANSWER_SECONDS = 20.0
_READY_SECONDS = 30.0
_END_SECONDS = 5.0
_PREPARE_SECONDS = 60.0
_LOCK_TRIES = 40
_GONE_ANSWERS = 2
_LONGEST_LINE = 4096
_WITHOUT_WORKER_SECONDS = 15 * 60.0
_DOWN_MAX_SECONDS = 7 * 24 * 3600.0
_FORWARD_FAILED = "forwarding failed"


class Fall(Struct, frozen=True):
    """Why a connection ended. `was_up`: the tunnel worked before. `is_final`: it is not made again."""

    reason: str
    hint: str = ""
    was_up: bool = False
    is_forward: bool = False
    """Whether there was a connection, and sshd made no socket."""
    is_login: bool = False
    is_final: bool = False


class TunnelProcess:
    """Keeps one tunnel up until `end` is called, or its worker has ended."""

    def __init__(self, folder: TunnelFolder, request: TunnelRequest, address: WorkerAddress, log: TunnelLog) -> None:
        self._folder = folder
        self._request = request
        self._address = address
        self._log = log
        self._ending = asyncio.Event()
        self._connection = ssh.SshConnection(request.connect_timeout_seconds, tuple(request.options))
        self._remote_folders = list(request.folders)
        self._process = own_identity()
        # A connection of its own ends with this process. A login that needs a question is possible through a control
        # master of the user's only.
        self._has_own_connection = True
        self._without_worker_since = asyncio.get_running_loop().time()

    def end(self) -> None:
        """End the tunnel."""
        self._ending.set()

    async def keep(self) -> None:
        """Keep the tunnel up. Return when it has ended."""
        clock = asyncio.get_running_loop()
        attempts, down_since = 0, clock.time()
        self._write(TunnelState.CONNECTING)
        while not self._ending.is_set():
            fall = await self._connect()
            if self._ending.is_set() or fall.is_final:
                self._log.write(fall.reason)
                self._write(TunnelState.ENDED, reason=fall.reason)
                return
            if fall.was_up:
                attempts, down_since = 0, clock.time()
            attempts += 1
            self._log.write(f"Down: {fall.reason}")
            self._write(TunnelState.DOWN, reason=fall.reason, hint=fall.hint, attempts=attempts)
            if clock.time() - down_since > _DOWN_MAX_SECONDS:
                self._write(TunnelState.ENDED, reason=f"it was down for a week: {fall.reason}", hint=fall.hint)
                return
            if not fall.was_up and fall.is_login:
                self._has_own_connection = not self._has_own_connection
            if not fall.was_up and fall.is_forward:
                await self._prepare_again()
            pause_seconds = tunnel_scripts.pause_before(attempts) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause_seconds)
        self._write(TunnelState.ENDED, reason="it was stopped")

    async def _connect(self) -> Fall:
        """Run one connection until it ends."""
        remote_folder = self._remote_folders[0]
        name = tunnel_scripts.socket_name(secrets.randbits(64))
        script = tunnel_scripts.session(remote_folder, name).encode()
        words = self._connection.ssh(
            self._address,
            *("-o", f"ServerAliveInterval={_ALIVE_SECONDS}", "-o", f"ServerAliveCountMax={_ALIVE_COUNT}"),
            *("-o", "ExitOnForwardFailure=yes", "-o", "RemoteCommand=none"),
            *(("-o", "ControlMaster=no", "-o", "ControlPath=none") if self._has_own_connection else ()),
            *("-R", f"{remote_folder}/{name}:{self._request.target}"),
        )
        # The script travels through stdin: it is not an argument, and the login shell there does not read it.
        words.append(f"""exec sh -c 'eval "$(dd bs=1 count={len(script)} 2>/dev/null)"'""")
        try:
            process = await asyncio.create_subprocess_exec(
                *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
                start_new_session=True, limit=_LONGEST_LINE,
            )  # fmt: skip
        except OSError as error:
            return Fall(f"ssh cannot be started: {error.strerror}", sentence_of(SshProblem.NO_SSH)[1])
        connection = _Connection(process, name, self._log)
        try:
            return await self._follow(connection, script, f"{remote_folder}/{tunnel_scripts.LINK}")
        finally:
            await connection.close()

    async def _follow(self, connection: "_Connection", script: bytes, socket_path: str) -> Fall:
        connection.send(script)
        limit_seconds = self._request.connect_timeout_seconds + _READY_SECONDS
        if await self._answer_or_end(connection, limit_seconds) != "ready":
            return self._failure(connection, limit_seconds)
        self._log.write(f"Up: {socket_path} leads to {self._request.target}.")
        self._write(TunnelState.UP, socket_path=socket_path, ssh_pid=connection.pid)
        num_gone = 0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CHECK_SECONDS):
                    await self._ended(connection)
            if self._ending.is_set():
                connection.send(b"end\n")
                return Fall("it was stopped", was_up=True, is_final=True)
            worker = self._folder.worker()
            answer = None if connection.has_ended else await self._ask(connection, worker)
            if answer is None:
                reason = "ssh ended" if connection.has_ended else "the host does not answer"
                detail = last_line(connection.messages)
                return Fall(f"{reason}{f' ({detail})' if detail else ''}", was_up=True)
            # A command may have begun to start another worker meanwhile.
            num_gone = num_gone + 1 if answer == "gone" and self._folder.worker() == worker else 0
            if num_gone >= _GONE_ANSWERS:
                connection.send(b"end\n")
                return Fall("its worker has ended", was_up=True, is_final=True)
            if self._is_unused(answer):
                connection.send(b"end\n")
                return Fall("no worker was started for it", was_up=True, is_final=True)

    async def _ask(self, connection: "_Connection", worker: KeptWorker | None) -> str | None:
        connection.send(b"-\n" if worker is None else f"{worker.pid} {worker.start_ticks}\n".encode())
        return await self._answer_or_end(connection, _ANSWER_SECONDS)

    def _is_unused(self, answer: str) -> bool:
        now = asyncio.get_running_loop().time()
        if answer != "open":
            self._without_worker_since = now
        return now - self._without_worker_since > _WITHOUT_WORKER_SECONDS

    async def _answer_or_end(self, connection: "_Connection", seconds: float) -> str | None:
        """Return the next answer of the script; None if there is none in this time, or the tunnel is to end."""
        answer = asyncio.create_task(connection.answer())
        ending = asyncio.create_task(self._ending.wait())
        await asyncio.wait({answer, ending}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in (answer, ending):
            task.cancel()
        await asyncio.gather(answer, ending, return_exceptions=True)
        return answer.result() if answer.done() and not answer.cancelled() else None

    async def _ended(self, connection: "_Connection") -> None:
        """Wait until ssh has ended or the tunnel is to end."""
        tasks = [asyncio.create_task(each) for each in (connection.wait(), self._ending.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _failure(self, connection: "_Connection", seconds: float) -> Fall:
        if self._ending.is_set():
            return Fall("it was stopped", is_final=True)
        messages = connection.messages
        if not connection.has_ended:
            detail = last_line(messages)
            return Fall(f"there was no connection within {seconds:.0f} s{f' ({detail})' if detail else ''}")
        if _FORWARD_FAILED in messages or connection.was_refused:
            return Fall(
                f"sshd there made no socket in {self._remote_folders[0]}",
                "It must permit it: `AllowStreamLocalForwarding yes` (or `remote`), and no `DisableForwarding`, in its"
                " sshd_config.",
                is_forward=True,
            )
        problem = of_ssh(messages)
        sentence, hint = sentence_of(problem)
        detail = line_of(problem, messages)
        return Fall(
            f"{sentence}{f' ({detail})' if detail else ''}",
            hint.replace("HOST", self._address.destination),
            is_login=problem is SshProblem.PERMISSION,
        )

    async def _prepare_again(self) -> None:
        """Create the folders again, and try the next one if none has worked yet."""
        ended = await ssh.run(
            self._address,
            tunnel_scripts.preparation(self._request.tunnel_id),
            limit_seconds=_PREPARE_SECONDS,
            connection=self._connection,
        )
        known = tunnel_scripts.prepared_folders(ended.text)
        state = self._folder.state()
        if state is not None and not state.socket_path:
            self._remote_folders.append(self._remote_folders.pop(0))
        if ended.problem is not None or self._remote_folders[0] not in known:
            self._log.write(f"The folder {self._remote_folders[0]} cannot be created there.")

    def _write(self, state: TunnelState, **members: object) -> None:
        former = self._folder.state()
        path = {"socket_path": former.socket_path} if former is not None and former.socket_path else {}
        record = TunnelRecord(
            state=state,
            process=self._process,
            since=datetime.now(UTC).isoformat(timespec="seconds"),
            **{**path, **members},  # type: ignore[arg-type]
        )
        try:
            self._folder.write(record)
        except OSError as error:
            self._log.write(f"The state cannot be written: {error.strerror}")


class _Connection:
    """An ssh that runs, with the answers of the script on the other side."""

    def __init__(self, process: asyncio.subprocess.Process, name: str, log: TunnelLog) -> None:
        self._process = process
        self._name = name
        self._log = log
        self._answers: asyncio.Queue[str | None] = asyncio.Queue()
        self.messages = ""
        self.was_refused = False
        self._readers = [asyncio.create_task(each) for each in (self._read_answers(), self._read_messages())]

    @property
    def pid(self) -> int:
        """The process id of ssh."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether ssh has ended."""
        return self._process.returncode is not None

    def send(self, line: bytes) -> None:
        """Write to the script. What a connection that has ended does not take is lost."""
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        with suppress(OSError, RuntimeError):
            self._process.stdin.write(line)

    async def answer(self) -> str | None:
        """Return the next answer of the script; None at its end."""
        answer = await self._answers.get()
        if answer is None:
            await self._process.wait()
            self._answers.put_nowait(None)
        if answer in {"missing", "unlinked"}:
            self.was_refused = True
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _END_SECONDS)
        return answer

    async def wait(self) -> None:
        """Wait for the end of ssh."""
        await self._process.wait()

    async def close(self) -> None:
        """End ssh: its script ends with its input, and removes the socket."""
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        with suppress(OSError, RuntimeError):
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _END_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*self._readers), _END_SECONDS)

    async def _read_answers(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - for the type checker
        async for line in _lines(self._process.stdout):
            name, _, answer = line.partition(" ")
            if name == self._name:
                self._answers.put_nowait(answer)
        self._answers.put_nowait(None)

    async def _read_messages(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 - for the type checker
        async for line in _lines(self._process.stderr):
            text = last_line(line)
            self.messages = f"{self.messages}\n{text}"[-_LONGEST_LINE:]
            if text:
                self._log.write(f"ssh: {text}")


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Yield the lines of a stream; of longer ones, pieces."""
    rest = b""
    while chunk := await stream.read(_LONGEST_LINE):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace")
        if len(rest) > _LONGEST_LINE:
            yield rest.decode("utf-8", "replace")
            rest = b""
    if rest:
        yield rest.decode("utf-8", "replace")


async def _run(folder: TunnelFolder, request: TunnelRequest, log: TunnelLog) -> None:
    process = TunnelProcess(folder, request, parse_worker(request.worker), log)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, process.end)
    await process.keep()


def main(path: str) -> int:
    """Keep the tunnel of a folder up, and return the exit code."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    folder = TunnelFolder(Path(path))
    lock = folder.lock_patiently(_LOCK_TRIES)
    if lock is None:
        return LOCKED
    request = folder.request()
    if request is None:
        return 1
    # The command that started it waits for this process only, and the other one is a child of init, which reaps it.
    if os.fork():
        return 0
    asyncio.run(_run(folder, request, TunnelLog(folder.log_path)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
