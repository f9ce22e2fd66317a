"""Find the folder in which further allocations of a workflow start, so that relative paths keep their meaning."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from torc_client.answers import id_of
from torc_client.api.records import WorkflowModel
from torc_client.batch.submit_options import SubmitOptions
from torc_client.client import TorcClient


async def in_folder_of(
    client: TorcClient, workflow: WorkflowModel, options: SubmitOptions, report: Callable[[str], None]
) -> SubmitOptions:
    """Return options with the folder in which a workflow was created, and a relative output folder in it.

    Without that folder, or where the last allocations were requested with the same output folder, the current directory
    stays. `report` gets a sentence if the folders differ. Raises TorcError.
    """
    here, created = os.getcwd(), workflow.submission_directory  # noqa: PTH109 - the path of the shell, as recorded
    if not created or created == here or await _last_output(client, workflow) == _relative_output(options, here):
        return options
    if not _is_here(created):
        report(other_folder(created, here))
        return options
    report(f"New allocations start in {created}, where the workflow was created.")
    return replace(options, working_folder=Path(created), output_folder=Path(created) / options.output_folder)


def other_folder(created: str, here: str) -> str:
    """Return the warning that jobs start in another folder than the one in which their workflow was created."""
    return f"Warning: the workflow was created in {created}. Relative paths of its jobs will mean files in {here}."


def _is_here(folder: str) -> bool:
    return Path(folder).is_dir()


def _relative_output(options: SubmitOptions, here: str) -> str | None:
    """Return the path of a relative output folder; None if it is absolute, which says nothing about other paths."""
    folder = options.output_folder
    return None if folder.is_absolute() else os.path.normpath(Path(here, folder))


async def _last_output(client: TorcClient, workflow: WorkflowModel) -> str:
    """Return the output folder of the last submission of a workflow; empty if it has none. Raises TorcError."""
    page = await client.submissions.list_submissions(id_of(workflow), reverse_sort=True, limit=1)
    return page.items[0].folder if page.items else ""
