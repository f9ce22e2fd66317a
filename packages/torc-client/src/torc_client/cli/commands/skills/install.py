"""`torc skills install`."""

from pathlib import Path

import click

from torc_client.cli.commands.skills.folder_options import folder_options
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message
from torc_client.documents.skills import claude_folder
from torc_client.documents.skills import install as install_skill
from torc_client.documents.skills import skill as shipped_skill
from torc_client.text import count


@command(short_help="Install or update the skill for assistants.")
@click.argument("name", default="torc")
@folder_options
@click.option("--force", is_flag=True, help="Replace files that you changed.")
def install(app: App, name: str, claude: bool, folder: Path | None, force: bool) -> Message:
    """Copy the skill NAME into a folder of skills, or update it there.

    NAME is torc if it is omitted. A skill is a folder with instructions that an assistant reads when a task needs
    them. Files that you changed are not replaced without --force.
    """
    del app
    if claude == (folder is not None):
        raise click.UsageError("Choose the folder: --claude, or --folder FOLDER.")
    chosen = folder if folder is not None else claude_folder()
    done = install_skill(shipped_skill(name), chosen, replaces_changed=force)
    place = chosen / name
    if not done.written and not done.removed:
        text = f"The skill in {place} is up to date."
    else:
        removed = f", removed {len(done.removed)}" if done.removed else ""
        text = f"Installed the skill {name} in {place}: wrote {count('file', len(done.written))}{removed}."
    facts = {"skill": name, "folder": str(place), "written": list(done.written), "removed": list(done.removed)}
    return Message(text, facts)
