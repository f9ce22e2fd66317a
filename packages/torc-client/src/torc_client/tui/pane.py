"""A view of the chosen workflow, and the message by which it learns that something changed."""

from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer

from torc_client.tui.dispatch import Acting
from torc_client.tui.keys import Scope
from torc_client.tui.session import Session

EVERYTHING = frozenset({"events", "status", "jobs", "results", "nodes", "workflow"})
"""All kinds of data of a workflow; see `changed_kinds.kinds_of`. The list of workflows has the kind `workflows`."""


@dataclass
class Changed(Message):
    """Data changed on the server. `workflow_id` is None for the list of workflows."""

    workflow_id: int | None
    kinds: frozenset[str]


class Pane(Acting, Vertical):
    """A view of the chosen workflow. A subclass composes widgets and fills them in `load`.

    `title` is the word of its tab, `scope` that of its keys, and `kinds` the kinds of data that it shows. `load` is
    called when the pane becomes visible, when another workflow is chosen, on `r`, and when data of these kinds
    changed. It never runs twice at once. A hidden pane loads when it is shown again. A `load` that sets `next_load`, in
    seconds of `monotonic`, postpones until then what changes of data cause.
    """

    title: ClassVar[str] = ""
    scope: ClassVar[Scope]
    kinds: ClassVar[frozenset[str]] = EVERYTHING

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.is_stale = True
        self.next_load = 0.0
        self._is_loading = False
        self._waiting: Timer | None = None

    @property
    def session(self) -> Session:
        """The shared state: client, workflow, user."""
        return self.torc.session

    @property
    def is_shown(self) -> bool:
        """Whether the pane is in view, also behind a dialog."""
        return bool(self.display)

    async def load(self) -> None:
        """Read the data and show it. Use `self.session.call`, or raise TorcError, for requests that fail."""
        raise NotImplementedError

    def focus_first(self) -> None:
        """Focus the first widget of the pane that can be focused."""
        for widget in self.query("*"):
            if widget.focusable:
                widget.focus()
                return

    def reload(self) -> None:
        """Load soon if the pane is shown, else when it is shown again."""
        self.is_stale = True
        if self.is_shown and not self._is_loading:
            self._is_loading = True
            self.torc.run_guarded(self._load_until_fresh(), f"show {self.title or 'this view'}")

    def on_changed(self, event: Changed) -> None:
        """Load again if data of the chosen workflow changed that this pane shows, not before `next_load`."""
        event.stop()
        if not (event.kinds & self.kinds and event.workflow_id in {None, self.session.workflow_id}):
            return
        pause = self.next_load - monotonic()
        if pause <= 0:
            self.reload()
        elif self._waiting is None:
            self._waiting = self.set_timer(pause, self._reload_after_pause)

    def _reload_after_pause(self) -> None:
        self._waiting = None
        self.reload()

    async def _load_until_fresh(self) -> None:
        try:
            while self.is_stale and self.is_shown and self.is_attached:
                self.is_stale = False
                await self.load()
        finally:
            self._is_loading = False
