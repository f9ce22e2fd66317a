"""The base of panes with tables of records: filter, order, selection, details, and what the heading says."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from torc_client.edge.terminal_text import inert_line
from torc_client.text import count
from torc_client.tui.pane import Pane
from torc_client.tui.tables.filter_words import with_word
from torc_client.tui.tables.keys_of_tables import copied, heading_of, same_word
from torc_client.tui.tables.query import ListedRecords, RowWindow, TableQuery
from torc_client.tui.tables.row_cache import Ask
from torc_client.tui.window_table import WindowTable
from torc_client.vocabulary.rows import Row, problem_of

if TYPE_CHECKING:
    from torc_client.tui.tables.sections import Loaded

# Between two readings of changed rows, this many times the duration of the first one passes.
_PAUSES = 10


class RecordsPane(Pane):
    """A pane with a table of records. With several `sources`, a key shows the next one."""

    sources: ClassVar[tuple[ListedRecords, ...]]

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self._about: object = None
        self._filters: dict[str, TableQuery] = {}

    def compose(self) -> ComposeResult:
        """Compose the heading and the table."""
        yield Static(classes="heading", markup=False)
        yield WindowTable(self.sources[0], self._read)

    @property
    def table(self) -> WindowTable:
        """The table."""
        return self.query_one(WindowTable)

    @property
    def source(self) -> ListedRecords:
        """The records that are shown."""
        return self.table.source

    @property
    def about(self) -> object:
        """What the records belong to: the chosen workflow. None if there is none, and then no records."""
        return self.session.workflow_id

    async def load(self) -> None:
        """Read the rows in view again, or the first ones of another workflow."""
        table = self.table
        if self._about == self.about and table.total is not None:
            began = monotonic()
            await table.renew()
            self.next_load = monotonic() + _PAUSES * (monotonic() - began)
            return
        self._about = self.about
        table.forget("" if self._about is not None else "No workflow is chosen.")
        if self._about is not None:
            await table.show(table.source, table.query_shown)
        self._refresh_heading()

    async def _read(self, query: TableQuery, ask: Ask) -> RowWindow | None:
        if self.about is None:
            return None
        source = self.table.source
        return await self.session.call(self.read_rows(source, query, ask), f"read {source.words.plural}")

    async def read_rows(self, source: ListedRecords, query: TableQuery, ask: Ask) -> RowWindow:
        """Read rows. Raises TorcError."""
        return await source.read(self.session.client, self.session.workflow_id or 0, query, ask)

    # Filter

    async def set_filter(self, text: str) -> None:
        """Show the records that match a filter, from the first one. Other views use it, too."""
        query = self.table.query_shown
        self._about = self.about
        await self.table.show(self.source, TableQuery(text, query.sort, query.reverse))

    async def filter_values(self) -> Mapping[str, Sequence[str]]:
        """Return known values of fields of text, which the filter dialog offers."""
        return {}

    async def do_filter(self) -> None:
        """Ask for a filter."""
        from torc_client.tui.screens.filter_dialog import FilterDialog

        words = self.source.words
        if not words.filter_fields:
            self.session.notify(f"{words.plural.capitalize()} cannot be filtered.")
            return
        dialog = FilterDialog(words, self.table.query_shown.filter, self.filter_values)
        text = await self.torc.push_screen_wait(dialog)
        if text is not None and text != self.table.query_shown.filter:
            await self.set_filter(text)

    async def do_filter_same(self) -> None:
        """Filter by the value of the row, or no longer."""
        row = self.table.row
        word = same_word(self.source.words, row) if row is not None else ""
        if not word:
            self.session.notify("The row has no value to filter by.")
            return
        text = with_word(self.table.query_shown.filter, word)
        if not problem_of(self.source.words, text, datetime.now(UTC)):
            await self.set_filter(text)

    async def do_clear_filter(self) -> None:
        """Show all records, and select none."""
        if self.table.query_shown.filter or self.table.chosen:
            await self.set_filter("")

    # Rows

    def do_select(self) -> None:
        """Select the row, or no longer."""
        self.table.toggle_row()

    async def do_select_all(self) -> None:
        """Select all rows that match the filter, or none."""
        table, workflow_id = self.table, self.session.workflow_id
        if table.chosen or workflow_id is None:
            table.choose(())
            return
        query = table.query_shown
        self.show_heading("Selecting ...")
        ids = await self.source.ids(self.session.client, workflow_id, query.filter)
        if table.query_shown == query and workflow_id == self.session.workflow_id:
            table.choose(ids)

    def chosen_ids(self) -> tuple[int, ...]:
        """Return the ids of the selected records; that of the row of the cursor if none is selected."""
        return self.table.chosen_ids

    def do_copy_row(self) -> None:
        """Copy the row to the clipboard."""
        row = self.table.row
        if row is not None:
            self.torc.copy(copied(self.source.words, row), "the row")

    async def do_open(self) -> None:
        """Show the whole record of the row."""
        from torc_client.tui.screens.record import RecordScreen

        row = self.table.row
        if row is not None:
            await self.torc.push_screen_wait(RecordScreen(self._load_record, row, self._step))

    async def _load_record(self, row: Row) -> "Loaded":
        from torc_client.tui.tables.record_sections import load_record

        return await load_record(self.session.client, self.source.words, row)

    def _step(self, by: int) -> Row | None:
        """Move to another row while its record is in front."""
        self.table.action_move(by)
        return self.table.row

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the key for another table if there is only one."""
        if action == "perform" and parameters[0] == "next_table" and len(self.sources) == 1:
            return False
        return super().check_action(action, parameters)

    async def do_next_table(self) -> None:
        """Show the next of the tables of this pane."""
        table = self.table
        self._filters[table.source.title] = table.query_shown
        after = self.sources[(self.sources.index(table.source) + 1) % len(self.sources)]
        await table.show(after, self._filters.get(after.title, after.first_query))

    def on_window_table_opened(self, event: WindowTable.Opened) -> None:
        """Open the row that was clicked."""
        event.stop()
        self.torc.run_guarded(self.do_open(), "show the record")

    # The heading

    def on_window_table_shown(self, event: WindowTable.Shown) -> None:
        """Say what is shown now."""
        event.stop()
        self._refresh_heading()

    def _refresh_heading(self) -> None:
        self.show_heading(self._position())

    def _position(self) -> str:
        table, words = self.table, self.source.words
        if self.about is None:
            return "No workflow is chosen."
        if table.total is None:
            return "Reading ..."
        parts = [f"{min(table.cursor + 1, table.total):,} of {_numbered(table.total, words.singular, words.plural)}"]
        if table.chosen:
            parts.append(f"{len(table.chosen):,} selected")
        query = table.query_shown
        if (query.sort, query.reverse) != (words.sort, words.is_reversed):
            parts.append(f"by {heading_of(words, query.sort)}")
        return " · ".join(parts)

    @property
    def heading(self) -> Static:
        """The line above the table."""
        return self.query_one(".heading", Static)

    def show_heading(self, position: str) -> None:
        """Show the tables of the pane, a position, and the filter."""
        text = Text(no_wrap=True, overflow="ellipsis")
        if len(self.sources) > 1:
            for source in self.sources:
                text.append(f" {source.title} ", "reverse" if source is self.source else "dim")
                text.append(" ")
        text.append(position)
        query = self.table.query_shown
        if query.filter:
            text.append(f" · filter: {inert_line(query.filter)}", "bold yellow")
        self.heading.update(text, layout=False)


def _numbered(total: int, singular: str, plural: str) -> str:
    return count(singular, total, plural).replace(str(total), f"{total:,}", 1)
