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
    """List the files below a folder by name, without hidden ones and those that Python makes."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(map(_is_left_out, path.relative_to(folder).parts)))


def _is_left_out(part: str) -> bool:
    return part.startswith(".") or part == "__pycache__"
