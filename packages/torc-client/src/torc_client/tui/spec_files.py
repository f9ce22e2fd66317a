"""The entries of a folder from which a user chooses a spec file, and what a check of one found."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torc_client import spec
from torc_client.edge.terminal_text import inert, inert_line
from torc_client.errors import TorcError
from torc_client.spec.formats import Format, format_of
from torc_client.text import count, natural_key, size

MOST_ENTRIES: Final = 5_000


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A folder, or a file in the format of a spec."""

    name: str
    format: Format | None = None
    """None for a folder."""

    size_bytes: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.format is None

    @property
    def shown(self) -> str:
        """The name, and what it is."""
        name = inert_line(self.name)
        return f"{name}/" if self.format is None else f"{name}  {self.format.name}, {size(self.size_bytes)}"


def entries_of(folder: Path) -> list[FolderEntry]:
    """Return the folders in a folder, and the files in a format of specs; at most MOST_ENTRIES. Raises TorcError."""
    found: list[FolderEntry] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                kind = format_of(entry.name)
                try:
                    if entry.is_dir():
                        found.append(FolderEntry(entry.name))
                    elif kind is not None and entry.is_file():
                        found.append(FolderEntry(entry.name, kind, entry.stat().st_size))
                except OSError:  # a link to nowhere, or a file that was deleted
                    continue
                if len(found) >= MOST_ENTRIES:
                    break
    except OSError as error:
        raise TorcError(f"{folder} cannot be read: {error.strerror}.") from error
    return sorted(found, key=lambda one: (not one.is_folder, natural_key(one.name)))


def matching(entries: Iterable[FolderEntry], words: str) -> list[FolderEntry]:
    """Return the entries whose names have all words. Hidden ones appear if the words begin with a dot."""
    wanted = words.lower().split()
    return [
        one
        for one in entries
        if (not one.name.startswith(".") or words.startswith(".")) and all(word in one.name.lower() for word in wanted)
    ]


@dataclass(frozen=True, slots=True)
class SpecCheck:
    """What a check of a spec found: a sentence, and its problems or warnings, a line each."""

    summary: str
    lines: tuple[str, ...] = ()
    is_valid: bool = False


def check_spec(path: Path) -> SpecCheck:
    """Read and check a spec file, like `torc spec check`."""
    try:
        plan = spec.load(str(path))
    except spec.SpecError as error:
        lines = tuple(inert(problem.line(error.source)) for problem in error.problems)
        return SpecCheck(f"{count('problem', len(lines))}: it cannot be created.", lines)
    except TorcError as error:
        return SpecCheck(inert(error.message), (inert(error.hint),) if error.hint else ())
    contents = f"{count('job', len(plan.jobs))} and {count('file', len(plan.files))}"
    name = inert_line(str(plan.workflow.get("name") or ""))
    return SpecCheck(f"Valid: workflow {name} with {contents}.", tuple(map(inert, plan.warning_lines())), is_valid=True)
