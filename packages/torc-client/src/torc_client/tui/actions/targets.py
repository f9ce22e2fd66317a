"""What a key is for: the selected rows of a pane, else the row of its cursor, else the chosen workflow."""

from collections.abc import Sequence
from typing import Any

from torc_client.tui.actions.proposal import Target
from torc_client.tui.keys import Scope


def _chosen(pane: Any) -> tuple[int, ...]:
    """Return the ids of the selected rows of a table, else that of the row of the cursor."""
    chosen: Sequence[int] = pane.chosen_ids() if hasattr(pane, "chosen_ids") else ()
    return tuple(chosen)


def workflows_of(pane: Any) -> Target | None:
    """Return the workflows that a key of a pane is for, or None if there is none."""
    if Scope.WORKFLOWS in pane.SCOPES:
        chosen = _chosen(pane)
        return Target(chosen) if chosen else None
    workflow_id = pane.torc.session.workflow_id
    return None if workflow_id is None else Target((workflow_id,))


def jobs_of(pane: Any) -> Target | None:
    """Return the jobs that a key of a pane is for, or None if there is none."""
    workflow_id = pane.torc.session.workflow_id
    chosen = _chosen(pane)
    return Target((workflow_id,), chosen) if chosen and workflow_id is not None else None
