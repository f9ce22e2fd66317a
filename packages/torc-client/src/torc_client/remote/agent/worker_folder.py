"""The folder in which a host stores the state of one worker, with mode 0700 and files with mode 0600.

~/.local/state/torc/workers/SERVER/WORKFLOW/WORKER/
    lock         locked by the runner for its whole life
    worker.json  what was started, and the process; written by that process
    ready.json   the compute node, written by the runner when the server accepts it, and touched when it answers
    ended.json   the exit code, written by the process at its end
    stop.json    the process that was asked to stop
    token, ca    secrets, which are removed at the end of the worker
"""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import quote

from msgspec import Struct

from torc_client.edge.output_files import PRIVATE, write_text
from torc_client.remote.agent.processes import ProcessIdentity
from torc_client.remote.agent.protocol import WorkerRequest
from torc_client.remote.record_folder import RecordFolder, state_home

_LONGEST_NAME = 150


class WorkerRecord(Struct, frozen=True):
    """What was started. `process` is None until the process has begun."""

    worker: str
    workflow_id: int
    url: str
    version: str
    output_dir: str
    log: str
    log_offset: int
    started_at: str
    process: ProcessIdentity | None = None


class ReadyRecord(Struct, frozen=True):
    """The compute node that the server has for a runner. The runner writes it."""

    pid: int
    compute_node_id: int
    runner_id: str


class EndRecord(Struct, frozen=True):
    """How a process ended."""

    exit_code: int


class WorkerFolder(RecordFolder):
    """The folder of one worker."""

    files: ClassVar[Mapping[type[Struct], str]] = {
        WorkerRecord: "worker.json",
        ReadyRecord: "ready.json",
        EndRecord: "ended.json",
        ProcessIdentity: "stop.json",
    }

    @classmethod
    def of(cls, request: WorkerRequest, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the folder of the worker that a request is about."""
        server, worker = _file_name(request.server), _file_name(request.worker)
        return cls(state_home(environment) / "workers" / server / str(request.workflow_id) / worker)

    @property
    def ready_path(self) -> Path:
        """The file that the runner writes when the server has accepted it."""
        return self.path / self.files[ReadyRecord]

    @property
    def token_path(self) -> Path:
        """The file with the token for the server."""
        return self.path / "token"

    @property
    def ca_path(self) -> Path:
        """The file with the certificate authority to trust."""
        return self.path / "ca"

    def worker(self) -> WorkerRecord | None:
        """Return what was started last."""
        return self.read(WorkerRecord)

    def ready(self) -> ReadyRecord | None:
        """Return the compute node of the runner."""
        return self.read(ReadyRecord)

    def end(self) -> EndRecord | None:
        """Return how the process ended, or None if it runs or was killed."""
        return self.read(EndRecord)

    def stopping(self) -> ProcessIdentity | None:
        """Return the process that was asked to stop."""
        return self.read(ProcessIdentity)

    def write_secrets(self, token: str | None, tls_ca: str | None) -> None:
        """Write the secrets of a worker, and remove those of an earlier one. Raises OSError."""
        for path, text in ((self.token_path, token), (self.ca_path, tls_ca)):
            path.unlink(missing_ok=True)
            if text is not None:
                write_text(path, f"{text.strip()}\n", PRIVATE)

    def remove_secrets(self) -> None:
        """Remove the secrets after the end of a worker."""
        for path in (self.token_path, self.ca_path):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def forget_last(self) -> None:
        """Remove what is known of the last worker, before another one starts. Raises OSError."""
        self.forget(*self.files)

    def heard_seconds(self) -> float | None:
        """Return the time since the server answered the runner, by the clock of this host."""
        try:
            return max(0.0, time.time() - self.ready_path.stat().st_mtime)
        except OSError:
            return None

    def is_locked(self) -> bool:
        """Whether a process holds the lock."""
        try:
            with _opened(self.path / "lock") as descriptor:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


def _file_name(text: str) -> str:
    """Return the name of a folder, which is different for each text."""
    # A name of dots means another folder.
    name = quote(text, safe="@=+$") if text.strip(".") else f"={text.replace('.', '%2E')}"
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME]}-{sha256(text.encode()).hexdigest()[:16]}"


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
