"""Tables as CSV files, which are sent while they are read: a part of the rows is in memory at a time."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

from aiohttp import web

from torc_client.vocabulary.rows import Row
from torc_client.vocabulary.words import ColumnWords
from torc_dash.record_cells import csv_value


async def send_csv(
    request: web.Request, name: str, columns: Sequence[ColumnWords], parts: AsyncIterator[Sequence[Row]]
) -> web.StreamResponse:
    """Send rows as a file of this name. The first part is read before the answer begins, so that errors are pages."""
    first = await anext(parts, None) or ()
    response = web.StreamResponse(
        headers={"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}.csv"'}
    )
    await response.prepare(request)
    await response.write(_text([[column.heading for column in columns]]))
    await response.write(_text([[csv_value(column, row) for column in columns] for row in first]))
    async for part in parts:
        await response.write(_text([[csv_value(column, row) for column in columns] for row in part]))
    await response.write_eof()
    return response


def _text(rows: Sequence[Sequence[object]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()
