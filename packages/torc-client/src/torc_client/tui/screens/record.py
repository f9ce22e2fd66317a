"""The details of a record in front of its table."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from torc_client.tui.actions.logs import job_log, log_of
from torc_client.tui.dispatch import bindings
from torc_client.tui.footer import KeyFooter
from torc_client.tui.front import FrontScreen
from torc_client.tui.keys import Scope
from torc_client.tui.screens.log_viewer import LogViewer
from torc_client.tui.tables.sections import DetailSection, Loaded
from torc_client.vocabulary.rows import Row

_WIDEST_CAPTION = 40


class RecordScreen(FrontScreen[None]):
    """Everything about a record. Keys go to the records of the rows around it, and copy what is copied most."""

    SCOPES = (Scope.RECORD,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]
    DEFAULT_CSS = """
    RecordScreen { align: center middle; }
    RecordScreen > Vertical { width: 96%; max-width: 140; height: 90%; border: round $primary; background: $surface; }
    RecordScreen VerticalScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    """

    def __init__(
        self, load: Callable[[Row], Awaitable[Loaded]], row: Row, step: Callable[[int], Row | None] | None = None
    ) -> None:
        super().__init__()
        self._load = load
        self._row = row
        self._step = step
        self._loaded: Loaded | None = None

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        with Vertical():
            with VerticalScroll():
                yield Static("Reading ...", markup=False)
            yield KeyFooter()

    def on_mount(self) -> None:
        """Read the record."""
        self.query_one(VerticalScroll).focus()
        self._begin()

    def _begin(self) -> None:
        self.torc.run_guarded(self._show(self._row), "read the record")

    async def _show(self, row: Row) -> None:
        loaded = await self._load(row)
        if row is not self._row or not self.is_attached:
            return
        self._loaded = loaded
        self.query_one(Vertical).border_title = Text(loaded.title)
        self.query_one(Static).update(text_of(loaded.sections))
        self.query_one(VerticalScroll).scroll_home(animate=False)
        self.refresh_bindings()

    def _go(self, by: int) -> None:
        row = self._step(by) if self._step is not None else None
        if row is not None and row is not self._row:
            self._row = row
            self._begin()

    def do_next_record(self) -> None:
        """Show the record of the next row."""
        self._go(1)

    def do_previous_record(self) -> None:
        """Show the record of the row before."""
        self._go(-1)

    def do_copy_record(self) -> None:
        """Copy the command of a job, the path of a file, the data of user data, or the record."""
        if self._loaded is not None:
            self.torc.copy(self._loaded.copied, self._loaded.copied_name)

    async def do_show_log(self) -> None:
        """Show the log of the job; of a result, that of its attempt."""
        job_id = None if self._loaded is None else self._loaded.job_id
        source = log_of(self.session, self._row.record)
        if source is None and job_id is not None:
            source = job_log(self.session, job_id)
        if source is not None:
            await self.torc.push_screen_wait(LogViewer(source))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the key for the log of a record that has none."""
        if action == "perform" and parameters[0] == "show_log" and self._loaded is not None:
            return self._loaded.job_id is not None or log_of(self.session, self._row.record) is not None
        return super().check_action(action, parameters)


def text_of(sections: tuple[DetailSection, ...]) -> Text:
    """Return sections as a text. Pure."""
    text = Text()
    for section in sections:
        if section.title:
            text.append(f"\n{section.title}\n", "bold")
        captions = [len(line.caption) for line in section.lines]
        width = min(max(captions, default=0), _WIDEST_CAPTION)
        for line in section.lines:
            caption = f"  {line.caption.ljust(width)}  " if line.caption else "  "
            text.append(caption, "dim")
            text.append(line.value.replace("\n", "\n" + " " * len(caption)) + "\n", line.style)
    return text
