"""Write the files of a workflow on this host to a stream, as an archive. `torc remote collect-logs` receives it."""

import errno
import gzip
import io
import os
import stat
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from torc_client.remote.archives import MODIFIED_NS
from torc_client.remote.workflow_files import WorkflowFile, opened_folder

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_COMPRESSION = 6
_REPLACED = frozenset({errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO})
"""Errors of a name that is not a file any more: there is nothing, a link, or a socket."""


def pack(output_dir: Path, files: Sequence[WorkflowFile], out: BinaryIO) -> None:
    """Write an archive (.tar.gz) with these files to `out`. A file that was deleted or replaced is left out.

    A file that grows is packed with its length at this moment. Raises OSError.
    """
    with (
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=_COMPRESSION) as content,
        tarfile.open(fileobj=content, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for each in files:
            folder, _, name = each.name.rpartition("/")
            try:
                with opened_folder(output_dir, folder) as opened:
                    descriptor = os.open(name, _FLAGS, dir_fd=opened)
            except OSError as error:
                if error.errno in _REPLACED:
                    continue
                raise
            with os.fdopen(descriptor, "rb") as file:
                found = os.fstat(descriptor)
                if stat.S_ISREG(found.st_mode):
                    _add(archive, each.name, found, file)


def _add(archive: tarfile.TarFile, name: str, found: os.stat_result, file: BinaryIO) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = found.st_size, 0o600
    # The time decides whether the file is still the same when it is to be deleted; a float would round it.
    entry.mtime = found.st_mtime
    entry.pax_headers = {MODIFIED_NS: str(found.st_mtime_ns)}
    archive.addfile(entry, _Padded(file, found.st_size))


class _Padded(io.RawIOBase):
    """Reads exactly `size` bytes of a file: zeros follow where the file became shorter."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        content = self._file.read(wanted)
        content += b"\0" * (wanted - len(content))
        self._left -= wanted
        return content
