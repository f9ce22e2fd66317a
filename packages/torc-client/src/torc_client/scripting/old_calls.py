"""Calls as earlier versions had them: they still work, with a DeprecationWarning that says the current form."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from torc_client.old_names import warn_of_old_name

P = ParamSpec("P")
T = TypeVar("T")


def accept_commands(method: Callable[P, T]) -> Callable[P, T]:
    """Make `create_workflow(spec)` accept a name and commands too, as `create_workflow_from_commands` does."""

    @functools.wraps(method)
    def call(*arguments: P.args, **keywords: P.kwargs) -> T:
        if len(arguments) <= 2 and not {"name", "commands"} & keywords.keys():
            return method(*arguments, **keywords)
        owner: Any = arguments[0]
        current = "create_workflow_from_commands(name, commands)"
        warn_of_old_name(f"{type(owner).__name__}.create_workflow(name, commands)", current)
        return cast("T", owner.create_workflow_from_commands(*arguments[1:], **keywords))

    return call


def accept_names_of_operations(method: Callable[P, T]) -> Callable[P, T]:
    """Make `iterate(torc.jobs.list_jobs)` accept the names of the operation too: `iterate("jobs", "list_jobs")`."""

    @functools.wraps(method)
    def call(*arguments: P.args, **keywords: P.kwargs) -> T:
        if len(arguments) < 3:
            return method(*arguments, **keywords)
        owner, subject, operation = cast("tuple[Any, str, str]", arguments)
        warn_of_old_name(f"iterate({subject!r}, {operation!r}, ...)", f"iterate(torc.{subject}.{operation}, ...)")
        return cast("T", owner.iterate(getattr(getattr(owner, subject), operation), **keywords))

    return call
