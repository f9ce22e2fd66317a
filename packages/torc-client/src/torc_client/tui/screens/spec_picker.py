"""The dialog in which the user chooses a spec file. It checks the file before it is used."""

import asyncio
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, OptionList, Static

from torc_client.edge.terminal_text import inert_line
from torc_client.errors import TorcError
from torc_client.tui.front import FrontScreen
from torc_client.tui.spec_files import FolderEntry, SpecCheck, check_spec, entries_of, matching
from torc_client.tui.text.places import shortened

_HELP = "Type to filter, or a path with /. Enter opens, Backspace goes up, Esc closes."


class SpecPicker(FrontScreen[Path]):
    """Returns the path of a valid spec file."""

    CSS = """
    SpecPicker { background: $background; }
    SpecPicker > Static { height: 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
    SpecPicker > #picker-folder { text-style: bold; }
    SpecPicker > Input { height: 1; border: none; padding: 0; }
    SpecPicker > OptionList { height: 1fr; border: none; text-wrap: nowrap; text-overflow: ellipsis; }
    SpecPicker > VerticalScroll { height: auto; max-height: 60%; display: none; border-top: solid $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close"),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("backspace", "erase", show=False, priority=True),
    ]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder.absolute()
        self.checked: tuple[Path, SpecCheck] | None = None
        self._entries: list[FolderEntry] = []
        self._shown: list[FolderEntry] = []

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        yield Static(id="picker-folder", markup=False)
        yield Input(placeholder="filter")
        yield OptionList()
        with VerticalScroll():
            yield Static(id="picker-check", markup=False)
        yield Static(_HELP, id="picker-state", markup=False)

    async def on_mount(self) -> None:
        """Show the folder."""
        self.query_one(OptionList).can_focus = False
        self.query_one(VerticalScroll).can_focus = False
        self.query_one(Input).focus()
        await self._open_folder(self.folder)

    async def _open_folder(self, folder: Path) -> None:
        try:
            entries = await asyncio.to_thread(entries_of, folder)
        except TorcError as error:
            self._say(error.message)
            return
        self.folder, self._entries = folder, entries
        title = shortened(inert_line(str(folder)), self.size.width)
        self.query_one("#picker-folder", Static).update(title)
        self.query_one(Input).value = ""
        self._show_entries("")
        self._say(_HELP if entries else "No folders and no spec files (.yaml, .yml, .json, .json5, .kdl) are here.")

    def _show_entries(self, words: str) -> None:
        options = self.query_one(OptionList)
        self._shown = matching(self._entries, words)
        options.clear_options()
        options.add_options(Text(one.shown, no_wrap=True, overflow="ellipsis") for one in self._shown)
        options.highlighted = 0 if self._shown else None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._forget_check()
        if "/" not in event.value and not event.value.startswith("~"):
            self._show_entries(event.value)

    @on(Input.Submitted)
    async def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.checked is not None and self.checked[1].is_valid:
            _ = self.dismiss(self.checked[0])
        elif "/" in event.value or event.value.startswith("~"):
            await self._open_path(self.folder / await asyncio.to_thread(Path(event.value).expanduser))
        elif (at := self.query_one(OptionList).highlighted) is not None:
            await self._open_path(self.folder / self._shown[at].name)

    @on(OptionList.OptionSelected)
    async def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        await self._open_path(self.folder / self._shown[event.option_index].name)

    async def _open_path(self, path: Path) -> None:
        if await asyncio.to_thread(path.is_dir):
            await self._open_folder(path)
        elif await asyncio.to_thread(path.is_file):
            self.torc.run_guarded(self._check(path), "check the spec")
        else:
            self._say(f"Neither a folder nor a regular file: {inert_line(str(path))}")

    async def _check(self, path: Path) -> None:
        self._say(f"Checking {inert_line(path.name)} ...")
        typed = self.query_one(Input).value
        found = await asyncio.to_thread(check_spec, path)
        if self.is_attached and self.query_one(Input).value == typed:
            self._show_check(path, found)

    def _show_check(self, path: Path, found: SpecCheck) -> None:
        self.checked = (path, found)
        text = Text(found.summary, "bold")
        for line in found.lines:
            text.append(f"\n{line}", "not bold")
        self.query_one("#picker-check", Static).update(text)
        self.query_one(VerticalScroll).display = True
        self._say(
            "Enter creates the workflow. Esc goes back." if found.is_valid else "Correct the file, then press Enter."
        )

    def _forget_check(self) -> None:
        self.checked = None
        self.query_one(VerticalScroll).display = False

    def action_move(self, rows: int) -> None:
        """Point to another entry, or scroll what the check found."""
        if self.checked is not None:
            self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)
            return
        options = self.query_one(OptionList)
        if self._shown:
            options.highlighted = max(0, min((options.highlighted or 0) + rows, len(self._shown) - 1))

    async def action_erase(self) -> None:
        """Delete a character of the filter; without one, go to the folder above."""
        typed = self.query_one(Input)
        if typed.value:
            typed.action_delete_left()
        else:
            await self._open_folder(self.folder.parent)

    def action_leave(self) -> None:
        """Hide what the check found, or close the dialog."""
        if self.checked is not None:
            self._forget_check()
            self._say(_HELP)
        else:
            self.action_close()

    def _say(self, message: str) -> None:
        self.query_one("#picker-state", Static).update(Text(message, no_wrap=True, overflow="ellipsis"))
