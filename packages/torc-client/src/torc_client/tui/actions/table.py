"""Which function performs an action that changes a workflow or its jobs, as `module:function`.

A function is `async def NAME(pane: Pane) -> None`. It runs as a worker: it may wait for answers and dialogs. The
errors that it raises are shown as messages.
"""

from collections.abc import Mapping

_LOGS = "torc_client.tui.actions.logs"

ACTIONS: Mapping[str, str] = {name: f"{_LOGS}:{name}" for name in ("show_log", "next_failed", "show_processes")}
