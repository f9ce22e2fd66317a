"""Cells of tables as data, and what the addresses of tables have in common. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

PAGE_SIZES = (25, 50, 100, 250)
DEFAULT_PAGE_SIZE = 50
# An offset is a 64-bit integer on the wire, so larger page numbers are limited to this one.
LAST_PAGE = 10_000_000


class CellKind(StrEnum):
    """How a cell is drawn; the templates have one branch for each."""

    TEXT = "text"
    NUMBER = "number"
    CODE = "code"
    STATUS = "status"
    TIME = "time"
    LINK = "link"


@dataclass(frozen=True)
class Slice:
    """One coloured piece of a progress bar, in percent of its width."""

    status: str
    count: int
    start_percent: float
    width_percent: float


@dataclass(frozen=True)
class Cell:
    """One value of a table, as text; nothing in it is HTML."""

    text: str
    kind: CellKind = CellKind.TEXT
    href: str | None = None


def href(path: str, query: Mapping[str, str]) -> str:
    """Return `path` with a query string; every value is escaped."""
    return f"{path}?{urlencode(query)}" if query else path


def integer(text: str) -> int:
    """Parse a 64-bit integer. Raises ValueError."""
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number
