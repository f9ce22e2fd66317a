"""The files of a workflow."""

from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.screens.file_viewer import FileViewer
from torc_client.tui.tables.query import ListedRecords
from torc_client.tui.text.sources import FileSource
from torc_client.vocabulary import records


class FilesPane(RecordsPane):
    """The files of a workflow."""

    title = "Files"
    scope = Scope.FILES
    kinds = frozenset({"status", "workflow"})
    sources = (ListedRecords("Files", records.FILES),)
    SCOPES = (Scope.FILES, Scope.TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    async def do_open(self) -> None:
        """Show the content of the file."""
        row = self.table.row
        if row is not None:
            workflow = await self.session.client.workflows.get_workflow(row.record.workflow_id)
            source = FileSource(row.record.path, workflow.submission_directory, row.record.name)
            await self.torc.push_screen_wait(FileViewer(source))
