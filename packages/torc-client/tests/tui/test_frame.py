"""The main screen: what it shows at first, keys of the frame, and what happens when the server is away."""

from torc_client.testing.fake_server import Refusal
from torc_client.tui.live import LinkState
from tui_screens import lines_of, settled, text_of, until


async def test_the_workflows_of_the_user_are_listed(make_app, server):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.live.state is LinkState.LIVE)
        await settled(pilot)
        assert "● live" in lines_of(app)[0]
        assert "user: ada" in lines_of(app)[0]
        assert [line.split()[-3:-1] for line in lines_of(app)[2:4]] == [["2", "sweep"], ["1", "diamond"]]
        assert app.session.workflow_id == 2
    assert server.calls_of("list_workflows")[0].query["user"] == "ada"
    assert app.unexpected == []


async def test_an_error_of_the_server_is_a_message_and_the_program_continues(make_app, server):
    server.answer("list_workflows", Refusal(422, "no [b]such[/b] \x1b[31mthing"))
    app = make_app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await server.received("list_workflows")
        await settled(pilot)
        assert "no [b]such[/b] \\u001b[31mthing" in " ".join(text_of(app).split())
        await pilot.press("q")
    assert app.return_code == 0


async def test_a_change_of_the_list_is_shown(make_app, server, list_events):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.live.state is LinkState.LIVE)
        await settled(pilot)
        before = len(server.calls_of("list_workflows"))
        list_events.send({"everything": False, "workflow_ids": [2]})
        await server.received("list_workflows", before + 1)
        await settled(pilot)
    assert app.unexpected == []
