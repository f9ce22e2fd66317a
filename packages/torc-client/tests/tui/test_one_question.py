"""One question at a time: keys that follow each other quickly do not open dialogs above each other."""

from torc_client.tui.actions import entry
from torc_client.tui.screens.proposal_dialog import ProposalDialog
from tui_screens import page_of, settled, until


def dialogs(app):
    return [screen for screen in app.screen_stack if isinstance(screen, ProposalDialog)]


async def test_a_second_action_waits_for_the_answer_to_the_first(make_app, server):
    server.answer("list_scheduled_compute_nodes", page_of([]))
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = app.main.workflows
        app.run_guarded(entry.delete_workflow(pane), "delete")
        await until(pilot, lambda: app.is_asking)
        await entry.archive(pane)
        await until(pilot, lambda: dialogs(app) != [])
        assert [dialog.proposal.verb for dialog in dialogs(app)] == ["Delete"]
        await pilot.press("escape")
        await until(pilot, lambda: not app.is_asking)
        await pilot.press("z")
        await until(pilot, lambda: dialogs(app) != [])
        assert [dialog.proposal.verb for dialog in dialogs(app)] == ["Archive"]
    assert app.unexpected == []
