"""Values of parameters that are paths of files: `glob:data/*.csv`. The same files give the same list everywhere."""

import fnmatch
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from torc_client.spec.allowed_folders import why_not_allowed
from torc_client.spec.codes import Code
from torc_client.spec.parameters import GLOB, MAX_INSTANCES, ParameterError, PathValue

MAX_ENTRIES = 1_000_000
"""Entries of folders that are looked at. More of them are rather a mistake, such as `/**/*.csv`, than a sweep."""
FOLDERS = "**"
"""The part of a pattern that stands for any number of folders."""
NUMBER_OR_CHARACTER = re.compile(r"[0-9]+|.", re.DOTALL)
EXPANDED = re.compile(r"~|.*?(\$\{?[A-Za-z_]\w*\}?)")
"""What a shell expands in a pattern and Torc does not."""
NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f]")


def find_paths(pattern: str) -> list[PathValue]:
    """Return the paths that match, in natural order: `a2` is before `a10`. Raises ParameterError if none does.

    A pattern that ends with `/` matches folders, every other one files. `*`, `?` and `[...]` stand for characters
    within a name, and not for a dot at its beginning; `**` stands for any number of folders.
    """
    _refuse_what_is_not_expanded(pattern)
    found = list(_Search(pattern).paths())
    if not found:
        raise _no_match(pattern)
    if len(found) > MAX_INSTANCES:
        raise _error(f"{pattern!r} matches {len(found)} files", f"use at most {MAX_INSTANCES}")
    for path in found:
        _check_name(path)
    return [PathValue(f"./{path}" if path.startswith("-") else path) for path in sorted(found, key=_natural)]


def _error(reason: str, fix: str = "") -> ParameterError:
    return ParameterError(Code.INVALID_GLOB, reason, fix)


def _refuse_what_is_not_expanded(pattern: str) -> None:
    if not pattern.strip("/"):
        raise _error("the pattern is empty", f"write one such as {GLOB}data/*.csv")
    if "\0" in pattern:
        raise _error("the pattern has a NUL character", "remove it")
    expanded = EXPANDED.match(pattern)
    if expanded is not None:
        what = expanded[1] or "~"
        fix = "write the path itself, a relative path, or a variable of the spec in braces"
        raise _error(f"{what!r} is not expanded in a pattern: {pattern!r}", fix)


class _Search:
    """A walk through the folders that a pattern names. Links to folders are not followed for `**`."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._wants_folders = pattern.endswith("/")
        self._root = "/" if pattern.startswith("/") else ""
        self._parts = _parts_of(pattern)
        self._num_entries = 0

    def paths(self) -> Iterator[str]:
        """Yield each matching path once, in any order."""
        pending = [(self._root, 0)]
        seen = set(pending)
        while pending:
            folder, index = pending.pop()
            for step in self._steps(folder, index):
                if step in seen:
                    continue
                seen.add(step)
                path, index_after = step
                if index_after < len(self._parts):
                    pending.append(step)
                elif self._is_wanted(path):
                    yield path

    def _steps(self, folder: str, index: int) -> Iterator[tuple[str, int]]:
        """Yield the paths below the folder to which a part of the pattern leads, with the number of the next part."""
        part = self._parts[index]
        if part == FOLDERS:
            yield folder, index + 1
            for entry in self._entries(folder):
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                    yield _below(folder, entry.name), index
        elif not _is_wild(part):
            yield _below(folder, part), index + 1
        else:
            matches = re.compile(fnmatch.translate(part)).match
            for entry in self._entries(folder):
                if matches(entry.name) and (part.startswith(".") or not entry.name.startswith(".")):
                    yield _below(folder, entry.name), index + 1

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str]]:
        self._refuse_outside(folder or ".")
        try:
            with os.scandir(folder or ".") as entries:
                for entry in entries:
                    self._num_entries += 1
                    if self._num_entries > MAX_ENTRIES:
                        reason = f"{self._pattern!r} would look at more than {MAX_ENTRIES} files and folders"
                        raise _error(reason, "name the folder more closely")
                    yield entry
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise _error(f"the folder {folder or '.'!r} cannot be read: {error.strerror}") from error

    def _refuse_outside(self, path: str) -> None:
        if reason := why_not_allowed(path):
            raise _error(reason, "move the files there, or write the values")

    def _is_wanted(self, path: str) -> bool:
        self._refuse_outside(str(Path(path).parent))  # before the system is asked whether the path exists
        is_wanted = Path(path).is_dir() if self._wants_folders else Path(path).is_file()
        if is_wanted:
            self._refuse_outside(path)
        return is_wanted


def _below(folder: str, name: str) -> str:
    """Return the path of a name in a folder; `.` at its beginning stays, which `Path` would remove."""
    return f"{folder}{name}" if folder in ("", "/") else f"{folder}/{name}"


def _parts_of(pattern: str) -> Sequence[str]:
    parts = [part for part in pattern.split("/") if part]
    kept = [part for part, after in zip(parts, [*parts[1:], ""], strict=True) if not part == after == FOLDERS]
    return [*kept, "*"] if kept[-1] == FOLDERS else kept


def _is_wild(part: str) -> bool:
    return not set("*?[").isdisjoint(part)


def _natural(path: str) -> list[list[tuple[int, int, str]]]:
    """Return the key of the order: folder by folder, characters by their code points, but digits as one number."""
    return [
        [
            (ord("0"), int(text), text) if text[0].isascii() and text[0].isdigit() else (ord(text), 0, "")
            for text in NUMBER_OR_CHARACTER.findall(part)
        ]
        for part in path.split("/")
    ]


def _check_name(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(path).decode(errors="backslashreplace")
        raise _error(f"the name of '{shown}' is not UTF-8", "rename it") from error
    if NOT_PRINTED.search(path):
        raise _error(f"the name of {path!r} has a control character, such as a line break", "rename it")


def _no_match(pattern: str) -> ParameterError:
    wants_folders = pattern.endswith("/")
    what, other = ("folder", pattern.rstrip("/")) if wants_folders else ("file", f"{pattern}/")
    where = "" if pattern.startswith("/") else f" in {os.path.realpath('.')}"
    return _error(f"no {what} matches {pattern!r}{where}", _fix(pattern, other))


def _fix(pattern: str, other: str) -> str:
    missing = _missing_folder(pattern)
    if missing:
        start = "" if pattern.startswith("/") else ": relative patterns start at the current directory"
        return f"the folder {missing!r} does not exist{start}"
    if next(_Search(other).paths(), None) is not None:
        return f"write {GLOB}{other}, which matches {'folders' if other.endswith('/') else 'files'}"
    if "{" in pattern:
        return "write [ab] or * in place of braces, which have no meaning in patterns"
    return "correct the pattern, or create the files before the workflow"


def _missing_folder(pattern: str) -> str:
    """Return the folder before the first wild part if it does not exist; else an empty text."""
    folder = "/" if pattern.startswith("/") else ""
    for part in _parts_of(pattern)[:-1]:
        if _is_wild(part):
            break
        folder = _below(folder, part)
        if not Path(folder).is_dir():
            return folder
    return ""
