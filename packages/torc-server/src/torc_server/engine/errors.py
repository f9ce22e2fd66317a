"""What can be wrong with a request that was understood.

The tree::

    EngineError
    ├── NotFound       the record, or the workflow it belongs to, is not there
    ├── Forbidden      this user may not use it
    ├── Conflict       it exists already, or somebody else has it
    ├── Stale          the report is for an attempt or a run that is no longer current
    └── RuleBroken     a rule of the domain forbids it

`web/errors.py` is the only place that knows their HTTP statuses.
"""

from collections.abc import Mapping
from typing import Any

NO_DETAILS: Mapping[str, Any] = {}


class EngineError(Exception):
    """A request that cannot be carried out; the message says what is wrong and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(EngineError):  # noqa: N818 - named after what is so, as the whole tree is
    """The record, or the workflow it belongs to, is not there."""


class Forbidden(EngineError):  # noqa: N818 - named after what is so, as the whole tree is
    """This user may not use it."""


class Conflict(EngineError):  # noqa: N818 - named after what is so, as the whole tree is
    """It exists already, or somebody else has it. `details` are members that clients look for in the error."""

    def __init__(self, message: str, *, details: Mapping[str, Any] = NO_DETAILS) -> None:
        super().__init__(message)
        self.details = details


class Stale(EngineError):  # noqa: N818 - named after what is so, as the whole tree is
    """The report is for an attempt or a run that is no longer current."""


class RuleBroken(EngineError):  # noqa: N818 - named after what is so, as the whole tree is
    """A rule of the domain forbids it. `field` and `value` name the member at fault, where there is one."""

    def __init__(self, message: str, *, field: str | None = None, value: Any = None) -> None:
        super().__init__(message)
        self.field = field
        self.value = value
