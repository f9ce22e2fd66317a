"""The paths and locks of journals. A runner locks its journal until it ends."""

import contextlib
import fcntl
import os
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from torc_client.journal.records import Contents, decode
from torc_client.shared_folders import open_file

FOLDER = "offline_journal"
SET_ASIDE = "set_aside"
_MOST_LEVELS = 3
_NAME = re.compile(r"offline_results_wf(\d+)_r(\d+)_.+\.journal")


def journal_path(output_dir: Path, workflow_id: int, run_id: int, label: str) -> Path:
    """Return the path of a runner's journal; `label` is unique among runners."""
    return output_dir / FOLDER / f"offline_results_wf{workflow_id}_r{run_id}_{label}.journal"


class JournalFile(Struct, frozen=True, order=True):
    """The path of a journal, and what its name says."""

    workflow_id: int
    run_id: int
    path: Path


def output_folders(base_dir: Path) -> list[Path]:
    """Return the output folders with journals: `base_dir`, and folders up to `_MOST_LEVELS` levels below it, sorted.

    Folders of other users than you and the owner of `base_dir` are left out, and links are not followed.
    """
    found = []
    trusted = {os.geteuid()}
    with contextlib.suppress(OSError):
        trusted.add(base_dir.stat().st_uid)
    for directory, folders, _ in os.walk(base_dir):
        path = Path(directory)
        if FOLDER in folders:
            found.append(path)
        is_deep = len(path.relative_to(base_dir).parts) >= _MOST_LEVELS
        folders[:] = [] if is_deep else [name for name in folders if _is_owned_by(path / name, trusted)]
    return sorted(found)


def _is_owned_by(path: Path, users: Container[int]) -> bool:
    try:
        return path.lstat().st_uid in users
    except OSError:
        return False


def journals(output_dir: Path) -> list[JournalFile]:
    """Return the journals of all workflows, sorted."""
    found = []
    for path in (output_dir / FOLDER).glob("offline_results_*.journal"):
        name = _NAME.fullmatch(path.name)
        if name:
            found.append(JournalFile(int(name[1]), int(name[2]), path))
    return sorted(found)


def lock(descriptor: int) -> bool:
    """Lock an open journal until it is closed; False if another process has locked it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: sending the results of a live runner twice changes nothing
    return True


def is_foreign(path: Path) -> bool:
    """Whether another user wrote the journal: its owner is neither you, nor root, nor the owner of the output folder.

    False for a journal that was deleted meanwhile. Raises OSError.
    """
    try:
        owner = path.lstat().st_uid
    except FileNotFoundError:
        return False
    return owner not in {os.geteuid(), 0} and owner != path.parent.parent.stat().st_uid


@contextmanager
def abandoned(path: Path) -> Iterator[Contents | None]:
    """Read and lock a journal; None if its runner or another process has locked it. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        yield None
        return
    try:
        if not lock(descriptor) or os.fstat(descriptor).st_nlink == 0:
            yield None
            return
        with os.fdopen(os.dup(descriptor), "rb") as file:
            yield decode(file.read())
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Delete a journal, and the folder after the last one. Raises OSError."""
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        _notes_of(path).unlink(missing_ok=True)
        path.parent.rmdir()


def set_aside(path: Path) -> Path:
    """Move a journal to the folder of journals that are not sent any more. Return its new path. Raises OSError."""
    target = path.parent / SET_ASIDE / path.name
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    with contextlib.suppress(OSError):
        _notes_of(path).unlink(missing_ok=True)
    return target


def note_once(path: Path, message: str) -> bool:
    """Note beside a journal that `message` was reported. Return whether that is new."""
    notes = _notes_of(path)
    with contextlib.suppress(OSError), os.fdopen(open_file(notes, os.O_RDONLY), encoding="utf-8") as file:
        if message in file.read().splitlines():
            return False
    with contextlib.suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(open_file(notes, flags, 0o600), "a", encoding="utf-8") as file:
            file.write(f"{message}\n")
    return True


def _notes_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.reported")
