"""The options that select a folder of skills."""

from collections.abc import Callable
from pathlib import Path

import click

from torc_client.option_types import UserPath


def folder_options(function: Callable[..., object]) -> Callable[..., object]:
    """Add `--claude` and `--folder`."""
    for option in (
        click.option(
            "--folder",
            type=UserPath(file_okay=False, path_type=Path),
            metavar="FOLDER",
            help="Folder of skills of another assistant or of a project, such as .claude/skills.",
        ),
        click.option("--claude", is_flag=True, help="The folder of Claude Code: ~/.claude/skills."),
    ):
        function = option(function)
    return function
