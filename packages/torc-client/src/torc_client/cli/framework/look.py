"""How a user wants to see a list: which columns, and how many rows of it in a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
from msgspec.structs import replace

from torc_client.cli.framework.results import Column, Listing
from torc_client.cli.framework.shapes import TITLES

_COLUMNS = "columns"
_ALL_COLUMNS = "all_columns"
_ALL_ROWS = "all"
_PREFIX = "look_"
"""Also of the keys in `click.Context.meta`."""


@dataclass(frozen=True, slots=True)
class ListLook:
    """The chosen columns (empty: those that fit), and whether all columns and all rows are shown.

    `offset` is the number of records that the user skipped. `has_options` is whether the command has the options of
    `options()`.
    """

    columns: tuple[str, ...] = ()
    all_columns: bool = False
    all_rows: bool = True
    offset: int = 0
    has_options: bool = False


PLAIN_LOOK = ListLook()


def options() -> list[click.Option]:
    """Return the options of every command that lists records."""
    return [
        _option(_COLUMNS, "Only these columns, separated by commas, in this order. (Not for json.)", metavar="NAMES"),
        _option(_ALL_COLUMNS, "All columns, also in a narrow terminal.", is_flag=True),
        _option(_ALL_ROWS, "All rows, also if they do not fit in the terminal.", is_flag=True),
    ]


def _option(name: str, help_text: str, **settings: Any) -> click.Option:
    return click.Option(
        [f"--{name.replace('_', '-')}", f"{_PREFIX}{name}"],
        help=help_text, expose_value=False, callback=_keep, **settings,
    )  # fmt: skip


def _keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
    ctx.meta[str(parameter.name)] = value
    return value


def add_options(command: click.Command) -> None:
    """Append the options to those of a command that has no other options of these names."""
    taken = {name for parameter in command.params for name in parameter.opts}
    ours = options()
    if not taken & {name for option in ours for name in option.opts}:
        command.params += ours


def put_options_last(command: click.Command) -> None:
    """Move the options behind those that a command got after them."""
    command.params.sort(key=lambda parameter: str(parameter.name).startswith(_PREFIX))


def look_of(ctx: click.Context) -> ListLook:
    """Return the look that the options of a command ask for."""
    chosen = {name: ctx.meta.get(f"{_PREFIX}{name}") for name in (_COLUMNS, _ALL_COLUMNS, _ALL_ROWS)}
    if chosen[_ALL_ROWS] is None:
        return PLAIN_LOOK
    return ListLook(
        columns=tuple(name.strip() for name in (chosen[_COLUMNS] or "").split(",") if name.strip()),
        all_columns=bool(chosen[_ALL_COLUMNS]),
        all_rows=chosen[_ALL_ROWS] or ctx.params.get("limit") is not None,
        offset=ctx.params.get("offset") or 0,
        has_options=True,
    )


def with_chosen_columns(listing: Listing, names: Sequence[str]) -> Listing:
    """Return a list with the columns of these names only. Raises UsageError for an unknown name."""
    if not names:
        return listing
    chosen = [_named(listing, name) for name in names]
    return replace(listing, columns=[replace(column, if_any=False) for column in chosen])


def without_columns(columns: Sequence[Column], excluded: Sequence[str]) -> list[Column]:
    """Return the columns without those that `excluded` names. Raises UsageError for an unknown name."""
    names = {_key(name) for name in excluded}
    known = {each for column in columns for each in _names(column)}
    if names - known:
        raise _unknown(sorted(names - known), columns)
    return [column for column in columns if not names & _names(column)]


def _named(listing: Listing, name: str) -> Column:
    known = [*listing.columns, *listing.more]
    found = next((column for column in known if _key(name) in _names(column)), None)
    if found is None:
        raise _unknown([name], known)
    return found


def _unknown(names: Sequence[str], columns: Sequence[Column]) -> click.UsageError:
    headings = ", ".join(column.heading for column in columns)
    return click.UsageError(f"Unknown column: {', '.join(names)}. Choose from: {headings}.")


def _names(column: Column) -> set[str]:
    """Return the heading, the title in csv and the member, by which users name a column."""
    title = column.title or TITLES.get(column.member, column.heading)
    return {_key(column.heading), _key(title), column.member}


def _key(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
