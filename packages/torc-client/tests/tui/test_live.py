"""The events of the server: panes load again, an outage is shown and survived, a deleted workflow is forgotten."""

from torc_client.testing.fake_server import BREAK_OFF, Refusal
from torc_client.tui.live import LinkState
from tui_screens import lines_of, page_of, settled, text_of, until


async def test_an_event_loads_the_view_again(make_app, server, events):
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.live.state is LinkState.LIVE)
        await app.main.show_view("jobs")
        await settled(pilot)
        before = len(server.calls_of("list_jobs"))
        server.answer("list_jobs", page_of([{"id": 5, "workflow_id": 2, "name": "late", "command": "x"}]))
        events.send({"workflow_id": 2, "timestamp": 0, "event_type": "job_ready", "severity": "info", "data": {}})
        await server.received("list_jobs", before + 1)
        await until(pilot, lambda: "late" in text_of(app))
    assert app.unexpected == []


async def test_many_events_are_few_requests(make_app, server, events):
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.live.state is LinkState.LIVE)
        await app.main.show_view("jobs")
        await settled(pilot)
        before = len(server.calls_of("list_jobs"))
        for _ in range(200):
            events.send({"workflow_id": 2, "timestamp": 0, "event_type": "job_ready", "severity": "info", "data": {}})
        await server.received("list_jobs", before + 1)
        await settled(pilot)
        assert len(server.calls_of("list_jobs")) - before <= 10


async def test_an_outage_is_shown_and_ends(make_app, server, list_events, events):
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: app.live.state is LinkState.LIVE)
        await settled(pilot)
        streams = [server._answers[name].__next__() for name in ("stream_workflow_changes", "stream_events")]
        for name in ("stream_workflow_changes", "stream_events", "list_workflows", "list_jobs"):
            server.answer(name, BREAK_OFF)
        list_events.break_off()
        events.break_off()
        await until(pilot, lambda: "○ reconnecting" in lines_of(app)[0])
        assert "sweep" in text_of(app)
        for name, stream in zip(("stream_workflow_changes", "stream_events"), streams, strict=True):
            server.answer(name, stream)
        server.answer("list_workflows", page_of([{"id": 2, "name": "renamed", "user": "ada"}]))
        server.answer("list_jobs", page_of([]))
        await until(pilot, lambda: "● live" in lines_of(app)[0])
        await until(pilot, lambda: "renamed" in text_of(app))
    assert app.unexpected == []


async def test_a_deleted_workflow_is_forgotten(make_app, server):
    server.answer("stream_events", Refusal(404, "there is no workflow 7"))
    app = make_app(workflow_id=7)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "Workflow 7 was deleted" in " ".join(text_of(app).split()))
        assert app.session.workflow_id != 7
    assert app.unexpected == []


async def test_a_refusal_is_shown_and_not_repeated(make_app, server):
    server.answer("stream_workflow_changes", Refusal(401, "a password is required"))
    app = make_app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "✗ refused" in lines_of(app)[0])
        await until(pilot, lambda: "a password is required" in " ".join(text_of(app).split()))
