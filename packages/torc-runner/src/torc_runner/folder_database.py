"""Warns if an output folder has output of workflows of another database: its files can have the same names."""

from contextlib import suppress
from pathlib import Path

from torc_client.log_files.folder_databases import note_database
from torc_runner.log import fields, logger


def warn_of_other_database(output_dir: Path, database_id: str | None) -> None:
    """Record the database of a runner in its output folder, and warn if the folder has another one."""
    with suppress(OSError):  # the folder may belong to another user
        if database_id and note_database(output_dir, database_id):
            logger.warning(
                "The output folder also has output of another database. Output of workflows and jobs with the same ids"
                " is overwritten. To keep both, use another folder: --output-dir %s",
                fields(output_dir=output_dir),
            )
