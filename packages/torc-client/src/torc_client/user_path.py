"""Paths that people write: `~` is the home folder, also where no shell expands it, as in `--output-dir=~/runs`."""

import os


def expanded(path: str) -> str:
    """Return a path with the home folder in place of `~`. Other paths stay as they are written."""
    return os.path.expanduser(path) if path.startswith("~") else path  # noqa: PTH111 - `Path` removes a `./`
