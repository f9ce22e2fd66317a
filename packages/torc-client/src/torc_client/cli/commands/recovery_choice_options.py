"""The options of `torc recover` that choose classes of jobs and values of requirements."""

from collections.abc import Callable, Iterable
from typing import Any

import click

from torc_client.recovery.amounts import duration_seconds, memory_bytes
from torc_client.recovery.choice import Choice, JobClass, read_class


class _ClassOfJobs(click.ParamType[JobClass]):
    """A class of unsuccessful jobs, `CAUSE:GROUP`."""

    name = "class"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> JobClass:
        """Parse the class."""
        try:
            return read_class(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class _ValueOfRequirements(click.ParamType[tuple[int, str]]):
    """A new value of resource requirements, `ID=VALUE`. `check` raises ValueError for values that are not valid."""

    name = "value"

    def __init__(self, check: Callable[[str], object]) -> None:
        self._check = check

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, str]:
        """Split id and value."""
        if not isinstance(value, str):
            found: tuple[int, str] = value
            return found
        id, _, text = value.partition("=")  # noqa: A001 - the contract's name
        if not (id.isascii() and id.isdecimal()):
            self.fail(f"{value!r} is not ID=VALUE; the ids are those of `torc resource-requirements list`.", param, ctx)
        try:
            self._check(text)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        return int(id), text


_OPTIONS = (
    click.option(
        "--only",
        type=_ClassOfJobs(),
        metavar="CAUSE:GROUP",
        multiple=True,
        help="Retry only jobs of GROUP with this cause, also unknown. Can be repeated. The command does not ask then.",
    ),
    click.option(
        "--memory",
        type=_ValueOfRequirements(memory_bytes),
        metavar="ID=SIZE",
        multiple=True,
        help="New memory of the resource requirements ID, instead of the computed one. Can be repeated.",
    ),
    click.option(
        "--runtime",
        type=_ValueOfRequirements(duration_seconds),
        metavar="ID=DURATION",
        multiple=True,
        help="New run time of the resource requirements ID, instead of the computed one. Can be repeated.",
    ),
    click.option("--by-group", is_flag=True, help="List groups of jobs with the same cause instead of each job."),
)


def choice_options(function: Callable[..., object]) -> Callable[..., object]:
    """Add the options."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def choice_of(
    only: Iterable[JobClass], memory: Iterable[tuple[int, str]], runtime: Iterable[tuple[int, str]]
) -> Choice:
    """Return what the values of the options choose."""
    return Choice(frozenset(only) or None, dict(memory), dict(runtime))
