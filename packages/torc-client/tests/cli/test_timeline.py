"""`torc workflows timeline`: what ran when, as rows with charts."""

import pytest

WINDOW = {
    "start_time": "2026-01-01T00:00:00.000Z", "end_time": "2026-01-01T00:06:40.000Z", "bin_seconds": 100.0,
    "run_start_time": "2026-01-01T00:00:00.000Z", "run_end_time": "2026-01-01T00:06:40.000Z",
}  # fmt: skip
NOTHING = {
    "run_id": 1, "num_attempts": 0, "left_out_attempts": 0, "counts": [], "lanes": [], "total_lanes": 0, "running": [],
    "busy_cpus": [], "node_cpus": [], "busy_cpu_seconds": 0.0, "node_cpu_seconds": 0.0,
}  # fmt: skip


def bar(start, end, number=1, row=0):
    counts = [{"status": "completed", "num_attempts": number}]
    return {
        "start_seconds": start, "end_seconds": end, "row": row, "counts": counts, "job_seconds": number * (end - start),
    }  # fmt: skip


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    return fake_server


@pytest.fixture
def ran(server):
    lanes = [
        {
            "key": key, "num_rows": 1, "counts": [{"status": "completed", "num_attempts": 9}], "job_seconds": 100.0,
            "active": [], "rectangles": rectangles,
        }
        for key, rectangles in (
            ("n1", [bar(0, 100, 8), bar(100, 200, 4), bar(395, 400)]),
            # One began before the time that is shown, and one ended after it.
            ("n2", [bar(-500, 50), bar(390, 900)]),
        )
    ]  # fmt: skip
    counts = [{"status": "completed", "num_attempts": 18}, {"status": "pending_failed", "num_attempts": 2}]
    server.answer("get_timeline", NOTHING | WINDOW | {
        "lanes": lanes, "total_lanes": 300, "counts": counts, "busy_cpu_seconds": 7200.0, "node_cpu_seconds": 9000.0,
        "left_out_attempts": 3,
    })  # fmt: skip
    return server


async def test_each_lane_has_a_chart(torc, ran):
    shown = await torc("workflows", "timeline", "7", "--lanes", "groups", "--run-id", "1", "-l", "2")
    assert shown.code == 0, shown.err
    for text in (
        "█" * 10 + "▄" * 10 + " " * 19 + "▁",
        "█" * 5 + " " * 34 + "█",
        "80 % (2 h of 2 h 30 min)",
        "18 completed, 2 pending_failed",
        "without a readable time: 3",
    ):
        assert text in shown.out + shown.err
    (call,) = ran.calls_of("get_timeline")
    assert {name: str(call.query[name]) for name in ("lanes", "run_id", "limit")} == {
        "lanes": "groups", "run_id": "1", "limit": "2",
    }  # fmt: skip


async def test_json_has_everything(torc, ran):
    answer = (await torc("-f", "json", "workflows", "timeline", "7")).json
    assert answer["lanes"][0]["rectangles"][0]["end_seconds"] == 100
    assert answer["total_lanes"] == 300


async def test_nothing_has_run(torc, server):
    server.answer("get_timeline", NOTHING)
    shown = await torc("workflows", "timeline", "7")
    assert shown.code == 0
    (shown.told if shown.err else shown.printed)()
