"""`torc config paths`."""

from dataclasses import dataclass

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing
from torc_client.settings_files import files

_NAMES = ("local", "user", "system")


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A path where a settings file is searched."""

    name: str
    path: str
    exists: bool


@command(short_help="List the paths of settings files.")
def paths(app: App) -> Listing:
    """List the paths of settings files, highest precedence first, and whether each exists."""
    del app
    settings_files = [SettingsFile(name, str(path), path.exists()) for name, path in zip(_NAMES, files(), strict=True)]
    columns = (Column("Name", "name"), Column("Path", "path"), Column("Exists", "exists"))
    return Listing(settings_files, columns, "path", "paths", "settings, highest precedence first")
