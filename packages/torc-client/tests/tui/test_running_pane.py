"""The running jobs in the app."""

import pytest

from torc_client.testing.fake_server import FakeServer
from tui_screens import SIZES, assert_golden, page_of, settled, text_of
from tui_workflow import answer_ensemble


@pytest.fixture
def ensemble(server: FakeServer) -> FakeServer:
    """A server with a workflow of 100,002 jobs."""
    answer_ensemble(server)
    return server


async def shown(app, pilot):
    pane = await app.main.show_view("running", focus=True)
    await settled(pilot)
    return pane


@pytest.mark.parametrize("size", SIZES)
async def test_running_jobs_have_host_time_and_limits(make_app, ensemble, size):
    async with (app := make_app(workflow_id=2)).run_test(size=size) as pilot:
        await shown(app, pilot)
        text = text_of(app)
        asked = [call.query for call in ensemble.calls_of("list_jobs")]
        assert ("status=running,pending", 250) in [(each.get("filter"), each.get("limit")) for each in asked]
        if size == SIZES[0]:  # a wide screen also has the time of the start, which differs
            assert_golden(app, "view-running-80x24")
        assert "████▏░░░ of 4 h" in text
        assert app.unexpected == []


async def test_a_filter_is_added_to_that_of_running_jobs(make_app, ensemble):
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        pane = await shown(app, pilot)
        await pane.set_filter("host=n1")
        assert ensemble.calls_of("list_jobs")[-1].query["filter"] == "status=running,pending host=n1"


async def test_the_graph_near_a_running_job(make_app, ensemble):
    ensemble.answer(
        "list_neighbours",
        {"workflow_id": 2, "jobs": [{"job_id": 101, "job_name": "simulate_101", "status": "running", "step": 0}],
         "edges": [], "steps": []},
    )  # fmt: skip
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        await pilot.press("z")
        await settled(pilot)
        assert ensemble.calls_of("list_neighbours")[0].path == {"id": 101}
        assert app.main.view.title == "Graph"
        assert app.unexpected == []


async def test_without_running_jobs(make_app, ensemble):
    ensemble.answer("list_jobs", page_of([]))
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        assert "No running jobs." in text_of(app)
