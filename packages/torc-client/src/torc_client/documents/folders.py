"""The folders with the documentation, the examples and the skills."""

from pathlib import Path

from torc_client.errors import TorcError

_INSTALLED = Path(__file__).parent


def folder_of(kind: str, chosen: Path | None = None) -> Path:
    """Return the folder of `docs`, `examples` or `skills`: the chosen one, else the installed one. Raises TorcError."""
    folder = chosen if chosen is not None else _INSTALLED / kind
    if not folder.is_dir():
        remedy = "Name a folder that exists." if chosen is not None else "Install torc-client again."
        raise TorcError(f"There is no folder {folder} with the {kind} of Torc.", remedy)
    return folder


def files_below(folder: Path) -> list[Path]:
    """List the files below a folder by name, without hidden ones. Links to other folders are not followed."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))
