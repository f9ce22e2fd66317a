"""Folders on the machines of workers, as users name them: absolute, or relative to the home folder there."""

from pathlib import Path

from torc_client.errors import TorcError


def require_folder_name(text: str) -> str:
    """Return the name of a folder without `~/`. No shell sees it, so that variables are refused. Raises TorcError."""
    shown = ascii(text)
    if not text or not text.isprintable():
        raise TorcError(f"{shown} is not a valid folder.", "Name a folder there, such as torc_output.")
    if "$" in text:
        raise TorcError(
            f"The folder {shown} has a variable, which is not replaced there.",
            "Name a path that is absolute, or relative to the home folder there.",
        )
    first = text.split("/", 1)[0]
    if first.startswith("~") and first != "~":
        raise TorcError(
            f"The folder {shown} begins at the home folder of a user.", "Name an absolute path, or one that begins ~/."
        )
    return text.removeprefix("~").lstrip("/") or "." if first == "~" else text


def folder_named(text: str, home: Path) -> Path:
    """Return the folder that a user named, relative to the home folder. Raises TorcError."""
    return home / require_folder_name(text)
