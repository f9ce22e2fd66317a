"""Receive the logs of a worker as an archive: complete, checked, and under a name that no other archive has."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from torc_client.edge.output_files import make_folder
from torc_client.errors import TorcError
from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.bootstrap import missing_agent
from torc_client.remote.agent.output_files import PackRequest, PackResult
from torc_client.remote.agent.protocol import ANSWER_MARK, AgentError, decode_answer
from torc_client.remote.archives import archive_name, files_of_archive, holds_all_of
from torc_client.remote.ssh import DEFAULT_CONNECTION, SshConnection
from torc_client.remote.streamed import run_to
from torc_client.remote.workflow_files import WorkflowFile

_LONGEST_ANSWER = 1024**2
_TRIES = 100


class Collected(Struct, frozen=True):
    """The archive of a worker. `path` is None if the worker's host has no files of the workflow."""

    output_dir: str
    path: Path | None
    files: list[WorkflowFile]
    size_bytes: int = 0


async def collect(
    address: WorkerAddress,
    request: PackRequest,
    script: str,
    folder: Path,
    connection: SshConnection = DEFAULT_CONNECTION,
) -> Collected:
    """Receive the files of a workflow from a worker as an archive in a folder here. Raises TorcError.

    `script` starts the agent. The archive gets its name when it is complete, checked and on disk.
    """
    with _unfinished(folder) as (file, unfinished):
        receiver = _Receiver(file)
        try:
            completed = await run_to(
                address, script, receiver.take, stdin=msgspec.json.encode(request), connection=connection
            )
        except OSError as error:
            raise _cannot_write(folder, error) from error
        answer = decode_answer(receiver.head, PackResult)
        if answer is None:
            completed.require()
            raise missing_agent(receiver.head, completed.error_text)
        if answer.result is None:
            raise AgentError(answer.error or "torc there gave no result", answer.hint or None)
        result = answer.result
        completed.require()
        if not result.files:
            if request.output_dir is not None and not result.is_folder:
                raise AgentError(f"there is no folder {result.output_dir}", "Correct --remote-output-dir.")
            return Collected(result.output_dir, None, [])
        try:
            os.fsync(file.fileno())
            files = await asyncio.to_thread(files_of_archive, unfinished, request.workflow_id)
            path = _named(unfinished, folder, request.workflow_id, address, files)
        except OSError as error:
            raise _cannot_write(folder, error) from error
    return Collected(result.output_dir, path, files, path.stat().st_size)


class _Receiver:
    """Divides what the agent sends: the answer, and the archive, which goes to a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._has_answer = False
        self.head = b""

    def take(self, chunk: bytes) -> None:
        """Take the next piece."""
        if self._has_answer:
            self._file.write(chunk)
            return
        self.head += chunk
        start = self.head.find(f"\n{ANSWER_MARK}\n".encode())
        end = -1 if start < 0 else self.head.find(b"\n", start + len(ANSWER_MARK) + 2)
        if end >= 0:
            self._has_answer = True
            self._file.write(self.head[end + 1 :])
            self.head = self.head[: end + 1]
        elif len(self.head) > _LONGEST_ANSWER:
            raise AgentError("the prologue or torc there prints too much", "Let the prologue print on stderr.")


@contextmanager
def _unfinished(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a file without its final name, which is removed at the end. Raises TorcError."""
    try:
        make_folder(folder, 0o700)
        descriptor, name = tempfile.mkstemp(prefix=".torc_logs_", dir=folder)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            yield file, path
    finally:
        with suppress(OSError):
            path.unlink()


def _named(unfinished: Path, folder: Path, workflow_id: int, address: WorkerAddress, files: list[WorkflowFile]) -> Path:
    """Give an archive its name: that of the latest one if this one has all of its files, else the next free one.

    Files that were deleted on the host after an earlier collection stay in the earlier archive. Raises OSError.
    """
    for number in range(1, _TRIES):
        path = folder / archive_name(workflow_id, address, number)
        following = folder / archive_name(workflow_id, address, number + 1)
        if not path.exists():
            try:
                os.link(unfinished, path)  # unlike a rename, it fails if another command was faster
            except FileExistsError:
                continue
            break
        if not following.exists() and holds_all_of(path, workflow_id, files):
            unfinished.rename(path)
            break
    else:
        raise TorcError(f"{folder} has too many archives of {address}.", "Move them away, and collect again.")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return path


def _cannot_write(folder: Path, error: OSError) -> TorcError:
    return TorcError(
        f"{folder} cannot be written: {error.strerror or error}.", "Choose another folder with --local-output-dir."
    )
