"""What a table shows, and how its rows are read."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from torc_client.client import TorcClient
from torc_client.joined_values import joined
from torc_client.tui.tables.row_cache import Ask
from torc_client.vocabulary.rows import Row, sortable
from torc_client.vocabulary.words import ColumnWords, RecordWords

# Rows of one call for the ids of selected rows.
_BATCH_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class TableQuery:
    """The filter and the order of a table. The server applies both."""

    filter: str = ""
    sort: str = ""
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class RowWindow:
    """Some rows of a list, and the number of all that match."""

    rows: Sequence[Row]
    total: int


RowReader = Callable[[TableQuery, Ask], Awaitable[RowWindow | None]]
"""Read rows. None: they could not be read, and a message was shown."""


@dataclass(frozen=True)
class ListedRecords:
    """A list of records of a workflow as a table: its name, words, and columns; `flags` are parameters of the list."""

    title: str
    words: RecordWords
    columns: tuple[ColumnWords, ...] = ()
    flags: dict[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[ColumnWords, ...]:
        """The columns."""
        return self.columns or self.words.usual_columns

    @property
    def first_query(self) -> TableQuery:
        """The order before the user chooses another one."""
        return TableQuery(sort=self.words.sort, reverse=self.words.is_reversed)

    async def read(self, client: TorcClient, workflow_id: int, query: TableQuery, ask: Ask) -> RowWindow:
        """Read rows. Raises TorcError."""
        answer = await self._call(client, workflow_id, query, ask)
        if isinstance(answer, list):
            rows = [Row(each) for each in answer[ask.offset : ask.end]]
            return RowWindow(rows, len(answer))
        return RowWindow(await joined(client, workflow_id, self.words, self.shown, answer.items), answer.total_count)

    async def ids(self, client: TorcClient, workflow_id: int, filter_text: str) -> list[int]:
        """Return the ids of all records that match a filter. Raises TorcError."""
        found: list[int] = []
        while True:
            after = f" id>{found[-1]}" if found else ""
            query = TableQuery(f"{filter_text}{after}".strip(), "id")
            answer = await self._call(client, workflow_id, query, Ask(0, _BATCH_ROWS))
            found += [each.id for each in answer.items]
            if len(answer.items) < _BATCH_ROWS:
                return found

    async def _call(self, client: TorcClient, workflow_id: int, query: TableQuery, ask: Ask) -> Any:
        every = {
            "offset": ask.offset,
            "limit": ask.limit,
            "sort_by": query.sort if query.sort in sortable(self.words) else None,
            "reverse_sort": query.reverse,
            "filter": query.filter or None,
        }
        known = self.words.parameters
        arguments = {name: value for name, value in every.items() if name in known and value is not None}
        return await self.words.operation_of(client, workflow_id)(**arguments, **self.flags)
