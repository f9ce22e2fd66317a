"""The view Details: settings and actions of the workflow, without control characters."""

from tui_screens import page_of, settled, text_of, until

WORKFLOW = {
    "id": 2, "name": "sweep", "user": "ada", "submission_directory": "/scratch/ada", "description": "a\x1b[31mb",
}  # fmt: skip
ACTION = {
    "id": 1, "workflow_id": 2, "trigger_type": "on_workflow_start", "action_type": "run_commands",
    "action_config": {"commands": ["echo hi"]}, "trigger_count": 0, "required_triggers": 1, "executed": True,
}  # fmt: skip


async def test_it_shows_the_submission_directory_and_the_actions(make_app, server):
    server.answer("get_workflow", WORKFLOW)
    server.answer("get_workflow_actions", [ACTION])
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("D")
        await until(pilot, lambda: "/scratch/ada" in text_of(app))
        assert "a\\u001b[31mb" in text_of(app)
        assert "run_commands" in text_of(app)
        assert "(executed)" in " ".join(text_of(app).split())
        server.answer("get_workflow_actions", [])
        await pilot.press("r")
        await until(pilot, lambda: "run_commands" not in text_of(app))
        await pilot.press("Y")
        await until(pilot, lambda: '"submission_directory": "/scratch/ada"' in app.clipboard)
    assert app.unexpected == []


async def test_without_a_workflow_it_says_so(make_app, server):
    server.answer("list_workflows", page_of([]))
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("D")
        await until(pilot, lambda: "No workflow is chosen." in text_of(app))
