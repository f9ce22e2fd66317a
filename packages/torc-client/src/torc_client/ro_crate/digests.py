"""Checksums of files and folders."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class HashMode(Enum):
    """The content of a folder's checksum."""

    MANIFEST = "manifest"
    """Names and sizes of its files: fast, and detects missing and truncated files."""
    CONTENT = "content"
    """Names and contents of its files."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of a file or folder; `sha256` is None for HashMode.NONE."""

    sha256: str | None
    size_bytes: int
    file_count: int


def digest(path: Path, mode: HashMode, thread_count: int | None = None) -> Digest:
    """Return the digest of a file or folder. Links in a folder are not followed. Raises OSError.

    The checksum of a folder is that of one line for each file, sorted: with HashMode.CONTENT as `sha256sum` prints
    it, with HashMode.MANIFEST the size, two blanks, and the path below the folder.
    """
    if not path.is_dir():
        size_bytes = path.stat().st_size
        whole = None
        if mode is not HashMode.NONE:
            is_content = mode is HashMode.CONTENT
            whole = file_sha256(path) if is_content else _of_lines([f"{size_bytes}  {path.name}"])
        return Digest(whole, size_bytes, 1)
    files = sorted(_files_below(path))
    sizes = [(path / name).lstat().st_size for name in files]
    total = Digest(None, sum(sizes), len(files))
    if mode is HashMode.NONE:
        return total
    if mode is HashMode.MANIFEST:
        firsts = [str(size) for size in sizes]
    else:
        with ThreadPoolExecutor(thread_count or os.cpu_count()) as threads:
            firsts = list(threads.map(lambda name: _entry_sha256(path / name), files))
    lines = [f"{first}  {name}" for first, name in zip(firsts, files, strict=True)]
    return Digest(_of_lines(lines), total.size_bytes, total.file_count)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entry_sha256(path: Path) -> str:
    if path.is_symlink():
        return hashlib.sha256(os.fsencode(path.readlink())).hexdigest()
    return file_sha256(path)


def _files_below(folder: Path) -> list[str]:
    found = []
    for directory, folders, names in os.walk(folder, onerror=_raise):
        # A link to a folder is handled as a file, as following it may not end.
        links = [name for name in folders if (Path(directory) / name).is_symlink()]
        found += [(Path(directory) / name).relative_to(folder).as_posix() for name in (*names, *links)]
    return found


def _raise(error: OSError) -> None:
    raise error


def _of_lines(lines: list[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")).hexdigest()
