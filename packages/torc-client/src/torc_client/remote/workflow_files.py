"""The files of one workflow in an output folder, by name. Files of users and of other workflows have other names."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torc_client.journal.files import FOLDER as JOURNALS
from torc_client.log_files.names import STDIO_FOLDER
from torc_client.resource_metrics.tables import FOLDER as SAMPLES

ACTION_FOLDER: Final = "action_stdio"
FOLDERS: Final = (STDIO_FOLDER, ACTION_FOLDER, SAMPLES, JOURNALS)
"""The folders that runners create in an output folder."""

_NAMES: Final = {
    "": (
        r"job_runner_.+_wf{id}_(?:r\d+|sl[^_]+_n\d+_pid\d+)\.log|watch_.+_wf{id}\.log|torc_worker_{id}\.(?:log|pid)"
        r"|torc_worker_wf{id}(?:_[^/]+)?\.log"
        r"|[a-z]+_output_wf{id}_sl[^/]+\.[oe]|(?:dmesg_[a-z]+|[a-z]+_env)_wf{id}_sl[^/]+\.log"
    ),
    STDIO_FOLDER: r"job_wf{id}_j\d+_r\d+_a\d+\.(?:recovery\.)?(?:o|e|log)",
    ACTION_FOLDER: r"action_wf{id}_a\d+_r\d+_n\d+_c\d+\.[oe]",
    SAMPLES: r"resource_metrics_(?:monitor_)?wf{id}_h[^/]+\.db(?:-wal|-shm|-journal)?",
    JOURNALS: r"offline_results_wf{id}_r\d+_[^/]+\.journal",
}
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A regular file of a workflow. `name` is relative to the output folder."""

    name: str
    size: int
    modified_ns: int


def is_of_workflow(name: str, workflow_id: int) -> bool:
    """Whether a file with this name, relative to an output folder, belongs to a workflow."""
    folder, _, last = name.rpartition("/")
    pattern = _NAMES.get(folder)
    return pattern is not None and re.fullmatch(pattern.replace("{id}", str(int(workflow_id))), last) is not None


def is_journal(name: str) -> bool:
    """Whether a file is a journal: it may have results that the server does not have yet."""
    return name.startswith(f"{JOURNALS}/")


def files_in(output_dir: Path, workflow_id: int) -> list[WorkflowFile]:
    """Return the regular files of a workflow in an output folder, sorted. Links below it are not followed.

    Raises OSError if the folder is absent or not readable.
    """
    return sorted(_files_in(output_dir, workflow_id), key=lambda each: each.name)


def _files_in(output_dir: Path, workflow_id: int) -> Iterator[WorkflowFile]:
    for folder in ("", *FOLDERS):
        try:
            with opened_folder(output_dir, folder) as opened, os.scandir(opened) as entries:
                for entry in entries:
                    name = f"{folder}/{entry.name}" if folder else entry.name
                    if not is_of_workflow(name, workflow_id):
                        continue
                    try:
                        found = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue  # a runner deleted it meanwhile
                    if stat.S_ISREG(found.st_mode):
                        yield WorkflowFile(name, found.st_size, found.st_mtime_ns)
        except OSError as error:
            # A link in the place of a folder is not one that a runner created.
            if not folder or error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
                raise


@contextmanager
def opened_folder(output_dir: Path, folder: str) -> Iterator[int]:
    """Yield the descriptor of a folder below an output folder; "" is the output folder. Raises OSError.

    A link in the place of the folder below is not followed.
    """
    descriptor = os.open(output_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if folder:
            outer, descriptor = descriptor, os.open(folder, _FOLDER_FLAGS, dir_fd=descriptor)
            os.close(outer)
        yield descriptor
    finally:
        os.close(descriptor)
