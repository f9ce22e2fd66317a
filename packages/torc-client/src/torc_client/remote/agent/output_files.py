"""The output folder of a worker on its host: its files of a workflow are packed, or deleted."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from torc_client.edge.terminal_text import inert_line
from torc_client.journal.files import abandoned, journals
from torc_client.remote.agent.condition import Condition, facts_of
from torc_client.remote.agent.protocol import AgentError, WorkerRequest
from torc_client.remote.agent.worker_folder import WorkerFolder
from torc_client.remote.deletion import delete, real_folder, require_output_folder
from torc_client.remote.packing import pack
from torc_client.remote.record_folder import state_home
from torc_client.remote.workflow_files import WorkflowFile, files_in
from torc_client.text import count

USUAL_OUTPUT_DIR = "torc_output"


class PackRequest(WorkerRequest, kw_only=True, tag="pack_files"):
    """Return the files of the workflow in an output folder, as an archive that follows the answer."""

    output_dir: str | None = None
    """None for the folder with which the worker was started last, or `torc_output`."""


class PackResult(Struct, kw_only=True, frozen=True):
    """What the archive contains. It does not follow if there are no files."""

    output_dir: str
    is_folder: bool
    files: int
    size_bytes: int


class DeleteFilesRequest(WorkerRequest, kw_only=True, tag="delete_files"):
    """Delete the files of the workflow in an output folder, unless a runner of the workflow uses it."""

    output_dir: str | None = None
    only: list[WorkflowFile] | None = None
    """Delete only these files, if they have not changed. None for all files of the workflow."""


class DeleteFilesResult(Struct, kw_only=True, frozen=True):
    """What was deleted, and what was kept: files that have changed, and journals with results that were not sent."""

    output_dir: str
    files: int = 0
    size_bytes: int = 0
    changed: list[str] = []
    journals: list[str] = []


class Packed(Struct, frozen=True):
    """A result that is followed by an archive."""

    result: PackResult
    folder: Path
    content: list[WorkflowFile]

    def write(self, out: BinaryIO) -> None:
        """Write the archive. Raises OSError."""
        if self.content:
            pack(self.folder, self.content, out)


def pack_files(request: PackRequest) -> Packed:
    """Find the files of a workflow to pack. Raises AgentError."""
    folder = _folder(request, request.output_dir)
    with _reported(folder):
        is_folder = folder.is_dir()
        found = files_in(folder, request.workflow_id) if is_folder else []
    total = sum(each.size for each in found)
    result = PackResult(output_dir=str(folder), is_folder=is_folder, files=len(found), size_bytes=total)
    return Packed(result, folder, found)


def delete_files(request: DeleteFilesRequest) -> DeleteFilesResult:
    """Delete files of a workflow. Raises AgentError while a runner of the workflow uses the folder."""
    folder = _folder(request, request.output_dir)
    require_output_folder(folder, Path.home())
    if not folder.is_dir():
        return DeleteFilesResult(output_dir=str(folder))
    with ExitStack() as stack, _reported(folder):
        _lock_workers(request, folder, stack)
        _require_no_runner(request, folder)
        found = files_in(folder, request.workflow_id) if request.only is None else request.only
        deleted = delete(folder, request.workflow_id, found, only_unchanged=request.only is not None)
    if deleted.refused:
        deletions = f"{count('file', deleted.files)} in {folder} deleted, and {len(deleted.refused)} not"
        raise AgentError(
            f"{deletions} ({deleted.refused[0]})",
            "Let the user who owns the files delete them.",
        )
    return DeleteFilesResult(
        output_dir=str(folder),
        files=deleted.files,
        size_bytes=deleted.bytes,
        changed=deleted.changed,
        journals=deleted.journals,
    )


def _folder(request: WorkerRequest, chosen: str | None) -> Path:
    """Return the output folder: the chosen one, else the one of the worker's last start, else the usual one."""
    if chosen is None:
        record = WorkerFolder.of(request).worker()
        chosen = USUAL_OUTPUT_DIR if record is None else record.output_dir
    return real_folder(chosen, Path.home())


def _lock_workers(request: WorkerRequest, folder: Path, stack: ExitStack) -> None:
    """Lock all workers of the workflow that have this output folder, so that none starts now.

    Workers of other servers count too: their workflow can have the same id.
    """
    for path in sorted((state_home() / "workers").glob(f"*/{int(request.workflow_id)}/*")):
        worker = WorkerFolder(path)
        record = worker.worker()
        if record is None or Path(os.path.realpath(record.output_dir)) != folder:
            continue
        lock = worker.lock()
        if lock is not None:
            stack.callback(os.close, lock)
        facts = facts_of(worker, has_lock=lock is not None)
        if lock is None or facts.is_alive:
            where = f" on {facts.host}" if facts.condition is Condition.ELSEWHERE else ""
            pid = f" (PID {facts.pid})" if facts.pid else ""
            raise AgentError(
                f"the worker {inert_line(record.worker)} uses {folder}, and runs{where}{pid}",
                f"Stop it first: torc remote stop {request.workflow_id}",
            )


def _require_no_runner(request: WorkerRequest, folder: Path) -> None:
    """Require that no runner has locked a journal of the workflow: a runner that was started by hand, for example."""
    for each in journals(folder):
        if each.workflow_id != request.workflow_id:
            continue
        with abandoned(each.path) as contents:
            if contents is None and each.path.exists():
                raise AgentError(f"a runner of workflow {request.workflow_id} uses {folder}", "Stop it first.")


@contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AgentError(
            f"{error.filename or folder} cannot be used there: {error.strerror}", f"Check the permissions of {folder}."
        ) from error
