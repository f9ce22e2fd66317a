"""Delete the files of a workflow from an output folder on this host, and nothing else."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from torc_client.errors import TorcError
from torc_client.log_files.folder_databases import forget_databases
from torc_client.remote.folder_names import require_folder_name
from torc_client.remote.workflow_files import FOLDERS, WorkflowFile, is_journal, is_of_workflow, opened_folder


@dataclass(slots=True)
class Deleted:
    """What a deletion did. `changed` files and `journals`, which may have unsent results, are kept.

    `refused` are files that cannot be deleted, each with the reason: those of another user, for example.
    """

    files: int = 0
    bytes: int = 0
    changed: list[str] = field(default_factory=list)
    journals: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def real_folder(text: str, home: Path) -> Path:
    """Return the folder that a user named, relative to the home folder, without links. Raises TorcError."""
    return Path(os.path.realpath(home / require_folder_name(text)))


def require_output_folder(folder: Path, home: Path) -> None:
    """Refuse the root folder, the home folder, and the folders above it. Raises TorcError."""
    if Path(os.path.realpath(home)).is_relative_to(folder):
        raise TorcError(
            f"{folder} is not an output folder, so nothing is deleted in it.",
            "Name the output folder of the workers with --remote-output-dir.",
        )


def delete(output_dir: Path, workflow_id: int, files: Iterable[WorkflowFile], *, only_unchanged: bool) -> Deleted:
    """Delete these files of a workflow, and folders of runners that are empty then. Raises OSError.

    With `only_unchanged`, a file is kept if its size or its time differs. Journals are always kept.
    """
    deleted = Deleted()
    for each in files:
        if is_journal(each.name):
            deleted.journals.append(each.name)
        elif is_of_workflow(each.name, workflow_id):
            _delete(output_dir, each, deleted, only_unchanged=only_unchanged)
    for folder in FOLDERS:
        with suppress(OSError):
            (output_dir / folder).rmdir()
    with suppress(OSError):
        forget_databases(output_dir)
        output_dir.rmdir()
    return deleted


def _delete(output_dir: Path, file: WorkflowFile, deleted: Deleted, *, only_unchanged: bool) -> None:
    folder, _, name = file.name.rpartition("/")
    try:
        with opened_folder(output_dir, folder) as opened:
            found = os.stat(name, dir_fd=opened, follow_symlinks=False)
            if not stat.S_ISREG(found.st_mode):
                return
            if only_unchanged and (found.st_size, found.st_mtime_ns) != (file.size, file.modified_ns):
                deleted.changed.append(file.name)
                return
            os.unlink(name, dir_fd=opened)
    except FileNotFoundError:
        return
    except OSError as error:
        deleted.refused.append(f"{file.name}: {error.strerror}")
        return
    deleted.files += 1
    deleted.bytes += found.st_size
