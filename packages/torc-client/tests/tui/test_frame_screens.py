"""The main screen as lines, at 80x24 and at 200x50."""

import pytest

from torc_client.tui.live import LinkState
from tui_screens import SIZES, assert_golden, page_of, settled, until

NONE = {
    "blocked": 0, "canceled": 0, "completed": 0, "disabled": 0, "failed": 0, "pending": 0, "pending_failed": 0,
    "ready": 0, "running": 0, "terminated": 0, "uninitialized": 0,
}  # fmt: skip
PROGRESS = {
    "state": "running", "total_jobs": 100_002, "active_compute_nodes": 12, "seconds_left": 6600.0,
    "jobs_by_status": {**NONE, "completed": 34_005, "failed": 7, "running": 12, "blocked": 65_978},
}  # fmt: skip
DONE = {
    "state": "completed", "total_jobs": 4, "active_compute_nodes": 0,
    "jobs_by_status": {**NONE, "completed": 4},
}  # fmt: skip
WORKFLOWS = [
    {"id": 3, "name": "ensemble-100k", "user": "ada", "progress": PROGRESS},
    {"id": 1, "name": "dia[b]mond\x1b[31m", "user": "ada", "progress": DONE},
]
JOBS = [
    {"id": 11, "workflow_id": 3, "name": "prepare", "command": "./prepare.sh", "status": "completed", "attempt_id": 1},
    {"id": 12, "workflow_id": 3, "name": "simulate_1_1", "command": "./run 1", "status": "ready", "attempt_id": 1},
]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("place", ["workflows", "jobs"])
async def test_the_main_screen(make_app, server, size, place):
    server.answer("list_workflows", page_of(WORKFLOWS))
    server.answer("list_jobs", page_of(JOBS))
    app = make_app(workflow_id=3)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.live.state is LinkState.LIVE)
        await app.main.show_view("jobs", focus=place == "jobs")
        await settled(pilot)
        assert_golden(app, f"main-{place}-{size[0]}x{size[1]}")
    assert app.unexpected == []
