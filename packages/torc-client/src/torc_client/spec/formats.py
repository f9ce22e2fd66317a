"""The formats of spec files, and how their names end."""

from enum import Enum
from pathlib import Path


class Format(Enum):
    """A format that specs are written in."""

    YAML = "yaml"
    JSON = "json"
    JSON5 = "json5"
    KDL = "kdl"


ENDINGS = {
    ".yaml": Format.YAML,
    ".yml": Format.YAML,
    ".json": Format.JSON,
    ".json5": Format.JSON5,
    ".kdl": Format.KDL,
}


def format_of(name: str) -> Format | None:
    """The format that a file of this name has, if the name says it."""
    return ENDINGS.get(Path(name).suffix.lower())
