"""Pack all files of a workflow in an output folder into one file that can be shared."""

import io
import json
import tarfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torc_client.edge.output_files import PRIVATE, make_folder, output_file
from torc_client.errors import TorcError
from torc_client.log_files.names import files_of

METADATA: Final = "bundle_metadata.json"


@dataclass(frozen=True, slots=True)
class Bundled:
    """A bundle that was written."""

    path: Path
    files: int
    size_bytes: int


def bundle(output_dir: Path, workflow_id: int, bundle_dir: Path, facts: Mapping[str, Any]) -> Bundled:
    """Pack the files of a workflow, with `facts` about it, into `bundle_dir/wf<ID>.tar.gz`.

    A bundle is written completely or not at all. Raises TorcError if there are no files, or if it cannot be written.
    """
    if not output_dir.is_dir():
        raise TorcError(f"There is no folder {output_dir}.", "Name the runners' output folder with --output-dir.")
    paths = list(files_of(output_dir, workflow_id))
    if not paths:
        raise TorcError(
            f"{output_dir} has no files of workflow {workflow_id}.",
            "Name the runners' output folder with --output-dir; copy logs from other machines first.",
        )
    target = bundle_dir / f"wf{workflow_id}.tar.gz"
    metadata = {**facts, "output_dir": str(output_dir.absolute()), "files": len(paths)}
    try:
        make_folder(bundle_dir, 0o700)
        _write(target, output_dir, paths, metadata, f"wf{workflow_id}")
    except OSError as error:
        raise TorcError(f"{error.filename or target} cannot be packed: {error.strerror}.") from error
    return Bundled(target, len(paths), target.stat().st_size)


def _write(target: Path, folder: Path, paths: list[Path], metadata: Mapping[str, Any], top: str) -> None:
    # The output of jobs may contain their environment.
    with output_file(target, PRIVATE) as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
        _add_text(archive, f"{top}/{METADATA}", json.dumps(metadata, indent=2, ensure_ascii=False))
        for path in paths:
            _add_file(archive, path, f"{top}/{path.relative_to(folder)}")


def _add_file(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """Add a file with its current length, as a job may be writing to it."""
    try:
        with path.open("rb") as file:
            archive.addfile(archive.gettarinfo(arcname=name, fileobj=file), file)
    except FileNotFoundError:
        return  # a runner deleted it, for example the output of a job that succeeded


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = len(content), int(time.time())
    archive.addfile(entry, io.BytesIO(content))
