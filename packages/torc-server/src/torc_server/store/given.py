"""A statement that a caller wrote: its limits, its rows, and why it was not run."""

from dataclasses import dataclass
from typing import Any


class StatementRefused(Exception):  # noqa: N818 - named after the state
    """A statement that is not run. `reason` says why. `is_write`: it would write, to `table` if it names one."""

    def __init__(self, reason: str, *, is_write: bool = False, table: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_write = is_write
        self.table = table


class StatementBusy(Exception):  # noqa: N818 - as the others
    """Another statement runs."""


class StatementFailed(Exception):  # noqa: N818 - named after the state
    """A statement that SQLite cannot run, or that exceeded a limit."""


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that a statement returned, and the names of their columns."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class StatementBounds:
    """The limits of a statement. More rows than `num_rows` are not read; more text or time is an error."""

    num_rows: int
    num_characters: int
    seconds: float
