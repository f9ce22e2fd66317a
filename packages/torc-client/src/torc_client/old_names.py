"""Names of earlier versions. They still work, with a DeprecationWarning that says the current name."""

import functools
import sys
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def warn_of_old_name(old: str, current: str, *, stacklevel: int = 2) -> None:
    """Warn of an old name. The warning is about the caller of the function that calls this, by default."""
    warnings.warn(f"{old} is an old name. Use {current}.", DeprecationWarning, stacklevel=stacklevel + 1)


def warn_of_old_attribute(module: str, old: str, current: str) -> None:
    """Warn of an old name in a module. It is called by the `__getattr__` of the module.

    `from module import old` looks a name up twice: first in the import system, which is not where the name is written.
    """
    if sys._getframe(2).f_globals.get("__name__") != "importlib._bootstrap":  # noqa: SLF001 - frames have no other way
        warn_of_old_name(f"{module}.{old}", f"{module}.{current}", stacklevel=3)


def old_method(old: str, method: Callable[P, T], **current_keywords: str) -> Callable[P, T]:
    """Make the method with the old name of another method of the class.

    `current_keywords` are the current names of keywords: `old="current"`.
    """

    @functools.wraps(method)
    def call(*arguments: P.args, **keywords: P.kwargs) -> T:
        owner: Any = arguments[0]
        warn_of_old_name(f"{type(owner).__name__}.{old}", method.__name__)
        current = {current_keywords.get(name, name): value for name, value in keywords.items()}
        return cast("T", getattr(owner, method.__name__)(*arguments[1:], **current))

    call.__doc__ = f"Old name of `{method.__name__}`."
    call.__deprecated__ = f"Use {method.__name__}."  # type: ignore[attr-defined]
    return call
