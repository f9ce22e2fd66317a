"""Specs that an assistant passes as an object, as text, or as the path of a file in an allowed folder."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torc_client.edge.output_files import make_folder
from torc_client.errors import TorcError
from torc_client.spec import checked
from torc_client.spec.formats import SUFFIXES, Format, format_of
from torc_client.spec.plan import Plan
from torc_client.spec.problems import Problem, SpecError
from torc_client.spec.reading import Document, parse, read_document
from torc_client.spec.writing import write

SOURCE = "spec"
"""The name of a spec that is not in a file, in messages."""


@dataclass(frozen=True, slots=True)
class CheckedSpec:
    """A spec with its plan, or with its problems. Warnings are problems, too."""

    document: Document | None
    plan: Plan | None
    problems: Sequence[Problem]


def document_of(spec: dict[str, Any] | str) -> Document:
    """Return the document of a spec that was passed as an object or as text of any format. Raises SpecError."""
    if isinstance(spec, dict):
        return Document(SOURCE, Format.JSON, write(spec, Format.JSON), spec)
    return parse(SOURCE, spec)


def check_spec(spec: dict[str, Any] | str) -> CheckedSpec:
    """Check a spec that was passed."""
    try:
        document = document_of(spec)
    except SpecError as error:
        return CheckedSpec(None, None, error.problems)
    return check_document(document)


def check_document(document: Document) -> CheckedSpec:
    """Check a document."""
    try:
        plan = checked(document)
    except SpecError as error:
        return CheckedSpec(document, None, error.problems)
    return CheckedSpec(document, plan, plan.warnings)


def check_file(path: str, folders: Sequence[Path]) -> CheckedSpec:
    """Check the spec of a file below one of the folders. Raises TorcError for other places."""
    place = place_below(path, folders)
    try:
        document = read_document(str(place))
    except SpecError as error:
        return CheckedSpec(None, None, error.problems)
    return check_document(document)


def place_below(path: str, folders: Sequence[Path]) -> Path:
    """Return the real path of a spec below one of the folders; a relative one begins at the first. Raises TorcError."""
    if format_of(path) is None:
        raise TorcError(f"{path!r} does not have the suffix of a spec.", f"Use one of {', '.join(SUFFIXES)}.")
    try:
        place = Path(os.path.realpath(folders[0] / path))
    except ValueError as error:
        raise TorcError(f"{path!r} is not a valid path.") from error
    if not any(place.is_relative_to(os.path.realpath(folder)) for folder in folders):
        listed = ", ".join(str(folder) for folder in folders)
        raise TorcError(
            f"{path!r} is outside of the folders for specs.",
            f"Choose a path below {listed}. The user can add a folder: torc-mcp-server --spec-dir FOLDER",
        )
    return place


def text_for(path: Path, spec: dict[str, Any] | str, document: Document) -> str:
    """Return the text to save: as it was passed if it has the format of the file, otherwise converted to it."""
    wanted = format_of(path.name)
    if isinstance(spec, str) and document.format is wanted:
        return spec if spec.endswith("\n") else f"{spec}\n"
    return write(document.value, wanted or Format.YAML)


def save_new(path: Path, text: str) -> None:
    """Write a new file. Raises TorcError if there is one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        make_folder(path.parent)
        with os.fdopen(os.open(path, flags, 0o644), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise TorcError(f"{path} exists, and is not overwritten.", "Choose another name.") from error
    except OSError as error:
        raise TorcError(f"Cannot write {path}: {error.strerror}.") from error
