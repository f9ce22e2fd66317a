"""`torc config paths`."""

from dataclasses import dataclass

from torc_client import config
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing

_NAMES = ("local", "user", "system")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file of settings may be."""

    name: str
    path: str
    exists: bool


@command(short_help="List where files of settings are looked for.")
def paths(app: App) -> Listing:
    """List where files of settings are looked for, the strongest first, and which are there."""
    del app
    places = [Place(name, str(path), path.exists()) for name, path in zip(_NAMES, config.files(), strict=True)]
    columns = (Column("Name", "name"), Column("Path", "path"), Column("Exists", "exists"))
    return Listing(places, columns, "place", "places", "settings, strongest first")
