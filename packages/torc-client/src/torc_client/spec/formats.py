"""The formats of spec files, and the suffixes of their names."""

from enum import Enum
from pathlib import Path


class Format(Enum):
    """A format of spec files."""

    YAML = "yaml"
    JSON = "json"
    JSON5 = "json5"
    KDL = "kdl"


SUFFIXES = {
    ".yaml": Format.YAML,
    ".yml": Format.YAML,
    ".json": Format.JSON,
    ".json5": Format.JSON5,
    ".kdl": Format.KDL,
}


def format_of(name: str) -> Format | None:
    """Return the format for the suffix of a file name; None if the suffix is not known."""
    return SUFFIXES.get(Path(name).suffix.lower())
