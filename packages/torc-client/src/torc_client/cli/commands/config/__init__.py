"""`torc config ...`."""

from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_ROOM = "torc_client.cli.commands.config"

config = LazyGroup(
    name="config",
    help="Show, check and begin files of settings.",
    lazy_commands={
        "init": LazyCommand(f"{_ROOM}.init:init", "Begin a file of settings"),
        "paths": LazyCommand(f"{_ROOM}.paths:paths", "List where files of settings are looked for"),
        "show": LazyCommand(f"{_ROOM}.show:show_settings", "Show every setting, and where it comes from"),
        "validate": LazyCommand(f"{_ROOM}.validate:validate", "Check files of settings"),
    },
)
