"""Processes of this host that are identified beyond doubt: a process id alone may belong to another process later."""

import os
import select
import signal
import socket
import time
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from torc_client.host_identity import start_ticks

_STEP_SECONDS = 0.05


class ProcessIdentity(Struct, frozen=True):
    """A process: its id, its start in ticks since boot, the boot, and the PID namespace in which the id is valid."""

    pid: int
    start_ticks: int
    boot_id: str
    pid_namespace: str = ""
    host: str = ""

    @property
    def is_of_this_boot(self) -> bool:
        """Whether the process began on this machine, since its last start."""
        return self.boot_id == boot_id()

    @property
    def is_elsewhere(self) -> bool:
        """Whether the process began on another machine, which has the same home folder and address."""
        return not self.is_of_this_boot and self.host != socket.gethostname()

    @property
    def is_visible(self) -> bool:
        """Whether a process with this id would be the same one as seen from here."""
        return self.is_of_this_boot and self.pid_namespace in {"", _pid_namespace()}

    @property
    def is_alive(self) -> bool:
        """Whether the process runs. A zombie does not run."""
        return self.is_visible and start_ticks(self.pid) == self.start_ticks


def own_identity() -> ProcessIdentity:
    """Return the identity of this process."""
    pid = os.getpid()
    return ProcessIdentity(pid, start_ticks(pid) or 0, boot_id(), _pid_namespace(), socket.gethostname())


def running_python_module(module: str, argument: str) -> list[tuple[ProcessIdentity, list[str]]]:
    """Return the processes of this user that run `python -m MODULE ARGUMENT ...`, each with the further arguments."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if folder.stat().st_uid != os.getuid():
                continue
            words = (folder / "cmdline").read_bytes().decode("utf-8", "surrogateescape").split("\0")
        except OSError:  # it has ended
            continue
        at = next((n for n, pair in enumerate(pairwise(words)) if pair == ("-m", module)), None)
        if at is None or words[at + 2 : at + 3] != [argument]:
            continue
        pid = int(folder.name)
        ticks = start_ticks(pid)
        if ticks is not None:
            process = ProcessIdentity(pid, ticks, boot_id(), _pid_namespace(), socket.gethostname())
            found.append((process, words[at + 3 :]))
    return found


def boot_id() -> str:
    """Return the random id of the current boot of this host."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def send_signal(process: ProcessIdentity, number: signal.Signals) -> bool:
    """Signal a process, and no other one that has its id. Return whether it was alive. Raises OSError."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        # The descriptor is that of the process which has the id now, and stays with it.
        if not process.is_alive:
            return False
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


def await_end(process: ProcessIdentity, seconds: float) -> bool:
    """Wait until a process has ended, at most for this time. Return whether it has."""
    until = time.monotonic() + seconds
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return True
    try:
        if process.is_alive:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            poll.poll(1000 * max(0.0, seconds))
    finally:
        os.close(descriptor)
    # A process that was killed while it waits in the kernel ends later.
    while process.is_alive:
        if time.monotonic() >= until:
            return False
        time.sleep(_STEP_SECONDS)
    return True


def _pid_namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")  # noqa: PTH115  the text, not a path
    except OSError:
        return ""
