"""Install Torc for all workers of a workflow, and report each of them."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from torc_client.errors import TorcError
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress
from torc_client.remote.installing import as_tar, install, wheels_in
from torc_client.remote.lines import failure, failure_of
from torc_client.remote.own_wheels import make_wheels, with_dependencies


class InstalledWorker(Struct, kw_only=True, frozen=True):
    """One worker after the installation."""

    worker: str
    is_done: bool
    program: str = ""
    version: str = ""
    was_there: bool = False
    detail: str = ""
    hint: str = ""


class InstallOptions(Struct, frozen=True):
    """What is installed, by which Python. `wheels` is a folder with the wheels of Torc and all dependencies."""

    wheels: Path | None = None
    python: str | None = None
    prologue: str = ""


async def install_for_all(
    workers: Sequence[WorkerAddress], options: InstallOptions, *, max_parallel: int, say: Callable[[str], None]
) -> list[InstalledWorker]:
    """Install Torc on the host of each worker, with a line for each. Raises TorcError if there are no wheels."""
    content = await asyncio.to_thread(_wheels, options.wheels)

    async def add(worker: WorkerAddress) -> InstalledWorker:
        made = await install(
            worker,
            content,
            may_use_index=options.wheels is None,
            python=options.python,
            prologue=options.prologue,
        )
        return InstalledWorker(
            worker=worker.text, is_done=True, program=made.program, version=made.version, was_there=made.was_there
        )

    def report(ended: ssh.HostOutcome[InstalledWorker]) -> None:
        for line in _lines(_of(ended)):
            say(line)

    ended = await ssh.for_each_host(workers, add, max_parallel=max_parallel, on_end=report)
    return [_of(each) for each in ended]


def require_installed(installed: Sequence[InstalledWorker]) -> None:
    """Raise TorcError if an installation failed."""
    failed = [each.worker for each in installed if not each.is_done]
    if failed:
        raise TorcError(f"Torc is not installed for {', '.join(failed)}, so no worker was started.", "See above.")


def _wheels(folder: Path | None) -> bytes:
    if folder is not None:
        return as_tar(wheels_in(folder))
    with tempfile.TemporaryDirectory() as made:
        # Dependencies too: hosts like this one then need no index.
        return as_tar(make_wheels(Path(made), with_dependencies()))


def _of(ended: ssh.HostOutcome[InstalledWorker]) -> InstalledWorker:
    if ended.value is not None:
        return ended.value
    detail, hint = failure_of(ended.address, ended.error)
    return InstalledWorker(worker=ended.address.text, is_done=False, detail=detail, hint=hint)


def _lines(worker: InstalledWorker) -> list[str]:
    if not worker.is_done:
        return failure(worker.worker, worker.detail, worker.hint)
    done = "is already installed as" if worker.was_there else "installed as"
    return [f"  [OK] {worker.worker}: torc {worker.version} {done} {worker.program}"]
