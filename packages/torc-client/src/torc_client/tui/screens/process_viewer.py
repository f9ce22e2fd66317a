"""The viewer of a program that was started from here, and the list of these programs."""

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList, Static

from torc_client.edge.terminal_text import inert_line
from torc_client.text import count
from torc_client.tui.clipboard import copied
from torc_client.tui.dispatch import bindings
from torc_client.tui.footer import KeyFooter
from torc_client.tui.front import FrontScreen
from torc_client.tui.keys import Scope
from torc_client.tui.processes import ChildProcess, Processes
from torc_client.tui.screens.choice import ChoiceScreen
from torc_client.tui.text.view import LineView

# As many pictures a second as a slow connection carries.
_LOOK_SECONDS = 0.2


class ProcessViewer(FrontScreen[None]):
    """Shows the output of a program while it runs. Closing it does not end the program."""

    SCOPES = (Scope.PROCESS_VIEWER,)
    CSS = """
    ProcessViewer { background: $background; }
    ProcessViewer > Static { height: 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
    ProcessViewer > #process-title { text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES)]

    def __init__(self, process: ChildProcess) -> None:
        super().__init__()
        self.process = process
        self.scrolls = True
        self._version = -1

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        yield Static(id="process-title", markup=False)
        yield LineView(explains=False)
        yield Static(id="process-state", markup=False)
        yield KeyFooter()

    @property
    def lines(self) -> LineView:
        """The widget with the output."""
        return self.query_one(LineView)

    def on_mount(self) -> None:
        """Show the output, and what follows."""
        title = Text(f"{inert_line(self.process.title)}: {self.process.command}", no_wrap=True, overflow="ellipsis")
        self.query_one("#process-title", Static).update(title)
        self.lines.focus()
        self.set_interval(_LOOK_SECONDS, self.show_output)
        self.call_after_refresh(self.show_output)

    def show_output(self) -> None:
        """Show the output since the last time."""
        process, view = self.process, self.lines
        if process.version != self._version:
            self._version = process.version
            number, new = process.lines_from(view.buffer.follow_from)
            dropped = view.buffer.append(new, number)
            if self.scrolls:
                view.refresh_lines(to_end=True)
            else:
                view.shift(-dropped)
        self._show_state()

    @on(LineView.Moved)
    def _moved(self) -> None:
        self.scrolls = self.lines.is_at_end
        self._show_state()

    def do_auto_scroll(self) -> None:
        """Follow the output, or stop that."""
        self.scrolls = not self.scrolls
        if self.scrolls:
            self.lines.refresh_lines(to_end=True)
        self._show_state()

    def do_copy_lines(self) -> None:
        """Copy the lines in view."""
        text = self.lines.shown_text()
        self.torc.copy_to_clipboard(text)
        self.session.notify(copied(text, "the lines in view"))

    async def do_kill(self) -> None:
        """End the program, after a question."""
        process = self.process
        if not process.is_running:
            self.session.notify("The program has ended.")
            return
        ways = ["No, let it run", "Ask it to end (SIGTERM): torc run ends its jobs first", "Kill it at once (SIGKILL)"]
        chosen = await self.app.push_screen_wait(ChoiceScreen(f"End {process.title} (process {process.pid})?", ways))
        if chosen == 1:
            process.terminate()
        elif chosen == len(ways) - 1:
            process.kill()

    def _show_state(self) -> None:
        process = self.process
        parts = [process.state, count("line", process.line_count)]
        if process.dropped_count:
            parts.append(f"the first {process.dropped_count:,} are no longer kept")
        parts.append("following" if self.scrolls else "not following: a")
        self.query_one("#process-state", Static).update(
            Text(" · ".join(parts), no_wrap=True, overflow="ellipsis"), layout=False
        )


class ProcessList(FrontScreen[ChildProcess]):
    """The programs that were started from here. Returns the chosen one."""

    CSS = """
    ProcessList { background: $background; }
    ProcessList > Static { height: 1; background: $panel; text-style: bold; }
    ProcessList > OptionList { height: 1fr; border: none; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape", "close", "close")]

    def __init__(self, processes: Processes) -> None:
        super().__init__()
        self._processes = processes
        self._shown: list[ChildProcess] = []

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        yield Static("Programs that were started from here: Enter shows the output")
        yield OptionList()

    def on_mount(self) -> None:
        """Show the programs, and how they do."""
        self.query_one(OptionList).focus()
        self._refresh_list()
        self.set_interval(1.0, self._refresh_list)

    def _refresh_list(self) -> None:
        options, self._shown = self.query_one(OptionList), list(self._processes.all)
        here = options.highlighted
        options.clear_options()
        options.add_options(
            Text(f"{inert_line(one.title)}  {one.state}\n  {one.command}", no_wrap=True, overflow="ellipsis")
            for one in self._shown
        )
        options.highlighted = min(here or 0, len(self._shown) - 1) if self._shown else None

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        _ = self.dismiss(self._shown[event.option_index])
