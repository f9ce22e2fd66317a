"""A dialog to choose a group of jobs."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from torc_client.api.records import JobGroupModel
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import COMPLETE, count_in
from torc_client.tui.front import FrontScreen
from torc_client.tui.tables.marks import MARKS, STYLES

_WIDEST_NAME = 40
_SHOWN = ("failed", "terminated", "pending_failed", "running", "ready", "blocked", "canceled")


class GroupDialog(FrontScreen[str]):
    """The groups of the jobs with their progress. The result is the key of a group."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    DEFAULT_CSS = """
    GroupDialog { align: center middle; }
    GroupDialog > Vertical {
        width: 96%; max-width: 110; height: auto; max-height: 90%; border: round $primary; background: $surface;
    }
    GroupDialog OptionList { border: none; height: auto; max-height: 20; }
    GroupDialog Static { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, groups: Sequence[JobGroupModel]) -> None:
        super().__init__()
        self._groups = groups

    def compose(self) -> ComposeResult:
        """Compose the dialog."""
        with Vertical() as box:
            box.border_title = "Jobs whose names differ only in their numbers"
            width = min(max((len(group.label) for group in self._groups), default=0), _WIDEST_NAME)
            yield OptionList(*(Option(group_line(group, width)) for group in self._groups), markup=False, compact=True)
            yield Static("Enter show its jobs · Esc cancel" if self._groups else "The workflow has no jobs.")

    def action_move(self, by: int) -> None:
        """Go to another group."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose a group."""
        event.stop()
        _ = self.dismiss(self._groups[event.option_index].key)


def group_line(group: JobGroupModel, width: int) -> Text:
    """Return a group with its progress: "simulate_#   34/100 ended  ✗ 7  ▶ 12". Pure."""
    counts = group.jobs_by_status
    ended = count_in(counts, COMPLETE)
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(inert_line(group.label)[:width].ljust(width), "bold")
    text.append(f"  {ended:,}/{group.total_jobs:,} ended")
    for status in _SHOWN:
        number = getattr(counts, status)
        if number:
            text.append(f"  {MARKS[status]} {number:,} {status.replace('_', ' ')}", STYLES[status])
    return text
