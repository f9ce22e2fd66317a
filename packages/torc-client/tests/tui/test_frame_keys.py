"""The keys of the frame: help, palette, users, servers, the output directory, views, read-only."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from torc_client.errors import TorcError
from torc_client.testing.fake_server import FakeServer
from torc_client.tui.live import LinkState
from torc_client.tui.panes.registry import VIEWS
from torc_client.tui.screens.ask_text import AskText
from torc_client.tui.screens.help import HelpScreen
from torc_client.tui.screens.proposal_dialog import ProposalDialog
from torc_client.tui.screens.server_output import ServerOutput
from torc_client.tui.window_table import WindowTable
from tui_screens import lines_of, page_of, settled, text_of, until
from tui_workflow import answer_empty


@dataclass
class Started:
    url: str
    ended: Callable[[], Awaitable[object]] | None = None


async def ready(app, pilot):
    await until(pilot, lambda: app.live.state is LinkState.LIVE)
    await settled(pilot)


async def test_help_lists_the_keys_that_work_here(make_app, server):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await settled(pilot)
        assert "Workflows" in text_of(app)
        assert "Show the workflow in the views." in text_of(app)
        await pilot.press("question_mark")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


async def test_the_palette_finds_a_command_by_its_words(make_app, server):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot)
        await pilot.press("colon", *"all users")
        await until(pilot, lambda: "Show the workflows of all users" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.session.user is None)
        await settled(pilot)
        assert "all users" in lines_of(app)[0]
    assert app.unexpected == []


async def test_the_palette_goes_to_a_workflow_by_its_id(make_app, server):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot)
        await pilot.press("ctrl+p", *"17")
        await until(pilot, lambda: "Show workflow 17" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.session.workflow_id == 17)


async def test_the_workflows_of_another_user_and_of_all(make_app, server):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("ctrl+u", *"bob", "enter")
        await until(pilot, lambda: "user: bob" in lines_of(app)[0])
        await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
    users = [call.query.get("user") for call in server.calls_of("list_workflows") if "id=" not in str(call.query)]
    assert list(dict.fromkeys(users)) == ["ada", "bob", None]
    assert users[-1] == "ada"


async def test_another_server_is_used_and_a_wrong_url_is_a_message(make_app, server):
    app = make_app()
    other = FakeServer()
    answer_empty(other)
    async with other, app.run_test(size=(80, 24), notifications=True) as pilot:
        other.answer("list_workflows", page_of([{"id": 9, "name": "elsewhere", "user": "ada"}]))
        for operation in ("stream_workflow_changes", "stream_events"):
            other.answer(operation, server._answers[operation].__next__())
        other.answer("list_jobs", page_of([]))
        await ready(app, pilot)
        await pilot.press("u", "ctrl+u", *"ftp://x", "enter")
        await until(pilot, lambda: "Cannot choose server" in text_of(app))
        assert app.session.url == server.url
        await pilot.press("u", "ctrl+u", *other.url, "enter")
        await until(pilot, lambda: "elsewhere" in text_of(app))
        assert app.session.workflow_id == 9
    assert app.unexpected == []


async def test_the_output_directory(make_app, server, tmp_path):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot)
        await pilot.press("o", "ctrl+u", *str(tmp_path), "enter")
        await until(pilot, lambda: app.session.output_dir == tmp_path)


async def test_tabs_go_through_the_views_and_a_click_shows_one(make_app, server):
    server.answer("list_results", page_of([]))
    server.answer("list_files", page_of([]))
    names = [view.name for view in VIEWS]
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot)
        at = names.index("jobs")
        await app.main.show_view("jobs")
        await pilot.press("tab")
        await until(pilot, lambda: app.main.view.id == f"view-{names[at + 1]}")
        await pilot.press("shift+tab")
        await until(pilot, lambda: app.main.view.id == "view-jobs")
        await settled(pilot)
        line = next(number for number, text in enumerate(lines_of(app)) if "Jobs" in text and "Files" in text)
        await pilot.click(offset=(lines_of(app)[line].index("Files") + 1, line))
        await until(pilot, lambda: app.main.view.id == "view-files")
        await until(pilot, lambda: app.main.view.has_focus_within)
        await pilot.press("left")
        await until(pilot, lambda: app.main.workflows.has_focus_within)
        await settled(pilot)
    assert app.unexpected == []


async def test_read_only_hides_and_refuses_what_changes(make_app, server):
    app = make_app(read_only=True)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(app, pilot)
        assert "read-only" in lines_of(app)[0]
        shown = {key.action for _, keys in app.active_keys() for key in keys}
        assert "quit" in shown
        assert not any(key.changes for _, keys in app.active_keys() for key in keys)
        await pilot.press("S")
        await settled(pilot)
        assert not app.own_server.was_started


async def test_the_server_started_here(make_app, server):
    ended = []

    @asynccontextmanager
    async def start(on_line):
        on_line("listening \x1b[2J")
        yield Started(server.url)
        ended.append(True)

    app = make_app(start_server=start)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(app, pilot)
        await pilot.press("S")
        await until(pilot, lambda: app.own_server.is_running)
        await ready(app, pilot)
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, ServerOutput))
        await until(pilot, lambda: "listening \\u001b[2J" in text_of(app))
        await pilot.press("q")
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, ProposalDialog))
        await pilot.press("y")
        await until(pilot, lambda: ended == [True])
    assert app.unexpected == []


async def test_a_server_that_has_ended_can_be_started_again(make_app, server):
    over = asyncio.Event()
    begun = []

    @asynccontextmanager
    async def start(on_line):
        begun.append(True)
        yield Started(server.url, over.wait)

    app = make_app(start_server=start)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot)
        await pilot.press("S")
        await until(pilot, lambda: app.own_server.was_started)
        over.set()
        await until(pilot, lambda: any("S starts it again" in each.message for each in app._notifications))
        assert not app.own_server.is_running
        await until(pilot, lambda: "stopped" in lines_of(app)[0])
        await pilot.press("S")
        await until(pilot, lambda: len(begun) == 2)
        await ready(app, pilot)
    assert app.unexpected == []


async def test_a_server_that_does_not_start_is_a_message(make_app, server):
    @asynccontextmanager
    async def start(on_line):
        raise TorcError("torc-server did not start: no space left.")
        yield

    app = make_app(start_server=start)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(app, pilot)
        await pilot.press("S")
        await until(pilot, lambda: any("no space left" in each.message for each in app._notifications))
    assert app.unexpected == []


async def test_all_workflows_are_selected_and_none(make_app, server):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot)
        await pilot.press("asterisk")
        await until(pilot, lambda: app.main.workflows.chosen_ids() == (1, 2))
        await until(pilot, lambda: len(app.main.workflows.table.chosen) == 2)
        await pilot.press("asterisk")
        await until(pilot, lambda: not app.main.workflows.table.chosen)
    assert app.unexpected == []


@pytest.mark.parametrize(("jumps", "first"), [(False, 1), (True, 10)])
async def test_over_ssh_rows_scroll_by_half_a_screen(make_app, server, monkeypatch, jumps, first):
    jobs = [{"id": at, "workflow_id": 2, "name": f"j{at}", "command": "x"} for at in range(1, 101)]
    server.answer("list_jobs", page_of(jobs))
    monkeypatch.setattr(WindowTable, "jumps", jumps)
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot)
        pane = await app.main.show_view("jobs", focus=True)
        await until(pilot, lambda: pane.table.total == 100)
        await settled(pilot)
        while pane.table.scroll_offset.y == 0:
            await pilot.press("down")
        assert pane.table.scroll_offset.y == first
    assert app.unexpected == []


async def test_a_server_of_its_own_begins_with_the_named_workflow(make_app, server):
    server.answer("list_jobs", page_of([]))
    server.answer("get_workflow", {"id": 2, "name": "sweep", "user": "ada"})

    @asynccontextmanager
    async def start(_):
        yield Started(server.url)

    app = make_app(url="http://127.0.0.1:9/torc-service/v1", is_standalone=True, start_server=start, workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.session.url == server.url and app.session.workflow_id == 2)
