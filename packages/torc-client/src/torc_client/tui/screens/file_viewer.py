"""The viewer of a file of a workflow, or of any other file on this machine."""

import asyncio
from typing import ClassVar

from textual.binding import BindingType

from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.screens.text_screen import AT_ONCE, TextScreen
from torc_client.tui.text.sources import binary_lines


class FileViewer(TextScreen):
    """Shows a file as text. Of a binary file, it shows the first bytes."""

    SCOPES = (Scope.FILE_VIEWER,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES), *AT_ONCE]

    async def show_first(self, place: str, message: str) -> None:
        """Show the beginning."""
        await super().show_first(place or "start", message)

    async def show_binary(self) -> None:
        """Show the first bytes."""
        if self.opened is not None:
            self.show_lines(await asyncio.to_thread(binary_lines, self.opened.log))
            self.say("A binary file.")
