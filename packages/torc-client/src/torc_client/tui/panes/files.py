"""The files of a workflow."""

from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.tables.query import ListedRecords
from torc_client.vocabulary import records


class FilesPane(RecordsPane):
    """The files of a workflow."""

    title = "Files"
    scope = Scope.FILES
    kinds = frozenset({"status", "workflow"})
    sources = (ListedRecords("Files", records.FILES),)
    SCOPES = (Scope.FILES, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]
