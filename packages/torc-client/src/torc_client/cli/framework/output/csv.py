"""Lists as CSV: a header with the titles of columns, then the unformatted values."""

import csv
import io
import json
from typing import Any

import msgspec

from torc_client.cli.framework.results import Listing
from torc_client.cli.framework.shapes import TITLES


def as_csv(listing: Listing) -> str:
    """Return a list as CSV. A cell that holds a list or an object is JSON."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.title or TITLES.get(column.member, column.heading) for column in listing.columns])
    for item in listing.items:
        writer.writerow([_cell(msgspec.to_builtins(column.of(item))) for column in listing.columns])
    return text.getvalue()


def _cell(value: Any) -> Any:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case str() if value[:1] in "=+@-" and value:
            # A spreadsheet would evaluate it as a formula, and users choose names freely.
            return f"'{value}"
        case _:
            return value
