"""`torc config ...`."""

from torc_client.cli.framework.lazy import LazyGroup, Place

_ROOM = "torc_client.cli.commands.config"

config = LazyGroup(
    name="config",
    help="Show, check and begin files of settings.",
    table={
        "init": Place(f"{_ROOM}.init:init", "Begin a file of settings"),
        "paths": Place(f"{_ROOM}.paths:paths", "List where files of settings are looked for"),
        "show": Place(f"{_ROOM}.show:show_settings", "Show every setting, and where it comes from"),
        "validate": Place(f"{_ROOM}.validate:validate", "Check files of settings"),
    },
)
