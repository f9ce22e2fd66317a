"""What a runner prepares on disk before a job starts: the folders of its output, and a command that is too long."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from torc_client import shared_folders
from torc_client.edge.output_files import PRIVATE
from torc_runner.launch.commands import is_too_long, script_arguments, shell_arguments, shell_text
from torc_runner.launch.spawn import LaunchError
from torc_runner.launch.stdio import leave_note
from torc_runner.machine.job import ClaimedJob
from torc_runner.run_context import RunContext


def job_arguments(job: ClaimedJob, context: RunContext) -> list[str]:
    """Return the arguments that run a job's command. A command that is too long for one is written to a file.

    Raises LaunchError.
    """
    text = shell_text(job.command, job.invocation_script)
    if not is_too_long(text):
        return shell_arguments(text, context.shell)
    path = context.script_of(job)
    try:
        descriptor = shared_folders.create_file(str(path), PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(f"{text}\n")
    except OSError as error:
        reason = f"the command is too long to be passed on, and cannot be written to {path}: {error.strerror}"
        raise LaunchError(reason) from None
    return script_arguments(str(path), context.shell)


def clean_up(job: ClaimedJob, context: RunContext, exit_code: int) -> str:
    """Delete the file of a command that was too long, and note in a failed job's stderr which folders it lacked.

    Returns the note; empty if there is none.
    """
    if is_too_long(shell_text(job.command, job.invocation_script)):
        with suppress(OSError):
            context.script_of(job).unlink()
    if exit_code != 0 and job.output_files:
        missing = ", ".join(str(folder) for folder in _output_folders(job) if not _is_there(folder))
        if missing:
            fix = "create it in the command, or set make_output_folders in the execution_config of the spec"
            note = f"no folder {missing} for the output files: {fix}"
            leave_note(context.files_of(job), f"torc-runner: {note}")
            return note
    return ""


def make_output_folders(job: ClaimedJob) -> None:
    """Create the missing folders of a job's output files. Raises LaunchError."""
    for folder in _output_folders(job):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise LaunchError(f"the folder {folder} of its output files cannot be created: {reason}") from None


def _output_folders(job: ClaimedJob) -> Iterator[Path]:
    return iter(dict.fromkeys(file.path.parent for file in job.output_files))


def _is_there(folder: Path) -> bool:
    try:
        return folder.exists()
    except (OSError, ValueError):
        return True
