"""The overview in the app: what it shows at two sizes, where its lines lead, and empty states."""

import pytest

from torc_client.testing.fake_server import FakeServer
from torc_client.tui.lines_view import LinesView
from torc_client.tui.panes.overview import OverviewPane
from tui_screens import SIZES, assert_golden, page_of, settled, text_of, until
from tui_workflow import FAILURE, answer_ensemble, explained, status


@pytest.fixture
def ensemble(server: FakeServer) -> FakeServer:
    """A server with a workflow of 100,002 jobs."""
    answer_ensemble(server)
    return server


async def shown(app, pilot, word="Ended|Running now|Next|commands") -> LinesView:
    pane = await app.main.show_view("overview", focus=True)
    assert isinstance(pane, OverviewPane)
    await settled(pilot)
    return pane.lines


@pytest.mark.parametrize("size", SIZES)
async def test_the_overview(make_app, ensemble, size):
    async with (app := make_app(workflow_id=2)).run_test(size=size) as pilot:
        await shown(app, pilot)
        assert_golden(app, f"overview-{size[0]}x{size[1]}")
        assert app.unexpected == []


async def test_a_line_leads_to_the_jobs_that_it_is_about(make_app, ensemble):
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        lines = await shown(app, pilot)
        assert lines.target is not None
        assert lines.target.filter == "group=simulate_# status=failed return_code=1"
        await pilot.press("enter")
        await settled(pilot)
        assert app.main.view.title == "Jobs"
        filters = [call.query.get("filter") for call in ensemble.calls_of("list_jobs")]
        assert filters[-1] == "group=simulate_# status=failed return_code=1"
    assert app.unexpected == []


async def test_the_first_error_of_a_log_is_quoted(make_app, ensemble, tmp_path):
    folder = tmp_path / "job_stdio"
    folder.mkdir()
    (folder / "job_wf2_j99_r1_a1.e").write_text("x\nFileNotFoundError: [bold]grid.nc\x1b[2J\n")
    ensemble.answer("list_failures", {"clusters": [FAILURE], "clusters_left_off": 0, "total_jobs": 1})
    job = {"id": 99, "workflow_id": 2, "name": "simulate_98", "command": "x", "status": "failed", "attempt_id": 1}
    ensemble.answer("get_job", job | {"compute_node_id": 3})
    node = {
        "id": 3, "workflow_id": 2, "compute_node_type": "local", "hostname": "n1", "num_cpus": 1, "memory_gb": 1.0,
        "num_gpus": 0, "num_nodes": 1, "pid": 1, "start_time": "2026-03-01T12:00:00Z", "output_dir": str(tmp_path),
    }  # fmt: skip
    ensemble.answer("get_compute_node", node)
    result = {
        "id": 1, "workflow_id": 2, "job_id": 99, "run_id": 1, "attempt_id": 1, "compute_node_id": 3, "return_code": 1,
        "status": "failed", "exec_time_minutes": 0.1, "completion_time": "2026-03-01T12:10:00Z",
    }  # fmt: skip
    ensemble.answer("list_results", page_of([result]))
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 40)) as pilot:
        await shown(app, pilot)
        await until(pilot, lambda: "└ FileNotFoundError: [bold]grid.nc" in text_of(app))
        assert "A file or a folder was missing" in text_of(app)
        assert "\x1b" not in text_of(app)
    assert app.unexpected == []


async def test_without_a_workflow_it_says_how_to_begin(make_app, server):
    server.answer("list_workflows", page_of([]))
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        assert_golden(app, "overview-no-workflow")
        assert app.unexpected == []


async def test_without_jobs_it_says_how_to_add_them(make_app, ensemble):
    ensemble.answer("get_workflow_status", status(counts={}, is_complete=False, active_compute_nodes=0))
    ensemble.answer("list_failures", {"clusters": [], "clusters_left_off": 0, "total_jobs": 0})
    ensemble.answer("list_jobs", page_of([]))
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        assert_golden(app, "overview-no-jobs")
        assert ensemble.calls_of("explain_workflow") == []


async def test_where_nothing_ran_it_says_what_to_do(make_app, ensemble):
    ensemble.answer("get_workflow_status", status(counts={"ready": 4}, active_compute_nodes=0))
    ensemble.answer("list_failures", {"clusters": [], "clusters_left_off": 0, "total_jobs": 0})
    ensemble.answer("list_jobs", page_of([]))
    reason = {"code": "no_active_nodes", "count": 4, "jobs": [], "message": "no runner is active"}
    ensemble.answer("explain_workflow", explained(reason))
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        text = text_of(app)
        assert "◌ no runner is active" in text
        assert "Nothing has run yet" in text
        assert "torc run 2" in text


async def test_expensive_answers_are_not_asked_again_after_each_change(make_app, ensemble):
    async with (app := make_app(workflow_id=2)).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        before = len(ensemble.calls_of("get_workflow_status"))
        app.main.view.reload()
        await settled(pilot)
        assert len(ensemble.calls_of("get_workflow_status")) == before + 1
        assert len(ensemble.calls_of("explain_workflow")) == 1
