"""The log viewer: the logs of a job's attempts."""

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType

from torc_client.edge.terminal_text import inert_line
from torc_client.log_files.relayed_log import RelayedLog
from torc_client.tui.dispatch import bindings
from torc_client.tui.keys import Scope
from torc_client.tui.screens.choice import ChoiceScreen
from torc_client.tui.screens.text_screen import AT_ONCE, TextScreen
from torc_client.tui.text.failed_jobs import next_failed_job
from torc_client.tui.text.sources import KIND_TITLES, AllocationLogSource, JobLogSource, attempt_line


class LogViewer(TextScreen):
    """Shows a log of a job; at its first error if the job failed, and with new lines while it runs."""

    SCOPES = (Scope.LOG_VIEWER,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*SCOPES), *AT_ONCE]

    source: JobLogSource | AllocationLogSource

    def __init__(self, source: JobLogSource | AllocationLogSource) -> None:
        super().__init__(source)

    @property
    def of_job(self) -> JobLogSource | None:
        """The source, if it is a job."""
        return self.source if isinstance(self.source, JobLogSource) else None

    async def show_first(self, place: str, message: str) -> None:
        """Follow what is being written; else show the first error, or the end."""
        if self.opened is None or self.opened.is_over or place not in {"", "end"}:
            await super().show_first(place, message)
        else:
            self.follow(message)

    def fill_place(self, place: Text) -> None:
        """Write the logs of the attempt and the path of the open one."""
        opened = self.opened
        if opened is None:
            return
        for kind in opened.kinds:
            place.append(f" {KIND_TITLES[kind]} ", "reverse" if kind == opened.kind else "dim")
            place.append(" ")
        place.append("through the server: " if isinstance(opened.log, RelayedLog) else "")
        super().fill_place(place)

    def do_switch_stream(self) -> None:
        """Show the next log of the attempt."""
        if self.opened is not None and len(self.opened.kinds) > 1:
            self.source.kind = self.source.next_kind(self.opened)
            self.reopen()

    async def do_choose_attempt(self) -> None:
        """Choose the attempt whose logs are shown."""
        source = self.of_job
        history = source.history if source is not None else None
        if source is None or history is None or not history.attempts:
            self.say("There are no attempts.")
            return
        lines = [attempt_line(one) for one in history.attempts]
        here = history.attempts.index(history.chosen) if history.chosen in history.attempts else 0
        chosen = await self.app.push_screen_wait(ChoiceScreen(f"Attempts of job {source.job_id}", lines, here))
        if chosen is not None:
            source.choose(history.attempts[chosen])
            self.reopen()

    async def do_next_failed(self) -> None:
        """Show the log of the next failed job of the workflow, at its first error."""
        source = self.of_job
        if source is None or source.history is None:
            return
        found = await next_failed_job(source.client, source.history.job.workflow_id, source.job_id)
        if found is None:
            self.say("No job of this workflow failed.")
            return
        self.source = JobLogSource(source.client, found.job_id, folders=source.folders)
        self.reopen(message=found.message)

    def do_choose_output_dir(self) -> None:
        """Ask for another folder in which logs are searched."""
        if self.of_job is not None:
            self.prompt("folder", "Output directory of the runner", str(self.session.output_dir))

    def answer(self, kind: str, text: str) -> None:
        """Use what the user typed."""
        if kind != "folder":
            super().answer(kind, text)
        elif text.strip() and self.of_job is not None:
            folder = Path(text.strip()).expanduser()
            self.session.output_dir = folder
            self.of_job.folders = (folder,)
            self.reopen(message=f"Logs are also searched in {inert_line(str(folder))}.")
