"""The errors of valid requests that cannot be carried out.

The tree::

    EngineError
    ├── NotFound       the record or its workflow does not exist
    ├── Forbidden      the user has no access to it
    ├── Conflict       it already exists, or another client has claimed it
    ├── Stale          the report is for an attempt or a run that is no longer current
    └── RuleBroken     a rule of the domain forbids it

`web/errors.py` maps them to HTTP statuses.
"""

from collections.abc import Mapping
from typing import Any

NO_DETAILS: Mapping[str, Any] = {}


class EngineError(Exception):
    """A request that cannot be carried out. The message names what is wrong and the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(EngineError):  # noqa: N818 - all errors of the tree are named after the condition
    """The record or its workflow does not exist."""


class Forbidden(EngineError):  # noqa: N818 - all errors of the tree are named after the condition
    """The user has no access to it."""


class Conflict(EngineError):  # noqa: N818 - all errors of the tree are named after the condition
    """It already exists, or another client has claimed it. `details` are additional members of the error."""

    def __init__(self, message: str, *, details: Mapping[str, Any] = NO_DETAILS) -> None:
        super().__init__(message)
        self.details = details


class Stale(EngineError):  # noqa: N818 - all errors of the tree are named after the condition
    """The report is for an attempt or a run that is no longer current."""


class RuleBroken(EngineError):  # noqa: N818 - all errors of the tree are named after the condition
    """A rule of the domain forbids it. `field` and `value` identify the invalid member, if there is one."""

    def __init__(self, message: str, *, field: str | None = None, value: Any = None) -> None:
        super().__init__(message)
        self.field = field
        self.value = value
