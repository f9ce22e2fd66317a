"""The trigger types of workflow actions. The server has the same in an enum, and a test compares them."""

from typing import Final

WORKFLOW_TRIGGERS: Final = ("on_workflow_start", "on_workflow_complete", "on_jobs_ready", "on_jobs_complete")
"""The server counts these for the whole workflow."""

WORKER_START: Final = "on_worker_start"
WORKER_COMPLETE: Final = "on_worker_complete"

ACTION_TRIGGERS: Final = (*WORKFLOW_TRIGGERS, WORKER_START, WORKER_COMPLETE)
