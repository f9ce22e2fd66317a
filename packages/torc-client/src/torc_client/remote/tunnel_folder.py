"""The folder of this machine with the state of one tunnel, with mode 0700 and files with mode 0600.

~/.local/state/torc/tunnels/SERVER/WORKFLOW/WORKER/
    lock           locked by the tunnel process for its whole life
    opening        locked by a command that starts or ends the tunnel process
    request.json   what the tunnel process keeps up
    state.json     what it does
    worker.json    the process of the worker there, for which the tunnel is kept up
    log            what happened, and the messages of ssh
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import quote

from msgspec import Struct

from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.processes import ProcessIdentity
from torc_client.remote.record_folder import RecordFolder, state_home

_STEP_SECONDS = 0.05


class TunnelState(StrEnum):
    """What a tunnel does."""

    NONE = "none"
    """There is none for this worker."""
    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"
    """Its connection fell or failed, and its tunnel process tries again."""
    ENDED = "ended"
    """Its tunnel process ended on request, or because its worker has ended."""
    DEAD = "dead"
    """Its tunnel process was killed."""


class TunnelRequest(Struct, frozen=True, kw_only=True):
    """What a tunnel process keeps up. `target` is on this side, `folders` are on the host of the worker."""

    worker: str
    tunnel_id: str
    target: str
    folders: list[str]
    connect_timeout_seconds: int
    options: list[str] = []
    """Further options of ssh."""


class TunnelRecord(Struct, frozen=True, kw_only=True):
    """What a tunnel process does, since when, and why. `attempts` counts the failures in succession."""

    state: TunnelState
    process: ProcessIdentity | None = None
    socket_path: str = ""
    since: str = ""
    attempts: int = 0
    reason: str = ""
    hint: str = ""
    ssh_pid: int | None = None


class KeptWorker(Struct, frozen=True):
    """A process on the host of the worker."""

    pid: int
    start_ticks: int


class TunnelFolder(RecordFolder):
    """The folder of one tunnel."""

    files: ClassVar[Mapping[type[Struct], str]] = {
        TunnelRequest: "request.json",
        TunnelRecord: "state.json",
        KeptWorker: "worker.json",
    }

    @classmethod
    def of(
        cls, server: str, workflow_id: int, worker: WorkerAddress, environment: Mapping[str, str] = os.environ
    ) -> Self:
        """Return the folder of the tunnel of a worker. `server` identifies the database of the server."""
        name = quote(server, safe="").lstrip(".") or "unknown"
        return cls(state_home(environment) / "tunnels" / name / str(workflow_id) / worker.file_name)

    @property
    def log_path(self) -> Path:
        """The log of the tunnel process."""
        return self.path / "log"

    def request(self) -> TunnelRequest | None:
        """Return what the tunnel process keeps up."""
        return self.read(TunnelRequest)

    def state(self) -> TunnelRecord | None:
        """Return what the tunnel process wrote last."""
        return self.read(TunnelRecord)

    def worker(self) -> KeptWorker | None:
        """Return the process for which the tunnel is kept up."""
        return self.read(KeptWorker)

    def lock_patiently(self, tries: int) -> int | None:
        """Lock as the tunnel process. A command that looks for it has the lock for a moment. Raises OSError."""
        for _ in range(tries):
            descriptor = self.lock()
            if descriptor is not None:
                return descriptor
            time.sleep(_STEP_SECONDS)
        return None

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Exclude other commands that start or end the tunnel process. Raises OSError."""
        while (descriptor := self.lock("opening")) is None:
            time.sleep(_STEP_SECONDS)
        try:
            yield
        finally:
            os.close(descriptor)

    def has_process(self) -> bool:
        """Whether a tunnel process runs."""
        try:
            descriptor = self.lock()
        except OSError:
            return False
        if descriptor is None:
            return True
        os.close(descriptor)
        return False
