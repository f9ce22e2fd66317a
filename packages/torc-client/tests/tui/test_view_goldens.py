"""The views of records as lines, at 80x24 and at 200x50."""

import pytest

from torc_client.testing.fake_server import FakeServer
from torc_client.tui.live import LinkState
from tui_records import answer_records
from tui_screens import SIZES, assert_golden, settled, until

VIEWS = ("jobs", "results", "files", "user_data", "compute_nodes", "scheduled_nodes", "events", "details")


@pytest.fixture
def records(server: FakeServer) -> FakeServer:
    """A server with records of every kind."""
    answer_records(server)
    return server


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", VIEWS)
async def test_a_view(make_app, records, size, view):
    async with (app := make_app(workflow_id=2)).run_test(size=size) as pilot:
        await until(pilot, lambda: app.live.state is LinkState.LIVE)
        await app.main.show_view(view, focus=True)
        await settled(pilot)
        assert_golden(app, f"view-{view}-{size[0]}x{size[1]}")
    assert app.unexpected == []
