"""The terminal interface in this process, at a real server: keys in, text out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from torc_client.client import TorcClient
from torc_client.tui.app import TorcApp
from torc_client.tui.screens.proposal_dialog import ProposalDialog
from torc_client.tui.settings import TuiSettings

SIZE = (80, 24)
_PAUSE_SECONDS = 0.02


class Tui:
    """A running app, and what a user does with it."""

    def __init__(self, app: TorcApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        """What the screen shows."""
        compositor = self.app.screen._compositor  # textual has no public way to the lines
        return "\n".join(strip.text.rstrip() for strip in compositor.render_strips())

    async def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until a condition holds. The time limit of the test is the only one."""
        while not condition():
            assert not self.app.unexpected, self.app.unexpected
            await self.pilot.pause(_PAUSE_SECONDS)

    async def shows(self, text: str) -> None:
        """Wait until the screen shows a text."""
        await self.until(lambda: text in " ".join(self.text.split()))

    async def dialog(self) -> ProposalDialog:
        """Wait for the dialog of an action."""
        await self.until(lambda: isinstance(self.app.screen, ProposalDialog) and self.app.screen.is_mounted)
        await self.pilot.pause()
        assert isinstance(self.app.screen, ProposalDialog)
        return self.app.screen

    async def view(self, name: str) -> Any:
        """Show a view of the workflow, with the focus in it, when it has rows."""
        pane: Any = await self.app.main.show_view(name, focus=True)
        await self.until(pane.chosen_ids)
        return pane


@asynccontextmanager
async def terminal_interface(url: str, **options: Any) -> AsyncIterator[Tui]:
    """Run the app without a terminal. Fails if an exception other than a refused request occurred in it."""
    app = TorcApp(TuiSettings(**{"url": url, "connect": TorcClient, "user": "tester", **options}))
    async with app.run_test(size=SIZE) as pilot:
        yield Tui(app, pilot)
    assert not app.unexpected, app.unexpected
