"""Folders to which a spec is confined: it may come from a program that others influence."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_folders: ContextVar[Sequence[Path] | None] = ContextVar("folders", default=None)


@contextmanager
def confined_to(folders: Sequence[Path]) -> Iterator[None]:
    """Read only files below these folders within the block."""
    token = _folders.set([Path(os.path.realpath(folder)) for folder in folders])
    try:
        yield
    finally:
        _folders.reset(token)


def why_not_allowed(path: str) -> str:
    """Return why a file must not be read here; empty if it may be. Links are followed."""
    folders = _folders.get()
    if folders is None or "\0" in path:
        return ""
    place = Path(os.path.realpath(path))
    if any(place.is_relative_to(folder) for folder in folders):
        return ""
    return f"{path!r} is outside of {', '.join(map(str, folders))}"
