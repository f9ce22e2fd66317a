"""Read the logs of a folder or of a bundle in the same way."""

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from torc_client.errors import TorcError
from torc_client.log_files.bundle import METADATA
from torc_client.log_files.names import workflow_of

# Text files of jobs, runners and Slurm; not samples, journals and plots.
ENDINGS = frozenset({".o", ".e", ".log", ".out", ".err"})


@dataclass(frozen=True, slots=True)
class Log:
    """A log file."""

    name: str
    """Its path below the folder or in the bundle."""

    file: IO[bytes]


def logs(source: Path, workflow_id: int | None = None) -> Iterator[Log]:
    """Yield the logs in a folder or a tar file, of one workflow or all. Each is open until the next one is yielded.

    Raises TorcError if `source` is neither, or cannot be read.
    """
    try:
        if source.is_dir():
            yield from _in_folder(source, workflow_id)
        else:
            yield from _in_bundle(source, workflow_id)
    except FileNotFoundError as error:
        raise TorcError(f"{source} does not exist.", "Name the output folder of a runner, or a bundle.") from error
    except tarfile.TarError as error:
        raise TorcError(f"{source} is not a bundle: {error}.", "Create one with `torc logs bundle`.") from error
    except OSError as error:
        raise TorcError(f"{error.filename or source} cannot be read: {error.strerror or error}.") from error


def workflows_in(source: Path) -> list[int]:
    """Return the ids of the workflows that have logs in a folder, sorted; nothing for a bundle, which has one."""
    if not source.is_dir():
        return []
    owners = {workflow_of(path.name) for path in source.rglob("*") if path.suffix in ENDINGS}
    return sorted(owner for owner in owners if owner is not None)


def bundle_facts(source: Path) -> dict[str, Any]:
    """Return the facts that `torc logs bundle` stored in a bundle; nothing for a folder or another tar file."""
    if source.is_dir():
        return {}
    with suppress(OSError, tarfile.TarError, ValueError), tarfile.open(source, "r:*") as archive:
        # It is the first file of a bundle.
        member = archive.next()
        if member is not None and Path(member.name).name == METADATA:
            with _opened(archive, member) as file:
                facts = json.load(file)
            return facts if isinstance(facts, dict) else {}
    return {}


def _in_folder(folder: Path, workflow_id: int | None) -> Iterator[Log]:
    for path in sorted(folder.rglob("*")):
        if _is_wanted(path.name, workflow_id) and path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                yield Log(str(path.relative_to(folder)), file)


def _in_bundle(bundle: Path, workflow_id: int | None) -> Iterator[Log]:
    with tarfile.open(bundle, "r:*") as archive:
        for member in archive:
            if member.isfile() and _is_wanted(Path(member.name).name, workflow_id):
                with _opened(archive, member) as file:
                    yield Log(member.name, file)


@contextmanager
def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[IO[bytes]]:
    file = archive.extractfile(member)
    if file is None:
        raise tarfile.ReadError(f"{member.name} cannot be read")
    with file:
        yield file


def _is_wanted(name: str, workflow_id: int | None) -> bool:
    owner = workflow_of(name)
    is_log = Path(name).suffix in ENDINGS
    return is_log and (owner is not None if workflow_id is None else owner == workflow_id)
