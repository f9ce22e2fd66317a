"""Results as tables."""

from collections.abc import Iterator

from rich.console import RenderableType

from torc_client.cli.framework.look import PLAIN_LOOK, ListLook
from torc_client.cli.framework.output.listing import listing
from torc_client.cli.framework.output.record import details
from torc_client.cli.framework.output.text import message
from torc_client.cli.framework.results import Listing, Message, Record, Report


def as_table(
    result: Listing | Record | Report | Message,
    width: int,
    look: ListLook = PLAIN_LOOK,
    rows_that_fit: int | None = None,
) -> Iterator[RenderableType]:
    """Yield the parts of a result for a terminal of `width` columns; `look` and `rows_that_fit` are for its list."""
    match result:
        case Listing():
            yield from listing(result, width, look, rows_that_fit)
        case Record():
            yield from details(result, width)
        case Report():
            yield from (message(sentence, width) for sentence in result.sentences)
            if result.listing.items or not result.sentences:
                yield from listing(result.listing, width, look, rows_that_fit)
            yield from (message(sentence, width) for sentence in result.closing)
        case Message():
            yield message(result.message, width)
