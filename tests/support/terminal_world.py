"""A real server, a client of it, and the terminal interface, for tests that do what a user does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from support.processes import Place, Reports, Server
from support.terminal_interface import Tui, terminal_interface
from torc_client import spec
from torc_client.api.records import JobModel
from torc_client.client import TorcClient
from torc_client.paging import iterate

SPEC = """
name: {name}
jobs:
  - {{name: first, command: "true"}}
  - {{name: second, command: "[ -e mended ]", depends_on: [first]}}
  - {{name: third, command: "true", depends_on: [second]}}
"""


class World:
    """A server, a client of it, and a terminal interface."""

    def __init__(self, place: Place, server: Server, reports: Reports) -> None:
        self.place = place
        self.server = server
        self.reports = reports
        self.client: TorcClient = None  # type: ignore[assignment]
        self.tui: Tui = None  # type: ignore[assignment]

    async def create(self, text: str) -> int:
        """Create a workflow, and return its id."""
        path = self.place.file("spec.yaml", text)
        return await spec.create(self.client, spec.load(str(path)), user="tester")

    async def ran(self, name: str = "sweep") -> int:
        """Create a workflow of which the second job failed."""
        workflow_id = await self.create(SPEC.format(name=name))
        self.place.run("torc", "run", workflow_id, status=3)
        return workflow_id

    async def statuses(self, workflow_id: int) -> dict[str, str]:
        """Return the status of each job."""
        return {job.name: str(job.status and job.status.value) for job in await self.jobs(workflow_id)}

    async def jobs(self, workflow_id: int) -> list[JobModel]:
        """Return the jobs."""
        return [job async for job in iterate(self.client.jobs.list_jobs, workflow_id=workflow_id)]

    @asynccontextmanager
    async def interface(self, *, is_empty: bool = False, **options: Any) -> AsyncIterator[Tui]:
        """Open the terminal interface with the focus on the workflows, the newest of which is chosen."""
        async with terminal_interface(self.server.url, **options) as tui:
            self.tui = tui
            await tui.until(lambda: is_empty or tui.app.main.workflows.chosen_ids())
            yield tui

    async def on_workflow(self, key: str, *answer: str) -> str:
        """Press a key on the first workflow of the list, answer the dialog, and return what it said."""
        self.tui.app.main.workflows.focus_first()
        return await self.asked(key, *answer)

    async def on_jobs(self, key: str, *answer: str, select: tuple[str, ...] = ()) -> str:
        """Press a key on the jobs, after those that select some, answer the dialog, and return what it said."""
        await self.tui.view("jobs")
        await self.tui.press(*select)
        return await self.asked(key, *answer)

    async def asked(self, key: str, *answer: str) -> str:
        """Press a key, answer the dialog, and return what it said."""
        await self.tui.press(key)
        dialog = await self.tui.dialog()
        said = "\n".join((dialog.proposal.title, *dialog.proposal.lines, dialog.proposal.refusal))
        await self.tui.press(*answer)
        await self.tui.until(lambda: dialog not in self.tui.app.screen_stack)
        return said

    async def told(self, text: str) -> None:
        """Wait for a message."""
        await self.tui.until(lambda: any(text in each.message for each in self.tui.app._notifications))
