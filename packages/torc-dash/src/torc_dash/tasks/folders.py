"""The folder in which the command of a workflow runs."""

import asyncio
import os
from pathlib import Path

from torc_client.api.records import WorkflowModel
from torc_dash.tasks.registry import Tasks


async def folders(tasks: Tasks, workflow: WorkflowModel) -> tuple[Path, Path | None]:
    """Return the folder in which the command runs, and the one to show: where the workflow was submitted, if here."""
    folder = Path(workflow.submission_directory or "")
    is_usable = folder.is_absolute() and await asyncio.to_thread(_can_enter, folder)
    return (folder, folder) if is_usable else (tasks.folder, None)


def _can_enter(folder: Path) -> bool:
    """Whether a folder exists here and this user may enter it."""
    try:
        return folder.is_dir() and os.access(folder, os.X_OK)
    except OSError:
        return False
