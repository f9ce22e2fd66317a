"""The archives that `torc remote collect-logs` writes: names that cannot collide, and the check of what a host sent."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from torc_client.edge.terminal_text import inert_line
from torc_client.errors import TorcError
from torc_client.remote.address import WorkerAddress
from torc_client.remote.workflow_files import WorkflowFile, is_of_workflow

_LONGEST_SHOWN = 80
_PIECE_BYTES = 1024**2
MODIFIED_NS = "TORC.mtime_ns"
"""The member of an entry's header with the time of the file in nanoseconds."""


def archive_name(workflow_id: int, worker: WorkerAddress, number: int = 1) -> str:
    """Return the file name of the archive of a worker. `number` distinguishes archives of one worker."""
    suffix = "" if number == 1 else f".{number}"
    return f"torc_logs_{workflow_id}_{worker.file_name}{suffix}.tar.gz"


def files_of_archive(path: Path, workflow_id: int) -> list[WorkflowFile]:
    """Return the files in a received archive, after a check of every entry. Nothing is unpacked.

    Raises TorcError if the archive is incomplete, or has an entry that is not a file of the workflow in an output
    folder: an absolute path, `..`, a link, a device, a second entry of a name.
    """
    found: dict[str, WorkflowFile] = {}
    try:
        with gzip.open(path) as content, tarfile.open(fileobj=_BoundedReads(content), mode="r:") as archive:
            for entry in archive:
                if not entry.isreg() or entry.issparse() or entry.name in found:
                    raise _unsafe(entry.name)
                if not is_of_workflow(entry.name, workflow_id):
                    raise _unsafe(entry.name)
                found[entry.name] = WorkflowFile(entry.name, entry.size, _modified_ns(entry))
            while content.read(_PIECE_BYTES):
                pass  # the checksum of the archive is at its end
    except (tarfile.TarError, EOFError, OSError, ValueError, RecursionError, zlib.error) as error:
        raise TorcError(f"The archive is incomplete or damaged: {error}.", "Collect the logs again.") from error
    return [*found.values()]


def holds_all_of(path: Path, workflow_id: int, files: Iterable[WorkflowFile]) -> bool:
    """Whether each file of an earlier archive is among `files`, at least as long. An unreadable archive is not."""
    sizes = {each.name: each.size for each in files}
    try:
        earlier = files_of_archive(path, workflow_id)
    except TorcError:
        return False
    return all(sizes.get(each.name, -1) >= each.size for each in earlier)


class _BoundedReads(io.RawIOBase):
    """The content of an archive. The headers of an entry cannot request more memory than a limit."""

    def __init__(self, content: gzip.GzipFile) -> None:
        self._content = content

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= _PIECE_BYTES:
            raise tarfile.ReadError("a header is too long")
        return self._content.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell()


def _modified_ns(entry: tarfile.TarInfo) -> int:
    return int(entry.pax_headers.get(MODIFIED_NS, -1))


def _unsafe(name: str) -> TorcError:
    shown = inert_line(name)[:_LONGEST_SHOWN]
    return TorcError(
        f"The archive has an entry that is not a file of the workflow: {shown}.",
        "The archive was not kept. Check which program the host runs as torc.",
    )
