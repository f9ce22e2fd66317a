"""The results of the workflow's jobs: of the current run, and of all runs."""

from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.tables.query import ListedRecords
from torc_client.vocabulary import records


class ResultsPane(RecordsPane):
    """The results of the workflow's jobs: of the current run, and of all runs."""

    title = "Results"
    scope = Scope.RESULTS
    kinds = frozenset({"results", "workflow"})
    sources = (
        ListedRecords("This run", records.RESULTS),
        ListedRecords("All runs", records.RESULTS, flags={"all_runs": True}),
    )
    SCOPES = (Scope.RESULTS, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]
