"""The user data of a workflow."""

from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.tables.query import ListedRecords
from torc_client.vocabulary import records


class UserDataPane(RecordsPane):
    """The user data of a workflow."""

    title = "User Data"
    scope = Scope.USER_DATA
    kinds = frozenset({"status", "workflow"})
    sources = (ListedRecords("User data", records.USER_DATA),)
    SCOPES = (Scope.USER_DATA, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]
