"""The dialogs and viewers in front of the main screen as lines, at 80x24 and at 200x50."""

from collections.abc import Callable

import pytest

from torc_client.testing.fake_server import FakeServer
from torc_client.tui.app import TorcApp
from torc_client.tui.live import LinkState
from torc_client.tui.screens.filter_dialog import FilterDialog
from torc_client.tui.screens.help import HelpScreen
from torc_client.tui.screens.proposal_dialog import ProposalDialog
from torc_client.tui.screens.record import RecordScreen
from tui_records import answer_records
from tui_screens import SIZES, assert_golden, settled, text_of, until

# The view, the keys, the screen that they open, and a text that it ends with showing.
DIALOGS: dict[str, tuple[str, tuple[str, ...], type, str]] = {
    "filter": ("jobs", ("f", *"stat"), FilterDialog, "status"),
    "filter-problem": ("jobs", ("f", *"colour=red", "enter"), FilterDialog, "there is no field 'colour'"),
    "help": ("jobs", ("question_mark",), HelpScreen, "Jobs"),
    "delete": ("details", ("d",), ProposalDialog, "delete 2"),
    "archive": ("details", ("left", "z"), ProposalDialog, "Archive"),
    "requirements": ("jobs", ("m",), ProposalDialog, "Memory"),
    "command": ("jobs", ("down", "dollar_sign"), ProposalDialog, "Command of"),
    "job": ("jobs", ("down", "enter"), RecordScreen, "python sim.py"),
    "user-data": ("user_data", ("enter",), RecordScreen, "alpha"),
}


@pytest.fixture
def records(server: FakeServer) -> FakeServer:
    """A server with records of every kind, and what the dialogs ask for."""
    answer_records(server)
    return server


async def opened(app: TorcApp, pilot, view: str, keys: tuple[str, ...], shows: Callable[[], bool]) -> None:
    await until(pilot, lambda: app.live.state is LinkState.LIVE)
    await app.main.show_view(view, focus=True)
    await settled(pilot)
    for key in keys:
        await pilot.press(key)
    await until(pilot, shows)
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", DIALOGS)
async def test_a_dialog(make_app, records, size, name):
    view, keys, screen, text = DIALOGS[name]
    async with (app := make_app(workflow_id=2)).run_test(size=size) as pilot:
        await opened(app, pilot, view, keys, lambda: isinstance(app.screen, screen) and text in text_of(app))
        assert_golden(app, f"dialog-{name}-{size[0]}x{size[1]}")
    assert app.unexpected == []
