"""The graph in the app: groups, files and data, the jobs near one job, and the list."""

from itertools import pairwise

import pytest

from torc_client.testing.fake_server import FakeServer
from torc_client.tui.panes.graph import GraphPane
from tui_screens import SIZES, assert_golden, page_of, settled, text_of
from tui_workflow import answer_ensemble, group


def near_job(id: int, name: str, step: int, status: str = "ready"):
    return {"job_id": id, "job_name": name, "status": status, "step": step}


@pytest.fixture
def ensemble(server: FakeServer) -> FakeServer:
    """A server with a workflow of 100,002 jobs."""
    answer_ensemble(server)
    names = {1: "prepare", 100_002: "summarise"}
    jobs = [{"id": at, "workflow_id": 2, "name": name, "command": "x", "status": "ready"} for at, name in names.items()]
    server.answer("list_jobs", page_of(jobs))
    server.answer(
        "list_neighbours",
        {
            "workflow_id": 2,
            "jobs": [
                near_job(2, "simulate_1", 0),
                near_job(1, "prepare", -1, "completed"),
                near_job(100_002, "summarise", 1),
            ],
            "edges": [{"source_job_id": 1, "target_job_id": 2}, {"source_job_id": 2, "target_job_id": 100_002}],
            "steps": [
                {"step": -1, "num_jobs": 1, "left_off": 0, "is_exact": True},
                {"step": 1, "num_jobs": 1, "left_off": 0, "is_exact": True},
            ],
        },
    )
    return server


async def shown(app, pilot) -> GraphPane:
    pane = await app.main.show_view("graph", focus=True)
    assert isinstance(pane, GraphPane)
    await settled(pilot)
    return pane


@pytest.mark.parametrize("size", SIZES)
async def test_the_groups_are_drawn_with_their_edges(make_app, ensemble, size):
    async with (app := make_app(workflow_id=2)).run_test(size=size) as pilot:
        await shown(app, pilot)
        assert_golden(app, f"graph-{size[0]}x{size[1]}")
        assert app.unexpected == []


async def test_arrows_go_to_the_next_box_and_enter_shows_its_jobs(make_app, ensemble):
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        pane = await shown(app, pilot)
        assert pane.node == "group:prepare"
        await pilot.press("right")
        assert pane.node == "group:simulate_#"
        await pilot.press("enter")
        await settled(pilot)
        assert ensemble.calls_of("list_jobs")[-1].query["filter"] == "group=simulate_#"
        assert app.main.view.title == "Jobs"


async def test_the_jobs_near_one_job_and_back_to_the_groups(make_app, ensemble):
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        pane = await shown(app, pilot)
        await pilot.press("right", "z")
        await settled(pilot)
        assert ensemble.calls_of("list_neighbours")[0].path == {"id": 2}
        assert pane.node == "job:2"
        assert_golden(app, "graph-near-80x24")
        await pilot.press("backspace")
        await settled(pilot)
        assert "34,011/100,000" in text_of(app)
        assert app.unexpected == []


async def test_files_and_data_are_nodes_between_the_groups(make_app, ensemble):
    rows = [
        {"file_id": 4, "file_name": "grid.nc", "file_path": "grid.nc", "producer_job_id": 1,
         "producer_job_name": "prepare", "consumer_job_id": 2, "consumer_job_name": "simulate_1", "workflow_id": 2}
    ]  # fmt: skip
    ensemble.answer("list_job_file_relationships", page_of(rows))
    ensemble.answer("list_job_user_data_relationships", page_of([]))
    async with (app := make_app(workflow_id=2)).run_test(size=(110, 24)) as pilot:
        pane = await shown(app, pilot)
        await pilot.press("F")
        await settled(pilot)
        assert "grid.nc" in text_of(app)
        await pilot.press("right")
        assert pane.node == "file:grid.nc"
        assert app.unexpected == []


async def test_the_list_has_the_same_nodes(make_app, ensemble):
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        pane = await shown(app, pilot)
        await pilot.press("L")
        await settled(pilot)
        assert_golden(app, "graph-list-80x24")
        await pilot.press("down")
        assert pane.node == "group:simulate_#"


async def test_a_drawing_that_is_much_too_wide_is_a_list_at_first(make_app, ensemble):
    groups = [group(f"a_step_with_a_long_name_{'x' * at}", at, ready=2) for at in range(1, 12)]
    edges = [
        {"source": one["key"], "target": other["key"], "pairs": 1, "kind": "dependency"}
        for one, other in pairwise(groups)
    ]
    ensemble.answer("list_job_groups", {"groups": groups, "edges": edges, "edges_left_off": 0})
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        pane = await shown(app, pilot)
        assert pane.is_list
        await pilot.press("L")
        assert not pane.is_list


async def test_a_workflow_without_jobs(make_app, ensemble):
    ensemble.answer("list_job_groups", {"groups": [], "edges": [], "edges_left_off": 0})
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        assert "This workflow has no jobs yet" in text_of(app)
        assert app.unexpected == []
