"""Start the programs of an environment: cold, as a shell does, or forked from a process that has imported them."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self

from everyday import warm


class Process(Protocol):
    """A started program. `wait` returns the exit code, negative for a signal, or None after `seconds`."""

    pid: int

    def wait(self, seconds: float) -> int | None: ...


class ColdProcess:
    """A program that was started by its path."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen
        self.pid = popen.pid

    def wait(self, seconds: float) -> int | None:
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


class WarmProcess:
    """A program that was forked."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        (self.pid,) = warm.ANSWER.unpack(connection.recv(warm.ANSWER.size, socket.MSG_WAITALL))
        self._code: int | None = None

    def wait(self, seconds: float) -> int | None:
        if self._code is None and select.select([self._connection], [], [], seconds)[0]:
            (status,) = warm.ANSWER.unpack(self._connection.recv(warm.ANSWER.size, socket.MSG_WAITALL))
            self._code = os.waitstatus_to_exitcode(status)
            self._connection.close()
        return self._code


class Programs:
    """The programs in `directory`, the `bin` of an environment. `root` is a directory for the socket."""

    def __init__(self, directory: Path, root: Path) -> None:
        self.directory = directory
        self._socket = root / "warm"
        root.mkdir(parents=True, exist_ok=True)
        self._warm = subprocess.Popen(
            [directory / "python", Path(warm.__file__), self._socket],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            # The environment that /proc shows for forked programs: their home is found by it.
            env={"HOME": str(root), "PATH": os.environ["PATH"]},
        )  # fmt: skip
        assert self._warm.stdout is not None
        assert self._warm.stdout.readline() == b"ready\n"

    @property
    def own_pid(self) -> int:
        """The process that forks; it is not left behind by a program."""
        return self._warm.pid

    def start(
        self, words: Sequence[str], directory: Path, environment: Mapping[str, str], output: Path, *, cold: bool
    ) -> Process:
        """Start a program with both outputs appended to a file."""
        with output.open("ab") as file, Path(os.devnull).open("rb") as nothing:
            if cold:
                popen = subprocess.Popen(
                    [self.directory / words[0], *words[1:]],
                    cwd=directory, env=environment, stdin=nothing, stdout=file, stderr=file, process_group=0,
                )  # fmt: skip
                return ColdProcess(popen)
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(self._socket))
            message = json.dumps({"words": words, "directory": str(directory), "environment": dict(environment)})
            socket.send_fds(connection, [message.encode()], [nothing.fileno(), file.fileno(), file.fileno()])
            return WarmProcess(connection)

    def close(self) -> None:
        """End the process that forks."""
        self._warm.send_signal(signal.SIGKILL)
        self._warm.wait()
        for pipe in (self._warm.stdin, self._warm.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


OF_THIS_ENVIRONMENT = Path(sys.executable).parent
