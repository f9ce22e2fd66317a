"""Results as tables for people."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from torc_client.cli.results import Column, Detail, Done, Listing, Report, Shaped, Written


def as_table(result: Shaped) -> Iterator[RenderableType]:
    """Yield what is to be printed, one below the other."""
    match result:
        case Listing():
            yield from _listing(result)
        case Detail():
            yield from _detail(result)
        case Written():
            yield Text(inert(result.text.rstrip("\n")))
        case Report():
            yield from (Text(inert(sentence)) for sentence in result.sentences)
            if result.listing.items or not result.sentences:
                yield from _listing(result.listing)
        case Done():
            yield Text(inert(result.message))


def inert(text: str) -> str:
    """Make control characters visible, so that no name or command can steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def words(value: Any) -> str:
    """Return a JSON value as people write it; nothing for None."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.3f}".rstrip("0").rstrip(".")
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _listing(listing: Listing) -> Iterator[RenderableType]:
    if not listing.items:
        yield Text(inert(f"No {listing.plural} found{f' for {listing.title}' if listing.title else ''}."))
        return
    if listing.title:
        yield Text(inert(f"{listing.plural[0].upper()}{listing.plural[1:]} of {listing.title}"))
    table = Table(box=box.ROUNDED)
    for column in listing.columns:
        table.add_column(column.heading, justify="right" if column.right else "left", overflow="fold")
    for item in listing.items:
        table.add_row(*(_cell(column, item) for column in listing.columns))
    yield table
    count = len(listing.items)
    yield Text(f"Total: {count} {listing.singular if count == 1 else listing.plural}")


def _cell(column: Column, item: Any) -> Text:
    value = msgspec.to_builtins(getattr(item, column.member))
    return Text(inert(column.text(value) if column.text and value is not None else words(value)))


def _detail(detail: Detail) -> Iterator[RenderableType]:
    if detail.title:
        yield Text(inert(detail.title))
    table = Table(box=box.ROUNDED, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for name, value in _flat(msgspec.to_builtins(detail.record)):
        table.add_row(Text(inert(name.replace("_", " "))), Text(inert(words(value))))
    yield table


def _flat(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield members; counts such as jobs_by_status become a line each, unless they are 0."""
    for name, value in record.items():
        if isinstance(value, dict) and value and all(isinstance(count, int) for count in value.values()):
            yield from ((f"{name}: {key}", count) for key, count in value.items() if count)
        else:
            yield name, value
