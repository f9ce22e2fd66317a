"""What the keys of recovery do: show the table, apply it or not."""

from typing import Any

from torc_client.tui.actions.outcomes import finish
from torc_client.tui.actions.proposal import Done, TorcProgram
from torc_client.tui.actions.targets import workflows_of
from torc_client.tui.screens.recovery import RecoveryScreen


async def recover(pane: Any) -> None:
    """Show what a recovery of the workflow would do, and do it if the user wants."""
    await _show(pane, is_dry=False)


async def recover_dry_run(pane: Any) -> None:
    """Show what a recovery of the workflow would do."""
    await _show(pane, is_dry=True)


async def _show(pane: Any, *, is_dry: bool) -> None:
    app, target = pane.torc, workflows_of(pane)
    if target is None or len(target.workflow_ids) > 1:
        app.session.notify("Select one workflow for this.")
        return
    screen = RecoveryScreen(target.workflow_id, is_dry=is_dry or app.session.read_only)
    outcome: Done | TorcProgram | None = await app.push_screen_wait(screen)
    if outcome is not None:
        await finish(pane, outcome)
