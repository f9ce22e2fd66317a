"""The folder in which a workflow is created, and in which its jobs run."""

import os
from pathlib import Path


class FolderError(Exception):
    """The folder cannot be used. The text of the error says why."""


def resolve(text: str, start: Path, *, makes: bool) -> Path:
    """Return the folder that was typed, relative to `start`. It may be missing with `makes`. Raises FolderError.

    It asks the file system: not for the event loop.
    """
    if "\0" in text:
        raise FolderError("The name of the folder contains a NUL.")
    try:
        # Not resolved: the path of a shell may have symbolic links, too.
        folder = Path(os.path.normpath(start / Path(text.strip()).expanduser()))
        if folder.is_dir():
            if not os.access(folder, os.W_OK | os.X_OK):
                raise FolderError(f"You may not write to {folder}.")
            return folder
        if folder.exists():
            raise FolderError(f"{folder} is not a folder.")
    except (OSError, RuntimeError) as error:
        raise FolderError(f"The folder cannot be used: {error}") from error
    if not makes:
        raise FolderError(f"There is no folder {folder}. Tick the box to make it.")
    return folder
