"""`torc skills list`."""

from pathlib import Path

import click
from msgspec import Struct

from torc_client.cli.commands.skills.folder_options import folder_options
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing
from torc_client.documents.skills import claude_folder, skills, state_in


class InstalledSkill(Struct, frozen=True):
    """A shipped skill and its state in a folder of skills."""

    name: str
    state: str
    folder: str
    files: int
    description: str


COLUMNS = (
    Column("Name", "name"),
    Column("State", "state"),
    Column("Folder", "folder"),
    Column("Files", "files", right=True),
)


@command("list", short_help="List the skills and whether they are installed.")
@folder_options
def list_skills(app: App, claude: bool, folder: Path | None) -> Listing:
    """List the skills that Torc has, and their state in a folder of skills.

    Without an option, it is the folder of Claude Code. The state is absent, current, outdated (from another version
    of Torc), or changed (by you).
    """
    del app
    if claude and folder is not None:
        raise click.UsageError("--claude and --folder exclude each other.")
    chosen = folder if folder is not None else claude_folder()
    items = [
        InstalledSkill(
            each.name, state_in(each, chosen).value, str(chosen / each.name), len(each.files), each.description
        )
        for each in skills()
    ]
    return Listing(items, COLUMNS, "skill", "skills")
