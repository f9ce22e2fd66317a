"""Which function performs an action that changes a workflow or its jobs, as `module:function`.

A function is `async def NAME(pane: Pane) -> None`. It runs as a worker: it may wait for answers and dialogs. The
errors that it raises are shown as messages.
"""

from collections.abc import Mapping

_LOGS = "torc_client.tui.actions.logs"
_ENTRY = "torc_client.tui.actions.entry"
_RECOVERY = "torc_client.tui.actions.recovery_entry"
_NAMES = (
    "new_workflow", "initialize", "reinitialize", "reset", "retry_failed", "run", "submit", "watch",
    "cancel_workflow", "delete_workflow", "archive", "export",
    "cancel_jobs", "terminate_jobs", "retry_jobs", "reset_jobs", "set_priority", "set_command", "set_requirements",
)  # fmt: skip

ACTIONS: Mapping[str, str] = {
    **{name: f"{_ENTRY}:{name}" for name in _NAMES},
    **{name: f"{_RECOVERY}:{name}" for name in ("recover", "recover_dry_run")},
    **{name: f"{_LOGS}:{name}" for name in ("show_log", "next_failed", "show_processes")},
    "show_near": "torc_client.tui.opening:show_near",
}
