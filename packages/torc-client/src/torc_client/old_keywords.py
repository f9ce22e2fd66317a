"""Names that parameters had in earlier versions."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from torc_client.old_names import warn_of_old_name

P = ParamSpec("P")
T = TypeVar("T")


def accept_old_keywords(**current_names: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function accept keyword arguments under their old names, with a warning.

    @accept_old_keywords(old="current")
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def call(*arguments: P.args, **keywords: P.kwargs) -> T:
            renamed: dict[str, Any] = {current_names.get(name, name): value for name, value in keywords.items()}
            if len(renamed) < len(keywords):
                repeated = next(old for old, current in current_names.items() if {old, current} <= keywords.keys())
                raise TypeError(f"{repeated} is the old name of {current_names[repeated]}: give one of the two.")
            for old in current_names.keys() & keywords.keys():
                warn_of_old_name(f"The parameter {old}", current_names[old])
            return function(*arguments, **renamed)

        return call

    return decorate
