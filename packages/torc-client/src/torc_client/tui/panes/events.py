"""The stored events of a workflow, the newest first."""

from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.tables.query import ListedRecords
from torc_client.vocabulary import records


class EventsPane(RecordsPane):
    """The stored events of a workflow, the newest first."""

    title = "Events"
    scope = Scope.EVENTS
    kinds = frozenset({"events"})
    sources = (ListedRecords("Events", records.EVENTS),)
    SCOPES = (Scope.EVENTS, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]
