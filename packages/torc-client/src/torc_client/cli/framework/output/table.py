"""Results as tables."""

from collections.abc import Iterator
from typing import Any

import msgspec
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from torc_client.cli.framework.output.json import shaped
from torc_client.cli.framework.output.listing import listing
from torc_client.cli.framework.output.text import words
from torc_client.cli.framework.results import Listing, Message, Record, Report
from torc_client.edge.terminal_text import inert


def as_table(result: Listing | Record | Report | Message, width: int) -> Iterator[RenderableType]:
    """Yield the parts of a result for a terminal of `width` columns."""
    match result:
        case Listing():
            yield from listing(result, width)
        case Record():
            yield from _detail(result)
        case Report():
            yield from (Text(inert(sentence)) for sentence in result.sentences)
            if result.listing.items or not result.sentences:
                yield from listing(result.listing, width)
        case Message():
            yield Text(inert(result.message))


def _detail(detail: Record) -> Iterator[RenderableType]:
    yield from (Text(inert(sentence)) for sentence in detail.sentences)
    if detail.title:
        yield Text(inert(detail.title))
    table = Table(box=box.ROUNDED, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    record = shaped(msgspec.to_builtins(detail.record), detail.shape)
    if detail.members:
        record = {name: record[name] for name in detail.members if name in record}
    for name, value in _flat(record):
        short = name.removesuffix("_formatted")
        heading = name if short in record else short
        table.add_row(Text(inert(heading.replace("_", " "))), Text(inert(words(value).rstrip("\n"))))
    yield table


def _flat(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the members of a record. A map of counts such as jobs_by_status yields a line for each count above 0."""
    for name, value in record.items():
        if isinstance(value, dict) and value and all(isinstance(count, int) for count in value.values()):
            yield from ((f"{name.removesuffix('_by_status')}: {key}", count) for key, count in value.items() if count)
        else:
            yield name, value
